"""PDF documents as poppler's programs read them."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")


def text_of_pdf(content: bytes, *options: str) -> str:
    """All text, in the order of reading; "-layout" keeps it where it stands on the page."""
    return _run("pdftotext", content, *options, "-enc", "UTF-8", "-", "-")


def facts_of_pdf(content: bytes) -> dict[str, str]:
    lines = _run("pdfinfo", content, "-").splitlines()
    pairs = (line.partition(":") for line in lines)
    return {name: value.strip() for name, _, value in pairs}


def fonts_of_pdf(content: bytes, folder: Path) -> list[str]:
    """A row of each font; `folder` is for the file that the program needs."""
    path = folder / "document.pdf"
    path.write_bytes(content)
    finished = subprocess.run(["pdffonts", str(path)], capture_output=True, timeout=60, check=True)
    return finished.stdout.decode().splitlines()[2:]


def page_of_pdf(content: bytes, page: int = 1, resolution: int = 150) -> NDArray[np.uint8]:
    """As it is printed: colours (rows, columns, 3)."""
    command = ["pdftoppm", "-r", str(resolution), "-f", str(page), "-l", str(page), "-png", "-"]
    finished = subprocess.run(command, input=content, capture_output=True, timeout=60, check=True)
    with Image.open(io.BytesIO(finished.stdout)) as image:
        return np.asarray(image.convert("RGB"))


def _run(program: str, content: bytes, *arguments: str) -> str:
    finished = subprocess.run([program, *arguments], input=content, capture_output=True, timeout=60, check=True)
    return finished.stdout.decode()

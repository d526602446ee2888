"""What makes the bytes of answers besides the plugin's own files and settings, told in one word.

The front, which loads no library and may run on another Python, has it told once by the workers' own interpreter. Text
is laid out with the system's fonts and its libfribidi, deflated with its zlib, and numbers go through its C library;
sums are made by what the processor has, and another one rounds them otherwise.
Nothing depends on the time zone or the locale: a worker's environment names neither.
"""

from __future__ import annotations

import hashlib
import os
import sys
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from importlib.metadata import distributions

from PIL import features

from wado.annotation.fonts import FOLDERS

FONT_FILES = (".ttf", ".otf", ".ttc", ".otc")

PROCESSOR = ("vendor_id", "cpu family", "model", "flags", "CPU implementer", "CPU part", "Features")
"""Lines of /proc/cpuinfo that libraries choose their instructions by; its others change from one moment to the next."""

HEAD = 4096
"""Bytes of a font file that are read: an OpenType file begins with a table that has a checksum of each of its parts."""

DIGEST_SIZE = 16


def main() -> None:
    print(digest_of([*system_libraries(), *processor(), *packages(), *fonts()]), end="")


def digest_of(parts: Sequence[str]) -> str:
    return hashlib.blake2b("\n".join(parts).encode("utf-8", "surrogateescape"), digest_size=DIGEST_SIZE).hexdigest()


def system_libraries() -> list[str]:
    """The interpreter, and what is loaded from outside its packages, with their versions."""
    laid_out_by = [f"{name} {features.version(name)}" for name in ("freetype2", "raqm", "fribidi", "harfbuzz")]
    return [sys.version, _c_library(), f"zlib {zlib.ZLIB_RUNTIME_VERSION}", unicodedata.unidata_version, *laid_out_by]


def processor(file: str = "/proc/cpuinfo") -> list[str]:
    """What kind it is; nothing where the system does not tell."""
    try:
        with open(file, encoding="utf-8", errors="replace") as information:
            lines = [line.partition(":") for line in information]
    except OSError:
        return []
    return sorted({f"{name.strip()}:{value}" for name, _, value in lines if name.strip() in PROCESSOR})


def packages() -> list[str]:
    """Every package that can be imported, with its version: another one of an encoder may well make other bytes."""
    return sorted({f"{package.name} {package.version}" for package in distributions()})


def fonts(folders: Sequence[str] = FOLDERS) -> list[str]:
    """The font files in the folders, each with its size and a digest of its head."""
    return [_describe_font(path) for folder in folders for path in sorted(_font_files(folder))]


def _c_library() -> str:
    try:
        return os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (ValueError, OSError):  # one that is not GNU's
        return ""


def _font_files(folder: str) -> Iterator[str]:
    for place, _, names in os.walk(folder):
        yield from (os.path.join(place, name) for name in names if name.lower().endswith(FONT_FILES))


def _describe_font(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return f"{path} {os.fstat(file.fileno()).st_size} {hashlib.sha256(file.read(HEAD)).hexdigest()}"
    except OSError:  # one that cannot be read cannot be drawn with either
        return path

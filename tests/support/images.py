"""Pictures: making them of files in this process, reading them back, and comparing them."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.support.worker_settings import worker_settings
from wado.job import Job, Representation
from wado.media_types import APPLICATION_DICOM, IMAGE_PNG, Category
from wado.worker.renderers import Renderers

Array = NDArray[Any]

MAXIMUM_PIXELS = 100_000_000


@contextmanager
def opened(content: bytes | Path) -> Iterator[tuple[int, int]]:
    """Descriptor and size of an open file with this content."""
    if isinstance(content, Path):
        with content.open("rb") as file:
            yield file.fileno(), content.stat().st_size
        return
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        yield file.fileno(), len(content)


def render(content: bytes | Path, media_type: str = IMAGE_PNG, **parameters: Any) -> bytes:
    """The answer's body, made in this process by a worker's renderers."""
    return body_of(representation_of(content, media_type, **parameters))


def representation_of(
    content: bytes | Path, media_type: str = IMAGE_PNG, *, anonymize_key: str = "", **parameters: Any
) -> Representation:
    """The answer; one that is a file has its content in the body instead."""
    with opened(content) as (descriptor, size):
        job = Job("attachment", size, Category.SINGLE_FRAME, media_type, **parameters)
        settings = worker_settings(maximum_pixels=MAXIMUM_PIXELS, anonymize_key=anonymize_key)
        answer = Renderers(settings).render(job, descriptor)
        if answer.file is None:
            return answer
        assert answer.body_size is not None
        body = os.pread(answer.file, answer.body_size, answer.body_offset)
        if answer.file != descriptor:
            os.close(answer.file)
        return replace(answer, body=body, body_size=None, body_offset=0, file=None)


def body_of(answer: Representation) -> bytes:
    return bytes(answer.body)


def picture_of(content: bytes | Path, **parameters: Any) -> NDArray[np.uint8]:
    """What the answer shows: grey levels (rows, columns) or colours (rows, columns, 3), taken from a PNG."""
    return decode_picture(render(content, IMAGE_PNG, **parameters))


def rewritten(content: bytes | Path, *transfer_syntaxes: str) -> bytes:
    """The DICOM file that the answer is."""
    return render(content, APPLICATION_DICOM, transfer_syntaxes=transfer_syntaxes)


def decode_picture(content: bytes) -> NDArray[np.uint8]:
    """A picture file's pixels."""
    with Image.open(io.BytesIO(content)) as image:
        assert image.mode in ("L", "RGB")
        return np.asarray(image)


def greatest_difference(one: Array, other: Array) -> int:
    """In grey levels, of two pictures of the same size."""
    assert one.shape == other.shape, f"{one.shape} is not {other.shape}"
    return int(np.abs(one.astype(np.int64) - other.astype(np.int64)).max(initial=0))


def assert_equal(one: Array, other: Array) -> None:
    np.testing.assert_array_equal(one, other)


def assert_similar(one: Array, other: Array, tolerance: int = 1) -> None:
    """No pixel of the two pictures differs by more than so many grey levels."""
    difference = greatest_difference(one, other)
    assert difference <= tolerance, f"the pictures differ by {difference} grey levels"

"""The floor: the same read, decode, table and encode called directly in C libraries, from a loop without any server.

What it makes is the picture that this plugin answers: `check_floor` compares them.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import imagecodecs
import numpy as np
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame

from tests.benchmark.cases import CR, CT, FRAME, JPEG_2000, JPEG_LOSSLESS, MAMMOGRAM, PALETTE, RLE, Case, questions
from tests.benchmark.competitors import Stored, store_copies, wado
from tests.benchmark.effort import Effort
from tests.benchmark.images import FRAME_NUMBER, Array, to_file
from tests.benchmark.load import Measured, required, take_turns
from tests.benchmark.pictures import load_of
from tests.benchmark.results import Row, Section, Target, time_text
from tests.support.orthanc_process import OrthancProcess

TARGET = Target(1.6, is_at_most=True)
QUALITY = 90
CHUNK = 32 * 1024

Decode = Callable[[bytes], Array]


def as_words(content: bytes) -> Array:
    return np.frombuffer(content, "<u2")


def as_bytes(content: bytes) -> Array:
    return np.frombuffer(content, "u1")


def decode_rle(content: bytes) -> Array:
    words: Array = np.frombuffer(imagecodecs.dicomrle_decode(content, "<u2"), "<u2")
    return words


FLOORS: tuple[tuple[Case, Decode, Target | None], ...] = (
    (CT, as_words, TARGET),
    (CR, as_words, TARGET),
    (MAMMOGRAM, as_words, TARGET),
    (JPEG_2000, partial(imagecodecs.jpeg2k_decode, numthreads=1), None),
    (JPEG_LOSSLESS, imagecodecs.jpeg8_decode, None),
    (RLE, decode_rle, None),
    (PALETTE, as_bytes, None),
    (FRAME, as_words, None),
)
IN_SHORT = 4
"""The first of them are in the short run."""


@dataclass(frozen=True, slots=True)
class Floor:
    """A frame in a file, and the table that makes a picture of its words: (words,) or (words, 3), 8 bits."""

    path: Path
    offset: int
    length: int
    shape: tuple[int, int]
    decode: Decode
    table: Array

    def read(self) -> Array:
        """The words, one after the other."""
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            return self.decode(os.pread(descriptor, self.length, self.offset)).reshape(-1)
        finally:
            os.close(descriptor)

    def make_picture(self) -> bytes:
        picture = look_up(self.table, self.read()).reshape(*self.shape, *self.table.shape[1:])
        return bytes(imagecodecs.jpeg8_encode(picture, level=QUALITY, subsampling="420"))

    def measure(self, seconds: float, encode: Callable[[Array], object] | None = None) -> Measured:
        """Pictures per second, or frames encoded otherwise."""
        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds or count < 2:
            if encode:
                encode(self.read().reshape(self.shape))
            else:
                self.make_picture()
            count += 1
        return Measured(count / (time.perf_counter() - start))


def look_up(table: Array, words: Array) -> Array:
    """Part by part, so that indices and results stay in the processor's cache: three times as fast as all at once."""
    picture = np.empty((words.size, *table.shape[1:]), np.uint8)
    indices = np.empty(min(CHUNK, words.size), np.intp)
    for start in range(0, words.size, CHUNK):
        chunk = words[start : start + CHUNK]
        used = indices[: chunk.size]
        np.copyto(used, chunk)
        table.take(used, axis=0, out=picture[start : start + CHUNK], mode="clip")
    return picture


def make_floor(dataset: Dataset, decode: Decode, path: Path) -> Floor:
    """Of the frame that the benchmark asks for; writes the object's file."""
    content, _ = to_file(dataset)
    path.write_bytes(content)
    if dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        codestream = get_frame(dataset.PixelData, 0, number_of_frames=1)
        offset, length = content.rindex(codestream), len(codestream)
    else:
        length = dataset.Rows * dataset.Columns * dataset.BitsAllocated // 8
        frame_index = FRAME_NUMBER - 1 if "NumberOfFrames" in dataset else 0
        offset = content.rindex(dataset.PixelData) + frame_index * length
    return Floor(path, offset, length, (dataset.Rows, dataset.Columns), decode, make_table(dataset))


def make_table(dataset: Dataset) -> Array:
    """The colour of every byte, or the grey level of every 16-bit word by rescale and linear window (PS3.3 C.11.2)."""
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        channels = [dataset[f"{color}PaletteColorLookupTableData"].value for color in ("Red", "Green", "Blue")]
        return np.stack([np.frombuffer(channel, "<u2") >> 8 for channel in channels], -1).astype(np.uint8)
    words = np.arange(65536, dtype=np.uint16)
    stored = words.view(np.int16) if dataset.PixelRepresentation else words & ((1 << dataset.BitsStored) - 1)
    values = stored * float(dataset.RescaleSlope) + float(dataset.RescaleIntercept)
    center, width = float(dataset.WindowCenter), float(dataset.WindowWidth)
    shown = np.clip((values - (center - 0.5)) / (width - 1) + 0.5, 0, 1)
    table: Array = np.floor(shown * 255 + 0.5).astype(np.uint8)
    return table


def check_floor(floor: Floor, picture: bytes, name: str) -> None:
    """Raises `RuntimeError` if the floor makes another picture than the plugin."""
    ours, its = (np.asarray(Image.open(io.BytesIO(content)), np.int16) for content in (picture, floor.make_picture()))
    if ours.shape != its.shape or np.abs(ours - its).mean() > 1:
        raise RuntimeError(f"{name}: the floor makes another picture")


def measure_floor(orthanc: OrthancProcess, effort: Effort) -> Iterator[Row]:
    for case, decode, target in FLOORS if effort.is_full else FLOORS[:IN_SHORT]:
        dataset = case.make()
        floor = make_floor(dataset, decode, orthanc.folder / "floor.dcm")
        stored = store_copies(orthanc, dataset, case.copies)
        load = required(load_of(orthanc, wado, stored, case), case.name)
        check_floor(floor, _picture(orthanc, stored[0], case), case.name)
        contestants = (partial(load.run, 1, effort.seconds), partial(floor.measure, effort.seconds))
        ours, least = (1000 / measured.rate for measured in take_turns(contestants, effort.rounds))
        yield Row(case.name, 1, (time_text(ours), time_text(least)), ours / least, target)


def _picture(orthanc: OrthancProcess, stored: Stored, case: Case) -> bytes:
    request = wado(stored, questions(case)[0])
    return orthanc.client.get(request.path, request.headers).body


FLOOR = Section(
    "Time per picture, cold, against the floor",
    "The floor is the same read, decode, table and JPEG encode called directly in C libraries from a loop, without any "
    "server: it finds its frame at a place that it knows, with a table that is made already.",
    ("this plugin", "floor"),
    "× floor",
    measure_floor,
)

"""`make contact-sheet`: every sample image in every variant, and every feature of presentation states, to look at.

    python -m tests.contact_sheet [FOLDER ...]

takes the images of pydicom, and of other folders too: by default the larger collection that may lie beside the
repository. `--presentation-states` makes their page alone.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import imagecodecs
import numpy as np
from PIL import Image

from tests.contact_sheet import presentation_states
from tests.contact_sheet.page import Cell, Row, write_page
from tests.contact_sheet.variants import VARIANTS, Tags, Variant, number_of_frames
from tests.support.datasets import SAMPLES, TEST_FILES, pydicom_files
from tests.support.http_client import Answer
from tests.support.orthanc_process import ROOT, OrthancProcess
from wado.media_types import IMAGE_AVIF, IMAGE_GIF, IMAGE_JP2, IMAGE_JPEG, IMAGE_JXL, IMAGE_PNG, IMAGE_WEBP, VIDEO_MP4

TARGET = ROOT / "build" / "contact-sheet"

SUFFIXES = {
    IMAGE_JPEG: "jpeg",
    IMAGE_PNG: "png",
    IMAGE_GIF: "gif",
    IMAGE_JP2: "jp2",
    IMAGE_WEBP: "webp",
    IMAGE_AVIF: "avif",
    IMAGE_JXL: "jxl",
    VIDEO_MP4: "mp4",
}

NOT_FOR_BROWSERS: dict[str, Callable[[bytes], np.ndarray]] = {
    IMAGE_JP2: imagecodecs.jpeg2k_decode,
    IMAGE_JXL: imagecodecs.jpegxl_decode,
}
"""What most browsers show no picture of, and what decodes it to be shown as PNG."""

LONGEST_ERROR = 300
STATES_ALONE = "--presentation-states"


def find_files(folders: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """Files, each with the name that the page calls it."""
    for path in pydicom_files():
        yield str(path.relative_to(TEST_FILES.parent)), path
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix not in (".md", ".tsv", ".json", ".txt"):
                yield str(path.relative_to(folder.parent)), path


def make_row(orthanc: OrthancProcess, number: int, name: str, path: Path) -> Row | None:
    """None for an object without an image, or one that Orthanc does not store."""
    stored = orthanc.store(path)
    if stored.status != 200:
        return None
    identifier = stored.json()["ID"]
    try:
        tags: Tags = orthanc.client.get(f"/instances/{identifier}/simplified-tags").json()
        if "Rows" not in tags:
            return None
        cells = tuple(make_cell(orthanc, tags, variant, f"{number:03}") for variant in VARIANTS)
        return Row(name, describe(orthanc, identifier, tags), cells)
    finally:
        # Several of the files have the same UIDs.
        orthanc.client.request("DELETE", f"/instances/{identifier}")


def describe(orthanc: OrthancProcess, identifier: str, tags: Tags) -> str:
    syntax = orthanc.client.get(f"/instances/{identifier}/metadata/TransferSyntax").text
    words = [str(tags.get(keyword, "?")) for keyword in ("PhotometricInterpretation", "BitsAllocated")]
    size = f"{tags.get('Rows')} × {tags.get('Columns')}"
    frames = f", {number_of_frames(tags)} frames" if number_of_frames(tags) > 1 else ""
    return f"{size}{frames}, {' '.join(words)} bits, {syntax}"


def make_cell(orthanc: OrthancProcess, tags: Tags, variant: Variant, prefix: str) -> Cell:
    if variant.is_moving and number_of_frames(tags) == 1:
        return Cell()
    uids = {
        "studyUID": tags.get("StudyInstanceUID"),
        "seriesUID": tags.get("SeriesInstanceUID"),
        "objectUID": tags.get("SOPInstanceUID"),
    }
    try:
        answer = orthanc.wado({**uids, **variant.parameters(tags)})
    except OSError as error:
        return Cell(error=f"no answer: {error}")
    return keep(answer, f"{prefix}-{VARIANTS.index(variant):02}")


def keep(answer: Answer, stem: str) -> Cell:
    """The answer as a file beside the page; one that browsers cannot show as PNG too. An error is its text."""
    if answer.status != 200 or answer.media_type not in SUFFIXES:
        return Cell(error=f"{answer.status} {answer.media_type}: {answer.text[:LONGEST_ERROR]}")
    original = f"{stem}.{SUFFIXES[answer.media_type]}"
    (TARGET / original).write_bytes(answer.body)
    shown = original
    if answer.media_type in NOT_FOR_BROWSERS:
        shown = f"{stem}.png"
        Image.fromarray(NOT_FOR_BROWSERS[answer.media_type](answer.body)).save(TARGET / shown)
    return Cell(shown, original, warning=answer.headers.get("warning", ""))


def make_rows(orthanc: OrthancProcess, files: Sequence[tuple[str, Path]]) -> Iterator[Row]:
    for number, (name, path) in enumerate(files, 1):
        row = make_row(orthanc, number, name, path)
        if row is None:
            outcome = "no image"
        else:
            errors = sum(1 for cell in row.cells if cell.error)
            outcome = f"{len(row.cells) - errors} cells" + (f", {errors} errors" if errors else "")
            yield row
        print(f"{number:>4}/{len(files)}  {name}: {outcome}", flush=True)


def show_states(orthanc: OrthancProcess) -> str:
    """Write the page of presentation states, and say where it is."""
    rows = list(presentation_states.make_rows(orthanc, keep))
    page = TARGET / "presentation-states.html"
    page.write_text(write_page(presentation_states.COLUMNS, rows, side=480), encoding="utf-8")
    errors = sum(1 for row in rows for cell in row.cells if cell.error)
    return f"{len(rows)} presentation states, {errors} errors: {page}"


def show_images(orthanc: OrthancProcess, folders: Sequence[Path]) -> str:
    """Write the page of images, and say where it is."""
    rows = list(make_rows(orthanc, list(find_files(folders))))
    page = TARGET / "index.html"
    page.write_text(write_page([variant.name for variant in VARIANTS], rows), encoding="utf-8")
    return f"{len(rows)} images: {page}"


def main(arguments: Sequence[str]) -> int:
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder, OrthancProcess(Path(folder)) as orthanc:
        pages = [show_states(orthanc)]
        if arguments != [STATES_ALONE]:
            pages.append(show_images(orthanc, [Path(argument) for argument in arguments] or [SAMPLES]))
        faults = orthanc.faults()
    print("\n".join(["", *faults, *pages]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

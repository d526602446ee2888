"""The images that a report refers to: as small pictures for its pages, and where regions are in such pictures.

Each frame is shown in its presentation state.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from wado.errors import WadoError
from wado.image.encode import ENCODERS
from wado.image.layout import Layout
from wado.job import MOST_OTHERS, Job, NeedsOthers, WorkerSettings
from wado.media_types import IMAGE_JPEG, Category
from wado.presentation.state import StoredState
from wado.report.links import THUMBNAIL_COLUMNS, THUMBNAIL_ROWS
from wado.report.model import Reference
from wado.report.outline import Figure, Figures, Outline
from wado.report.pdf import Picture
from wado.report.svg import Placement, draw_in_picture, has_region
from wado.worker.layout import choose_layout
from wado.worker.others import OtherObjects
from wado.worker.picture import make_picture
from wado.worker.render_picture import choose_frame
from wado.worker.rendition import Rendition

LONGEST_SIDE = 480
"""Pixels: 54 mm at 225 to the inch."""

MOST_PICTURES = 100
MOST_SECONDS = 20.0
"""For all pictures of a report: what has no place in them is told by its caption and its UID."""

MOST_SECONDS_TO_PLACE = 3.0
"""For finding where the regions of a report are, of which no more than the images' attributes are read."""

NOT_IN_THE_STUDY = "not shown: this server does not have the image in the report's study"
STATE_NOT_IN_THE_STUDY = "not shown: this server does not have the presentation state in the report's study"
CANNOT_BE_SHOWN = "not shown: this image cannot be shown"
NO_UID = "not shown: the report does not say which image it is"
TOO_MANY = f"not shown: no more than {MOST_PICTURES} pictures are"
TOO_LONG = "not shown: the pictures of this report take too long"

_UID = re.compile(r"[0-9.]{1,64}")

Made = TypeVar("Made")
ReadState = Callable[[str, OtherObjects], StoredState]


@dataclass(frozen=True, slots=True)
class PictureMaker:
    """What pictures are made with: the report's job, and the objects that came with it."""

    job: Job
    settings: WorkerSettings
    others: OtherObjects
    read_state: ReadState

    def picture(self, figure: Figure) -> Picture:
        """The frame as its presentation state has it, and the regions over it. Raises `WadoError`, `NeedsOthers`."""
        rendition, frame_index, layout = self._lay_out(figure, LONGEST_SIDE, LONGEST_SIDE)
        picture = make_picture(rendition, frame_index, layout)
        rows, columns = picture.shape[:2]
        jpeg = ENCODERS[IMAGE_JPEG](picture, self.settings.image_quality)
        return Picture(draw_in_picture(jpeg, columns, rows, figure.shapes, layout.to_picture), columns, rows)

    def placement(self, figure: Figure) -> Placement:
        """Of the thumbnail that a page in HTML asks this very service for. Raises `WadoError`, `NeedsOthers`."""
        _, _, layout = self._lay_out(figure, THUMBNAIL_ROWS, THUMBNAIL_COLUMNS)
        return Placement(layout.columns, layout.rows, layout.to_picture)

    def _lay_out(self, figure: Figure, rows: int, columns: int) -> tuple[Rendition, int, Layout]:
        reference, state = figure.reference, figure.presentation_state
        image, source = self.others.image(reference.sop_instance_uid, reference.series)
        job = replace(
            self.job,
            category=Category.SINGLE_FRAME.value,
            media_type=IMAGE_JPEG,
            frame_number=figure.frame,
            rows=rows,
            columns=columns,
            presentation_uid=state.sop_instance_uid if state else None,
        )
        stored_state = self.read_state(state.sop_instance_uid, self.others) if state else None
        rendition = Rendition(job, self.settings, image, source, self.others, stored_state)
        frame_index = choose_frame(rendition)
        layout = choose_layout(job, image, frame_index, self.settings, rendition.area(frame_index))
        return rendition, frame_index, layout


def make_pictures(outline: Outline, maker: PictureMaker) -> dict[Figure, Picture | str]:
    """The picture of each figure, or why there is none. Raises `NeedsOthers` for all objects that they take."""
    return _make_all(list(dict.fromkeys(_figures(outline))), maker, maker.picture, MOST_SECONDS)


def place_regions(outline: Outline, maker: PictureMaker) -> dict[Figure, Placement | str]:
    """Where the regions of figures are in their thumbnails, or why there is nothing to see.

    Found once for each frame, however many regions it has; only of images of the report's own study: others are not at
    hand. Raises `NeedsOthers` for all that it takes.
    """
    study = outline.report_head.study.uid
    figures = [figure for figure in _figures(outline) if figure.thumbnail and has_region(figure)]
    own = [figure for figure in figures if figure.reference.study == study]
    of_frames = {_frame_of(figure): figure for figure in reversed(own)}
    placed = _make_all(list(reversed(of_frames.values())), maker, maker.placement, MOST_SECONDS_TO_PLACE)
    found = {_frame_of(figure): place for figure, place in placed.items() if place not in (NO_UID, TOO_MANY, TOO_LONG)}
    return {figure: found[_frame_of(figure)] for figure in own if _frame_of(figure) in found}


def _frame_of(figure: Figure) -> tuple[Reference, int | None, Reference | None]:
    """What of the figure decides where its regions are."""
    return figure.reference, figure.frame, figure.presentation_state


def _make_all(
    figures: Sequence[Figure], maker: PictureMaker, make: Callable[[Figure], Made], seconds: float
) -> dict[Figure, Made | str]:
    shown, wanted = _choose(figures)
    maker.others.require(wanted)
    made: dict[Figure, Made | str] = {
        figure: TOO_MANY if _has_sound_references(figure) else NO_UID for figure in figures
    }
    needed: list[tuple[str, str]] = []
    end = time.monotonic() + seconds
    for figure in shown:
        try:
            made[figure] = _make(figure, maker, make) if time.monotonic() < end else TOO_LONG
        except NeedsOthers as needs:
            needed += needs.references
            made[figure] = TOO_MANY
    needed = list(dict.fromkeys(needed))
    if needed and len(maker.job.others) + len(needed) <= MOST_OTHERS:
        raise NeedsOthers(tuple(needed))
    return made


def _figures(outline: Outline) -> Iterator[Figure]:
    for block in outline.blocks:
        if isinstance(block, Figures):
            yield from block.figures


def _choose(figures: Iterable[Figure]) -> tuple[list[Figure], list[tuple[str, str]]]:
    """The first figures, and the objects that they take: as many as can be had at once."""
    shown: list[Figure] = []
    wanted: dict[tuple[str, str], None] = {}
    for figure in filter(_has_sound_references, figures):
        references = (figure.reference, figure.presentation_state)
        more = dict.fromkeys((part.series, part.sop_instance_uid) for part in references if part)
        if len(shown) == MOST_PICTURES or len(wanted | more) > MOST_OTHERS:
            break
        shown.append(figure)
        wanted |= more
    return shown, list(wanted)


def _has_sound_references(figure: Figure) -> bool:
    """Whether the front can be asked for what the figure takes: what stands in a malformed object can be anything."""
    references = [part for part in (figure.reference, figure.presentation_state) if part]
    uids = [uid for part in references for uid in (part.sop_instance_uid, part.series or "0")]
    return all(map(_UID.fullmatch, uids))


def _make(figure: Figure, maker: PictureMaker, make: Callable[[Figure], Made]) -> Made | str:
    if maker.others.is_missing(figure.reference.sop_instance_uid):
        return NOT_IN_THE_STUDY
    if figure.presentation_state and maker.others.is_missing(figure.presentation_state.sop_instance_uid):
        return STATE_NOT_IN_THE_STUDY
    try:
        return make(figure)
    except WadoError as error:
        return f"{CANNOT_BE_SHOWN}: {error.message}"

"""The images that a report refers to, as small pictures for its pages: each frame in its presentation state."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from wado.errors import WadoError
from wado.image.encode import ENCODERS
from wado.job import MOST_OTHERS, Job, NeedsOthers, WorkerSettings
from wado.media_types import IMAGE_JPEG, Category
from wado.presentation.state import StoredState
from wado.report.outline import Figure, Figures, Outline
from wado.report.pdf import Picture
from wado.report.svg import draw_in_picture
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

NOT_IN_THE_STUDY = "not shown: this server does not have the image in the report's study"
STATE_NOT_IN_THE_STUDY = "not shown: this server does not have the presentation state in the report's study"
CANNOT_BE_SHOWN = "not shown: this image cannot be shown"
NO_UID = "not shown: the report does not say which image it is"
TOO_MANY = f"not shown: no more than {MOST_PICTURES} pictures are"
TOO_LONG = "not shown: the pictures of this report take too long"

_UID = re.compile(r"[0-9.]{1,64}")

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
        reference, state = figure.reference, figure.presentation_state
        image, source = self.others.image(reference.sop_instance_uid, reference.series)
        job = replace(
            self.job,
            category=Category.SINGLE_FRAME.value,
            media_type=IMAGE_JPEG,
            frame_number=figure.frame,
            rows=LONGEST_SIDE,
            columns=LONGEST_SIDE,
            presentation_uid=state.sop_instance_uid if state else None,
        )
        stored_state = self.read_state(state.sop_instance_uid, self.others) if state else None
        rendition = Rendition(job, self.settings, image, source, self.others, stored_state)
        frame_index = choose_frame(rendition)
        layout = choose_layout(job, image, frame_index, self.settings, rendition.area(frame_index))
        picture = make_picture(rendition, frame_index, layout)
        rows, columns = picture.shape[:2]
        jpeg = ENCODERS[IMAGE_JPEG](picture, self.settings.image_quality)
        return Picture(draw_in_picture(jpeg, columns, rows, figure.shapes, layout.to_picture), columns, rows)


def make_pictures(outline: Outline, maker: PictureMaker) -> dict[Figure, Picture | str]:
    """The picture of each figure, or why there is none. Raises `NeedsOthers` for all objects that they take."""
    figures = list(dict.fromkeys(_figures(outline)))
    shown, wanted = _choose(figures)
    maker.others.require(wanted)
    pictures: dict[Figure, Picture | str] = {
        figure: TOO_MANY if _has_sound_references(figure) else NO_UID for figure in figures
    }
    needed: list[tuple[str, str]] = []
    end = time.monotonic() + MOST_SECONDS
    for figure in shown:
        try:
            pictures[figure] = _make(figure, maker) if time.monotonic() < end else TOO_LONG
        except NeedsOthers as needs:
            needed += needs.references
            pictures[figure] = TOO_MANY
    needed = list(dict.fromkeys(needed))
    if needed and len(maker.job.others) + len(needed) <= MOST_OTHERS:
        raise NeedsOthers(tuple(needed))
    return pictures


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


def _make(figure: Figure, maker: PictureMaker) -> Picture | str:
    if maker.others.is_missing(figure.reference.sop_instance_uid):
        return NOT_IN_THE_STUDY
    if figure.presentation_state and maker.others.is_missing(figure.presentation_state.sop_instance_uid):
        return STATE_NOT_IN_THE_STUDY
    try:
        return maker.picture(figure)
    except WadoError as error:
        return f"{CANNOT_BE_SHOWN}: {error.message}"

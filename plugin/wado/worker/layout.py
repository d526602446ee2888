"""What part of a frame a request shows, and how large (PS3.18-2011 8.2.2 to 8.2.4, 8.2.9)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from wado.dicom.pixel_aspect import read_pixel_aspect
from wado.dicom.stored_image import StoredImage
from wado.errors import BadRequest, NotAcceptable
from wado.image.encode import LONGEST_SIDE
from wado.image.layout import Layout, fit_into
from wado.image.region import Box, select_box
from wado.image.resize import fit_size, rounded
from wado.job import Job, WorkerSettings
from wado.presentation.displayed_area import DisplayedArea
from wado.request.parameters import BY_NAME
from wado.video import encode as video


def choose_layout(
    job: Job, image: StoredImage, frame_index: int, settings: WorkerSettings, area: DisplayedArea | None = None
) -> Layout:
    """The region, then the size, within MaximumPixels and the bounds of the format.

    `area` is what a presentation state shows of the frame; without one it is the frame.
    """
    pixel = image.pixel
    if pixel.rows * pixel.columns > settings.maximum_pixels:
        raise BadRequest(
            f"the image has {pixel.rows * pixel.columns} pixels; the setting MaximumPixels allows "
            f"{settings.maximum_pixels}; contentType=application/dicom gives the object itself"
        )
    layout = lay_out_frame(job, image, frame_index) if area is None else lay_out_area(job, area)
    check_size(job, layout.rows, layout.columns, settings)
    if area is not None:
        _check_area(layout.box, settings)
    return layout


def choose_layouts(
    job: Job,
    image: StoredImage,
    frame_indices: Sequence[int],
    settings: WorkerSettings,
    areas: Sequence[DisplayedArea],
) -> tuple[Layout, ...]:
    """Of the frames of a moving picture, each with its own area: all in the size that the first one has."""
    layouts = [
        choose_layout(job, image, frame_index, settings, area)
        for frame_index, area in zip(frame_indices, areas, strict=True)
    ]
    return tuple(fit_into(layout, layouts[0].rows, layouts[0].columns) for layout in layouts)


def lay_out_frame(job: Job, image: StoredImage, frame_index: int) -> Layout:
    box = select_box(image.pixel.rows, image.pixel.columns, job.region)
    rows, columns = box.rows, box.columns
    if job.rows or job.columns:
        aspect = read_pixel_aspect(image.stored_object.dataset, frame_index)
        rows, columns = fit_size(rows, columns, aspect, job.rows, job.columns)
    return Layout(box, rows, columns)


def lay_out_area(job: Job, area: DisplayedArea) -> Layout:
    """The area of a presentation state: scaled into rows and columns, or magnified and cropped to them (8.2.9)."""
    return _fit(job, area) if area.magnification is None else _magnify(job, area, area.magnification)


def _fit(job: Job, area: DisplayedArea) -> Layout:
    """SCALE TO FIT and TRUE SIZE: the region of the area as it is turned, then the size."""
    part = select_box(*area.orientation.size(area.shown.rows, area.shown.columns), job.region)
    rows, columns = part.rows, part.columns
    if job.rows or job.columns:
        aspect = 1 / area.pixel_aspect if area.orientation.swaps_sides else area.pixel_aspect
        rows, columns = fit_size(rows, columns, aspect, job.rows, job.columns)
    return Layout(_in_frame(part, area), rows, columns, area.orientation, displayed=area.specified)


def _magnify(job: Job, area: DisplayedArea, magnification: Fraction) -> Layout:
    """MAGNIFY: the area times the ratio, with square pixels; rows and columns crop it, about its middle.

    The ratio is that of the columns, and of the rows too where pixels are square.
    """
    shown_rows, shown_columns = area.orientation.size(area.shown.rows, area.shown.columns)
    height, width = area.orientation.size(
        rounded(area.shown.rows * magnification * area.pixel_aspect), rounded(area.shown.columns * magnification)
    )
    cut = _middle(height, width, job.rows or height, job.columns or width)
    part = select_box(cut.rows, cut.columns, job.region).moved(cut.top, cut.left)
    if (height, width) == (shown_rows, shown_columns):
        return Layout(_in_frame(part, area), part.rows, part.columns, area.orientation, displayed=area.specified)
    row_step, column_step = Fraction(shown_rows, height), Fraction(shown_columns, width)
    top, bottom = part.top * row_step, part.bottom * row_step
    left, right = part.left * column_step, part.right * column_step
    # The filters look beyond a pixel's edges, farther where they reduce.
    beyond_rows, beyond_columns = max(1, math.ceil(row_step)), max(1, math.ceil(column_step))
    read = Box(
        max(0, math.floor(top) - beyond_rows),
        max(0, math.floor(left) - beyond_columns),
        min(shown_rows, math.ceil(bottom) + beyond_rows),
        min(shown_columns, math.ceil(right) + beyond_columns),
    )
    window = float(left - read.left), float(top - read.top), float(right - read.left), float(bottom - read.top)
    return Layout(_in_frame(read, area), part.rows, part.columns, area.orientation, window, displayed=area.specified)


def _middle(rows: int, columns: int, maximum_rows: int, maximum_columns: int) -> Box:
    """What is left in the middle of so many rows and columns when they are cropped."""
    kept_rows, kept_columns = min(rows, maximum_rows), min(columns, maximum_columns)
    return Box(0, 0, kept_rows, kept_columns).moved((rows - kept_rows) // 2, (columns - kept_columns) // 2)


def _in_frame(part: Box, area: DisplayedArea) -> Box:
    """A part of the turned area in the frame's own pixels."""
    box = area.orientation.turned_back(part, area.shown.rows, area.shown.columns)
    return box.moved(area.shown.top, area.shown.left)


def _check_area(box: Box, settings: WorkerSettings) -> None:
    """An area may reach beyond the frame as far as it likes, and all of it is drawn before it is scaled."""
    if box.rows * box.columns > settings.maximum_pixels:
        raise BadRequest(
            f"the displayed area has {box.rows * box.columns} pixels; the setting MaximumPixels allows "
            f"{settings.maximum_pixels}",
            parameter="presentationUID",
            clause="8.2.9",
        )


def check_size(job: Job, rows: int, columns: int, settings: WorkerSettings) -> None:
    """Refuse more pixels than MaximumPixels, and longer sides than the format has."""
    parameter = name_of_size(job, rows)
    clause = BY_NAME[parameter].clause
    if rows * columns > settings.maximum_pixels:
        allowed = f"the setting MaximumPixels allows {settings.maximum_pixels}"
        message = f"the picture would have {rows * columns} pixels; {allowed}"
        if not (job.rows or job.columns):
            message = f"{message}; rows or columns make it smaller"
        raise BadRequest(message, parameter=parameter, clause=clause)
    longest_side = (LONGEST_SIDE | video.LONGEST_SIDE).get(job.media_type)
    if longest_side and max(rows, columns) > longest_side:
        message = f"{job.media_type} has at most {longest_side} rows and columns; this would be {rows} by {columns}"
        if not (job.rows or job.columns):
            raise NotAcceptable(f"{message}; rows or columns make it smaller")
        raise BadRequest(message, parameter=parameter, clause=clause)


def name_of_size(job: Job, rows: int) -> str:
    """The parameter that made the picture so large: of two, the one that it fills; of none, the state with its area."""
    if not (job.rows or job.columns):
        return "presentationUID"
    return "rows" if job.rows and (not job.columns or rows == job.rows) else "columns"

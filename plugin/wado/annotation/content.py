"""What an annotation says: an object's attributes as lines for the corners and letters for the edges."""

from __future__ import annotations

from pydicom.dataset import Dataset

from wado.annotation.frame_attributes import FrameAttributes, attributes_of_frame
from wado.annotation.geometry import read_laterality, read_slice_position
from wado.annotation.model import NO_BREAK, PATIENT, TECHNIQUE, Annotation, EdgeLetters, Line, Rank, ShownImage
from wado.annotation.orientation import edge_letters
from wado.annotation.technique_table import ROWS, SLICE_THICKNESS, Quantity, Row, Wording
from wado.annotation.written import (
    written_age,
    written_date,
    written_name,
    written_number,
    written_text,
    written_time,
)
from wado.dicom.texts import character_set_of, is_doubtful
from wado.dicom.values import decimals, text

SIDES = {"R": "Right", "L": "Left", "B": "Both sides"}
"""Image Laterality and Frame Laterality; that a body part is unpaired is left unsaid (PS3.3 C.7.6.8, 10.5)."""

TEXTS = {
    PATIENT: ("PatientName", "PatientID"),
    TECHNIQUE: ("InstitutionName", "StudyDescription", "SeriesDescription"),
}
"""The attributes shown whose text is in the character set that the object declares (PS3.5 6.1.2.2)."""


def read_annotation(dataset: Dataset, frame_index: int, kinds: tuple[str, ...], shown: ShownImage) -> Annotation:
    """`kinds` are "patient" and "technique", either or both, in any order (PS3.18-2011 8.2.1)."""
    has_technique = TECHNIQUE in kinds
    frame = attributes_of_frame(dataset, frame_index)
    return Annotation(
        top_left=patient_lines(dataset) if PATIENT in kinds else (),
        top_right=study_lines(dataset) if has_technique else (),
        bottom_left=acquisition_lines(frame) if has_technique else (),
        bottom_right=frame_lines(frame, frame_index, shown) if has_technique else (),
        edges=edge_letters(shown.horizontal, shown.vertical) if has_technique else EdgeLetters(),
    )


def has_doubtful_text(dataset: Dataset, kinds: tuple[str, ...]) -> bool:
    """Whether some text of the annotation is not in the character set that the object declares."""
    return any(is_doubtful(dataset, keyword) for kind in kinds for keyword in TEXTS[kind])


def patient_lines(dataset: Dataset) -> tuple[Line, ...]:
    """The Patient Module and what the study adds to it (PS3.3 C.7.1.1, C.7.2.2)."""
    names = written_name(dataset, "PatientName")
    identifier = _labelled("ID", written_text(dataset, "PatientID"))
    details = [
        _labelled("Born", written_date(dataset, "PatientBirthDate")),
        written_text(dataset, "PatientSex"),
        written_age(dataset, "PatientAge"),
    ]
    return (
        *_lines(*names[:1], rank=Rank.IDENTITY),
        *_lines(*names[1:], rank=Rank.SPELLING),
        *_lines(identifier, rank=Rank.IDENTITY),
        *_lines(_joined(details, ", ")),
    )


def study_lines(dataset: Dataset) -> tuple[Line, ...]:
    """Where, when and what: the General Study, Series and Equipment Modules (PS3.3 C.7.2.1, C.7.3.1, C.7.5.1)."""
    return (
        *_lines(written_text(dataset, "InstitutionName"), rank=Rank.HEADING),
        *_lines(_labelled("Study", _moment(dataset, "StudyDate", "StudyTime"))),
        *_lines(written_text(dataset, "StudyDescription"), rank=Rank.HEADING),
        *_lines(_labelled("Series", _moment(dataset, "SeriesDate", "SeriesTime"))),
        *_lines(written_text(dataset, "SeriesDescription"), rank=Rank.HEADING),
    )


def acquisition_lines(frame: FrameAttributes) -> tuple[Line, ...]:
    modality = text(frame.dataset, "Modality")
    rows = [_written_row(frame, row) for row in ROWS.get(modality, ())]
    side = SIDES.get(read_laterality(frame), "")
    return (*_lines(side, rank=Rank.MARKER), *_lines(written_text(frame.dataset, "Modality"), *rows))


def frame_lines(frame: FrameAttributes, frame_index: int, shown: ShownImage) -> tuple[Line, ...]:
    """Which image of the series this is, where it lies, and how it is shown."""
    has_frames = shown.number_of_frames > 1
    thickness = _written_row(frame, (SLICE_THICKNESS,))
    position = read_slice_position(frame)
    return _lines(
        _labelled("Series", written_text(frame.dataset, "SeriesNumber")),
        _labelled("Image", written_text(frame.dataset, "InstanceNumber")),
        _unbroken(f"Frame {frame_index + 1} of {shown.number_of_frames}") if has_frames else "",
        "" if position is None else _unbroken(f"Position {written_number(position)} mm"),
        thickness,
        written_window(shown.window) if shown.window else "",
    )


def written_window(window: tuple[float, float]) -> str:
    center, width = map(written_number, window)
    return f"C{NO_BREAK}{center} W{NO_BREAK}{width}"


def _written_row(frame: FrameAttributes, row: Row) -> str:
    return _joined([_written_cell(frame, cell) for cell in row], "  ")


def _written_cell(frame: FrameAttributes, cell: Quantity | Wording) -> str:
    if isinstance(cell, Wording):
        return _labelled(cell.label, _find_wording(frame, cell))
    number = _find_number(frame, cell)
    if number is None:
        return ""
    space = "" if cell.unit in ("", "°") else NO_BREAK
    return _labelled(cell.label, f"{written_number(number)}{space}{cell.unit}")


def _find_wording(frame: FrameAttributes, wording: Wording) -> str:
    inherited = character_set_of(frame.dataset)
    found = (written_text(place, source.keyword, inherited) for place, source in frame.sources(wording.sources))
    return next(filter(None, found), "")


def _find_number(frame: FrameAttributes, quantity: Quantity) -> float | None:
    for place, source in frame.sources(quantity.sources):
        for number in decimals(place, source.keyword)[:1]:
            if 0 < number * source.scale <= quantity.largest:
                return number * source.scale
    return None


def _moment(dataset: Dataset, date_keyword: str, time_keyword: str) -> str:
    day = written_date(dataset, date_keyword)
    return _joined([day, written_time(dataset, time_keyword)], " ") if day else ""


def _labelled(label: str, value: str) -> str:
    """The label, all in one piece with the value's first word."""
    return f"{_unbroken(label)}{NO_BREAK}{value}" if label and value else value


def _unbroken(words: str) -> str:
    return words.replace(" ", NO_BREAK)


def _joined(parts: list[str], separator: str) -> str:
    return separator.join(filter(None, parts))


def _lines(*texts: str, rank: Rank = Rank.DETAIL) -> tuple[Line, ...]:
    return tuple(Line(text, rank) for text in texts if text)

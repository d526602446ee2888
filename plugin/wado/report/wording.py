"""Content items in words: their labels and values as runs of text."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from wado.report.links import Links
from wado.report.model import (
    Attribute,
    Code,
    Coded,
    ContentItem,
    Coordinates,
    Measured,
    Moment,
    Named,
    Reference,
    Referenced,
    Tabulated,
    Text,
    Times,
)
from wado.report.outline import Kind, Run, Runs
from wado.report.read_head import class_name
from wado.report.read_values import written_number

NO_VALUE = Run("(no value)", Kind.NOTE)
NO_SERIES = "its series is not stated in the report, so there is no link"

DECIMAL_PRECISION = 1e-9

SEVERAL_POINTS = 6
"""Points of a region that are read as text; those of longer ones are folded away."""

_SEVERAL_FRAMES = 8

VALUE_TYPE_NAMES = {
    "CONTAINER": "Section",
    "TEXT": "Text",
    "NUM": "Measurement",
    "CODE": "Code",
    "DATE": "Date",
    "TIME": "Time",
    "DATETIME": "Date and time",
    "UIDREF": "Unique identifier",
    "PNAME": "Person",
    "COMPOSITE": "Object",
    "IMAGE": "Image",
    "WAVEFORM": "Waveform",
    "SCOORD": "Region of an image",
    "SCOORD3D": "Region in space",
    "TCOORD": "Times",
    "TABLE": "Table",
}
"""What an item without a concept name is called."""

RELATIONSHIPS = {
    "CONTAINS": "",
    "HAS PROPERTIES": "",
    "HAS CONCEPT MOD": "",
    "HAS OBS CONTEXT": "observation context: ",
    "HAS ACQ CONTEXT": "acquisition context: ",
    "INFERRED FROM": "inferred from ",
    "SELECTED FROM": "selected from ",
}
"""What goes before an item's label; the first three are clear from where it stands."""

_NO_UNIT = frozenset({"", "1", "no units", "unity", "no unit"})
"""Meanings that UCUM's code 1 is given by those who mean nothing by it; others tell what is counted."""

_UNIT_WITHOUT_SIGN = ("1", "{")
"""How UCUM's codes begin that are no sign for a unit but an annotation (UCUM section 6)."""


def label_runs(item: ContentItem, *, relationship: bool = True) -> Runs:
    """The relationship to the parent and the concept's name; the first run bears the item's number."""
    phrase = relationship_phrase(item) if relationship else ""
    if item.target and not item.concept:
        # By reference, an item has no concept of its own: the relationship says what it is for.
        return (Run((phrase.strip(" :") or "reference").capitalize(), Kind.LABEL, item=item.number),)
    hint = item.concept.identity if item.concept else ""
    label = Run(label_text(item), Kind.LABEL, hint=hint, item=item.number)
    return (Run(phrase, Kind.MUTED), label) if phrase else (label,)


def label_text(item: ContentItem) -> str:
    if item.concept:
        return item.concept.text
    return VALUE_TYPE_NAMES.get(item.value_type, item.value_type or "Item")


def relationship_phrase(item: ContentItem) -> str:
    return RELATIONSHIPS.get(item.relationship, f"{item.relationship}: ")


def value_runs(item: ContentItem, links: Links) -> Runs:
    """The value and all else that the item itself says."""
    runs: list[Run] = []
    if item.value is not None:
        runs += _WRITERS[type(item.value)](item.value, links)
    elif not (item.is_container or item.target or item.others):
        runs.append(NO_VALUE)
    return (*runs, *remark_runs(item))


def remark_runs(item: ContentItem) -> Runs:
    """When it was observed, what is amiss, and the attributes that have no meaning here."""
    runs: list[Run] = []
    if item.observed:
        runs.append(Run(f" (observed {item.observed})", Kind.MUTED))
    if item.observation_uid:
        runs.append(Run(f" (observation {item.observation_uid})", Kind.FOLDED))
    runs += (Run(f" {note}", Kind.NOTE) for note in item.notes)
    return (*runs, *attribute_runs(item.others))


def attribute_runs(attributes: tuple[Attribute, ...]) -> Runs:
    if not attributes:
        return ()
    lines = (f"{'  ' * attribute.depth}{attribute.name}: {attribute.text}" for attribute in attributes)
    return (Run("\n" + "\n".join(lines), Kind.VALUE),)


def unit_text(unit: Code | None) -> str:
    """The sign of a unit of UCUM, such as mm; of any other scheme, and of what has no sign, its meaning."""
    if unit is None:
        return ""
    if unit.scheme == "UCUM" and unit.value and not unit.value.startswith(_UNIT_WITHOUT_SIGN):
        return unit.value
    is_unity = (unit.value, unit.scheme) == ("1", "UCUM") and unit.meaning.lower() in _NO_UNIT
    return "" if is_unity else unit.text


def _write_text(value: Text, _: Links) -> Runs:
    return (Run(value.text, Kind.VALUE),)


def _write_coded(value: Coded, _: Links) -> Runs:
    return (Run(value.code.text, Kind.VALUE, hint=value.code.identity),)


def _write_named(value: Named, _: Links) -> Runs:
    return (Run(value.person.text, Kind.VALUE),) if value.person.text else (NO_VALUE,)


def _write_moment(value: Moment, _: Links) -> Runs:
    return (Run(value.written, Kind.VALUE, hint=value.stored if value.stored != value.written else ""),)


def _write_measured(value: Measured, _: Links) -> Runs:
    runs: list[Run] = []
    forms = value.numbers or value.floating_point or value.ratios
    unit = unit_text(value.unit)
    if forms:
        number = Run("; ".join(forms), Kind.VALUE)
        hint = f"{value.unit.meaning} ({value.unit.identity})" if value.unit else ""
        runs += (number, Run(f"\N{NO-BREAK SPACE}{unit}", Kind.VALUE, hint=hint)) if unit else (number,)
    elif not value.qualifier:
        runs.append(NO_VALUE)
    if value.numbers and value.floating_point and not _agree(value.numbers, value.floating_point):
        runs.append(Run(f" (as floating point {'; '.join(value.floating_point)})", Kind.MUTED))
    if value.ratios and forms is not value.ratios:
        runs.append(Run(f" (exactly {'; '.join(value.ratios)})", Kind.MUTED))
    if value.qualifier:
        before = " (" if runs else "("
        runs.append(Run(f"{before}{value.qualifier.text})", Kind.NOTE, hint=value.qualifier.identity))
    if not forms and unit:
        runs.append(Run(f" in {unit}", Kind.MUTED))
    return tuple(runs)


def _agree(decimals: tuple[str, ...], floating_point: tuple[str, ...]) -> bool:
    """Whether both are the same numbers, as far as the 16 characters of a DS can tell (PS3.5 6.2)."""
    try:
        pairs = list(zip(map(float, decimals), map(float, floating_point), strict=True))
    except ValueError:
        return False
    return all(math.isclose(decimal, exact, rel_tol=DECIMAL_PRECISION) for decimal, exact in pairs)


def _write_referenced(value: Referenced, links: Links) -> Runs:
    _, picture = links.image_urls(value)
    runs = [*reference_runs(value.reference, links, picture)]
    runs += _write_numbers("frame", value.frames)
    runs += _write_numbers("segment", value.segments)
    if value.channels:
        pairs = "; ".join(f"{group}/{channel or 'all'}" for group, channel in value.channels)
        runs.append(Run(f", channels {pairs}", Kind.VALUE))
    if value.presentation_state:
        runs += (Run(", in the presentation state "), *reference_runs(value.presentation_state, links))
    if value.value_mapping:
        runs += (Run(", with the value mapping "), *reference_runs(value.value_mapping, links))
    for other in value.others:
        runs += (Run("; "), *reference_runs(other, links))
    return tuple(runs)


def _write_numbers(name: str, numbers: tuple[int, ...]) -> Runs:
    if not numbers:
        return ()
    text = f", {name}{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"
    return (Run(text, Kind.VALUE if len(numbers) <= _SEVERAL_FRAMES else Kind.FOLDED),)


def reference_runs(reference: Reference, links: Links, picture: str = "") -> Runs:
    """What kind of object it is, as a link where the report tells where it is; else with its UID.

    `picture` is where the link leads to if not to the object as it comes by default.
    """
    name = class_name(reference.sop_class_uid) or "object of an unknown class"
    purpose = (Run(f"{reference.purpose.text}: "),) if reference.purpose else ()
    url = picture or links.object_url(reference)
    if url:
        return (*purpose, Run(name, Kind.VALUE, url=url, hint=reference.sop_instance_uid))
    if not reference.sop_instance_uid:
        return (*purpose, Run(name, Kind.VALUE), Run(" (it does not say which)", Kind.NOTE))
    return (
        *purpose,
        Run(f"{name} {reference.sop_instance_uid}", Kind.VALUE),
        Run(f" ({NO_SERIES})", Kind.MUTED),
    )


def _write_coordinates(value: Coordinates, _: Links) -> Runs:
    points = ", ".join(f"({'; '.join(map(written_number, point))})" for point in value.points)
    is_long = len(value.points) > SEVERAL_POINTS
    runs = [Run(value.graphic_type.capitalize() or "Region", Kind.VALUE)]
    if points:
        runs.append(Run(f" {points}", Kind.FOLDED if is_long else Kind.MUTED))
    if value.pixel_origin:
        runs.append(Run(f" counted in the {value.pixel_origin.lower()}", Kind.MUTED))
    if value.frame_of_reference_uid:
        runs.append(Run(f" in the frame of reference {value.frame_of_reference_uid}", Kind.FOLDED))
    if value.fiducial_uid:
        runs.append(Run(f" fiducial {value.fiducial_uid}", Kind.FOLDED))
    return tuple(runs)


def _write_times(value: Times, _: Links) -> Runs:
    parts = []
    if value.sample_positions:
        parts.append(f"samples {', '.join(value.sample_positions)}")
    if value.offsets:
        parts.append(f"at {', '.join(value.offsets)} s")
    parts += value.moments
    kind = value.range_type.capitalize() or "Times"
    return (Run(f"{kind}: {'; '.join(parts)}" if parts else kind, Kind.VALUE),)


def _write_tabulated(value: Tabulated, _: Links) -> Runs:
    """Only its size: the table itself is a block of its own."""
    return (Run(f"{len(value.cells)} rows, {len(value.column_headings)} columns", Kind.MUTED),)


_WRITERS: dict[type, Callable[[Any, Links], Runs]] = {
    Text: _write_text,
    Coded: _write_coded,
    Named: _write_named,
    Moment: _write_moment,
    Measured: _write_measured,
    Referenced: _write_referenced,
    Coordinates: _write_coordinates,
    Times: _write_times,
    Tabulated: _write_tabulated,
}

"""An overview of a dose report's irradiation events, before all of their detail (PS3.16 TID 10003 and TID 10013)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wado.report.links import Links
from wado.report.model import ContentItem
from wado.report.outline import Block, Kind, Run, Runs, Table
from wado.report.wording import value_runs

FEWEST_EVENTS = 2


@dataclass(frozen=True, slots=True)
class Overview:
    """Which sections are events, and which of their concepts are told: codes of DCM with the headings."""

    event: str
    caption: str
    columns: tuple[tuple[str, str], ...]


OVERVIEWS = (
    Overview(
        "113819",
        "Overview of the CT acquisitions",
        (
            ("125203", "Protocol"),
            ("123014", "Target region"),
            ("113820", "Type"),
            ("113830", "Mean CTDIvol"),
            ("113838", "DLP"),
        ),
    ),
    Overview(
        "113706",
        "Overview of the irradiation events",
        (
            ("111526", "Started"),
            ("113764", "Plane"),
            ("113721", "Type"),
            ("122130", "Dose area product"),
            ("113738", "Dose (RP)"),
        ),
    ),
)


def dose_summary(root: ContentItem) -> Iterator[Block]:
    """A table for each kind of event of which there are several; its cells repeat what follows in full."""
    for overview in OVERVIEWS:
        events = [item for item in root.children if _is_coded(item, overview.event)]
        if len(events) < FEWEST_EVENTS:
            continue
        rows = tuple(
            ((Run(f"{number}", Kind.PLAIN, target=event.number),), *_cells(event, overview))
            for number, event in enumerate(events, 1)
        )
        columns: list[Runs] = [(Run("Event", Kind.LABEL),)]
        columns += ((Run(heading, Kind.LABEL),) for _, heading in overview.columns)
        yield Table((Run(overview.caption),), tuple(columns), rows)


def _cells(event: ContentItem, overview: Overview) -> list[Runs]:
    found: dict[str, Runs] = {}
    for item in event.walk():
        if item.concept and item.concept.scheme == "DCM":
            found.setdefault(item.concept.value, value_runs(item, Links({})))
    return [found.get(code, ()) for code, _ in overview.columns]


def _is_coded(item: ContentItem, code: str) -> bool:
    return item.concept is not None and (item.concept.value, item.concept.scheme) == (code, "DCM")

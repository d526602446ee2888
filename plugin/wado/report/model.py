"""A report as frozen values: its head and the tree of its content items (PS3.3 C.17.2 and C.17.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from wado.dicom.person_name import write_group


@dataclass(frozen=True, slots=True)
class Code:
    """A coded concept (PS3.3 Table 8.8-1); `value` is the Code Value, Long Code Value or URN Code Value."""

    value: str = ""
    scheme: str = ""
    meaning: str = ""
    version: str = ""

    @property
    def text(self) -> str:
        """The meaning; where the object gives none, the code itself, in parentheses."""
        return self.meaning or f"({self.identity or 'a code without a value'})"

    @property
    def identity(self) -> str:
        scheme = f"{self.scheme} {self.version}".strip()
        return ", ".join(filter(None, (self.value, scheme)))


@dataclass(frozen=True, slots=True)
class Person:
    """A name's component groups, alphabetic, ideographic, phonetic, with their components apart (PS3.5 6.2.1)."""

    groups: tuple[tuple[str, ...], ...] = ()

    @property
    def written(self) -> tuple[str, ...]:
        """Each group that is there, as it is read."""
        return tuple(filter(None, (write_group(group, index) for index, group in enumerate(self.groups))))

    @property
    def text(self) -> str:
        first, *others = self.written or ("",)
        return f"{first} ({', '.join(others)})" if others else first


@dataclass(frozen=True, slots=True)
class Reference:
    """An object referred to. `study` and `series` are empty where the report does not tell them."""

    sop_class_uid: str = ""
    sop_instance_uid: str = ""
    study: str = ""
    series: str = ""
    purpose: Code | None = None


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute as text; `depth` counts the sequences that it is in. A sequence itself has no text."""

    tag: int
    name: str
    text: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """TEXT and UIDREF."""

    text: str


@dataclass(frozen=True, slots=True)
class Coded:
    """CODE."""

    code: Code


@dataclass(frozen=True, slots=True)
class Named:
    """PNAME."""

    person: Person


@dataclass(frozen=True, slots=True)
class Moment:
    """DATE, TIME and DATETIME: as stored, and as it is read."""

    stored: str
    written: str


@dataclass(frozen=True, slots=True)
class Measured:
    """NUM: all its values, in the three forms that they can have (PS3.3 C.18.1)."""

    numbers: tuple[str, ...] = ()
    unit: Code | None = None
    qualifier: Code | None = None
    floating_point: tuple[str, ...] = ()
    ratios: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Referenced:
    """COMPOSITE, IMAGE and WAVEFORM (PS3.3 C.18.3 to C.18.5); `channels` are pairs of multiplex group and channel."""

    reference: Reference
    frames: tuple[int, ...] = ()
    segments: tuple[int, ...] = ()
    channels: tuple[tuple[int, int], ...] = ()
    presentation_state: Reference | None = None
    value_mapping: Reference | None = None
    others: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Coordinates:
    """SCOORD, in pixels (column, row) from the image's top left corner, and SCOORD3D, in mm (PS3.3 C.18.6, C.18.9)."""

    graphic_type: str
    points: tuple[tuple[float, ...], ...]
    frame_of_reference_uid: str = ""
    pixel_origin: str = ""
    fiducial_uid: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    """TCOORD (PS3.3 C.18.7)."""

    range_type: str
    sample_positions: tuple[str, ...] = ()
    offsets: tuple[str, ...] = ()
    moments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tabulated:
    """TABLE (PS3.3 C.18.10). Headings are empty where the object has none; cells are text."""

    row_headings: tuple[str, ...]
    column_headings: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]


Value = Text | Coded | Named | Moment | Measured | Referenced | Coordinates | Times | Tabulated


@dataclass(frozen=True, slots=True, eq=False)
class ContentItem:
    """A node of the content tree.

    `position` is the item's Referenced Content Item Identifier, such as 1.2.3, and `number` its place in the order of
    the tree, from 0. `target` is the position that an item by reference stands for. `value` is none in a container
    and where the object has none; `notes` say what is amiss, `others` are the attributes that have no meaning here.
    """

    number: int
    position: str
    relationship: str
    value_type: str
    concept: Code | None = None
    value: Value | None = None
    children: tuple[ContentItem, ...] = ()
    target: str = ""
    is_continuous: bool = False
    template: str = ""
    observed: str = ""
    observation_uid: str = ""
    notes: tuple[str, ...] = ()
    others: tuple[Attribute, ...] = ()

    @property
    def is_container(self) -> bool:
        return self.value_type == "CONTAINER"

    def walk(self) -> Iterator[ContentItem]:
        """The item and all below it, in the order of the tree."""
        waiting = [self]
        while waiting:
            item = waiting.pop()
            yield item
            waiting.extend(reversed(item.children))


@dataclass(frozen=True, slots=True)
class Observer:
    """Who verified, wrote or took part: a person or a device, an organization, and when."""

    person: Person = field(default_factory=Person)
    name: str = ""
    organization: str = ""
    role: str = ""
    moment: str = ""
    codes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """A request that the report answers (PS3.3 C.17.2, Referenced Request Sequence)."""

    accession_number: str = ""
    procedure_id: str = ""
    description: str = ""
    procedure: Code | None = None
    placer_number: str = ""
    filler_number: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    name: Person = field(default_factory=Person)
    id: str = ""
    issuer_of_id: str = ""
    other_ids: tuple[str, ...] = ()
    birth_date: str = ""
    birth_time: str = ""
    sex: str = ""
    age: str = ""
    comments: str = ""


@dataclass(frozen=True, slots=True)
class Study:
    uid: str = ""
    id: str = ""
    description: str = ""
    moment: str = ""
    accession_number: str = ""
    referring_physician: Person = field(default_factory=Person)
    institution: str = ""
    department: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What identifies the report and says how far it can be relied upon."""

    title: str
    sop_class_uid: str = ""
    sop_instance_uid: str = ""
    series_uid: str = ""
    series_description: str = ""
    content_moment: str = ""
    instance_number: str = ""
    manufacturer: str = ""
    template: str = ""
    language: str = ""
    patient: Patient = field(default_factory=Patient)
    study: Study = field(default_factory=Study)
    completion: str = ""
    completion_description: str = ""
    verification: str = ""
    preliminary: str = ""
    verifying_observers: tuple[Observer, ...] = ()
    authors: tuple[Observer, ...] = ()
    participants: tuple[Observer, ...] = ()
    custodians: tuple[Observer, ...] = ()
    orders: tuple[Order, ...] = ()
    procedures: tuple[Code, ...] = ()
    predecessors: tuple[Reference, ...] = ()
    identical_documents: tuple[Reference, ...] = ()
    current_evidence: tuple[Reference, ...] = ()
    other_evidence: tuple[Reference, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """`root` is none where the object has no content tree: then `attributes` are what there is to show."""

    head: Head
    root: ContentItem | None = None
    attributes: tuple[Attribute, ...] = ()

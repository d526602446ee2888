"""What a request asks for, once its text has been understood."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MediaRange:
    """A media type or a wildcard with its relative degree of preference (RFC 9110 section 12.5.1)."""

    type: str
    subtype: str
    parameters: tuple[tuple[str, str], ...] = ()
    quality: float = 1.0

    def matches(self, media_type: str) -> bool:
        type_, _, subtype = media_type.partition("/")
        return self.type in ("*", type_) and self.subtype in ("*", subtype)

    @property
    def specificity(self) -> tuple[bool, bool, int]:
        return self.type != "*", self.subtype != "*", len(self.parameters)


@dataclass(frozen=True, slots=True)
class WeightedCharset:
    """A character set with its relative degree of preference (RFC 9110 section 12.5.2)."""

    name: str
    quality: float = 1.0


@dataclass(frozen=True, slots=True)
class WadoRequest:
    """The parameters of PS3.18-2011 section 8; `names` are those that were present, as the client spelt them.

    `region` is left, top, right, bottom, each 0 to 1. `frame_number` counts from 1. `transfer_syntaxes` holds UIDs and
    `*`, which means as stored.
    """

    study_instance_uid: str | None = None
    series_instance_uid: str | None = None
    sop_instance_uid: str = ""
    content_types: tuple[MediaRange, ...] = ()
    charsets: tuple[WeightedCharset, ...] = ()
    anonymize: bool = False
    annotation: tuple[str, ...] = ()
    rows: int | None = None
    columns: int | None = None
    region: tuple[float, float, float, float] | None = None
    window_center: float | None = None
    window_width: float | None = None
    frame_number: int | None = None
    image_quality: int | None = None
    presentation_uid: str | None = None
    presentation_series_uid: str | None = None
    transfer_syntaxes: tuple[str, ...] = ()
    names: frozenset[str] = field(default_factory=frozenset)

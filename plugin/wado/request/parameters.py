"""The parameters of PS3.18-2011 section 8: a row is all there is to one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wado.request import syntax


@dataclass(frozen=True, slots=True)
class Parameter:
    """`field` is where the value goes in `WadoRequest`; none for requestType, which has one value only."""

    name: str
    field: str | None
    parse: Callable[[str], object]
    clause: str
    meaning: str


PARAMETERS: tuple[Parameter, ...] = (
    Parameter("requestType", None, syntax.parse_request_type, "8.1.1", "`WADO`"),
    Parameter("studyUID", "study_instance_uid", syntax.parse_uid, "8.1.2", "Study Instance UID"),
    Parameter("seriesUID", "series_instance_uid", syntax.parse_uid, "8.1.3", "Series Instance UID"),
    Parameter("objectUID", "sop_instance_uid", syntax.parse_uid, "8.1.4", "SOP Instance UID"),
    Parameter(
        "contentType",
        "content_types",
        syntax.parse_content_types,
        "8.1.5",
        "media types, with wildcards and q-values: `image/png,image/jpeg;q=0.5`",
    ),
    Parameter(
        "charset",
        "charsets",
        syntax.parse_charsets,
        "8.1.6",
        "character sets of text and of DICOM strings, with q-values: `ISO-8859-1,UTF-8;q=0.5`",
    ),
    Parameter("anonymize", "anonymize", syntax.parse_anonymize, "8.1.7", "`yes`"),
    Parameter("annotation", "annotation", syntax.parse_annotation, "8.2.1", "`patient`, `technique` or both"),
    Parameter("rows", "rows", syntax.parse_size, "8.2.2", "greatest height in pixels; the aspect ratio is kept"),
    Parameter("columns", "columns", syntax.parse_size, "8.2.3", "greatest width in pixels; the aspect ratio is kept"),
    Parameter("region", "region", syntax.parse_region, "8.2.4", "left, top, right, bottom, each 0 to 1"),
    Parameter("windowCenter", "window_center", syntax.parse_decimal, "8.2.5", "window instead of the object's own"),
    Parameter("windowWidth", "window_width", syntax.parse_width, "8.2.6", "goes with windowCenter"),
    Parameter("frameNumber", "frame_number", syntax.parse_integer, "8.2.7", "one frame of several, from 1"),
    Parameter("imageQuality", "image_quality", syntax.parse_quality, "8.2.8", "1 to 100, for lossy compression"),
    Parameter("presentationUID", "presentation_uid", syntax.parse_uid, "8.2.9", "presentation state to apply"),
    Parameter(
        "presentationSeriesUID",
        "presentation_series_uid",
        syntax.parse_uid,
        "8.2.10",
        "the presentation state's series",
    ),
    Parameter(
        "transferSyntax",
        "transfer_syntaxes",
        syntax.parse_transfer_syntaxes,
        "8.2.11",
        "UIDs in order of preference; `*` means as stored; Explicit VR Little Endian if left out",
    ),
)

BY_NAME = {parameter.name: parameter for parameter in PARAMETERS}

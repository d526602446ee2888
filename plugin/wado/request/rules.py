"""The rules between parameters (PS3.18-2011 section 8). What a row says is all there is to a rule."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from wado.errors import BadRequest
from wado.media_types import APPLICATION_DICOM, Category
from wado.request.model import WadoRequest
from wado.request.parameters import BY_NAME

LOSSY_TRANSFER_SYNTAXES = frozenset(
    f"1.2.840.10008.1.2.4.{suffix}"
    for suffix in (
        *("50", "51", "81", "91", "93", "112", "203"),  # JPEG, JPEG-LS near-lossless, JPEG 2000, JPEG XL, HTJ2K
        *("100", "100.1", "101", "101.1", "102", "102.1", "103", "103.1"),  # MPEG-2, MPEG-4 AVC
        *("104", "104.1", "105", "105.1", "106", "106.1", "107", "108"),  # MPEG-4 AVC, HEVC
    )
)
"""Transfer syntaxes whose compression takes a quality (PS3.5 A.4, PS3.6 Table A-1)."""


PICTURES = ("image/", "video/")
"""How the media types begin that annotations can be burnt into."""


@dataclass(frozen=True, slots=True)
class Required:
    """A request without the parameter is refused."""

    parameter: str


@dataclass(frozen=True, slots=True)
class Needs:
    """The parameter is refused without the other one."""

    parameter: str
    other: str
    clause: str


@dataclass(frozen=True, slots=True)
class Excludes:
    """The other parameter is refused beside this one."""

    parameter: str
    other: str
    clause: str


@dataclass(frozen=True, slots=True)
class ForImages:
    """The parameter is for pictures: refused with application/dicom, and of objects that are no images (8.2)."""

    parameter: str


@dataclass(frozen=True, slots=True)
class ForDicom:
    """The parameter is refused with any media type but application/dicom."""

    parameter: str


REQUIRED = (Required("requestType"), Required("studyUID"), Required("seriesUID"), Required("objectUID"))

BETWEEN_PARAMETERS = (
    Needs("windowWidth", "windowCenter", "8.2.5"),
    Needs("windowCenter", "windowWidth", "8.2.6"),
    Needs("presentationUID", "presentationSeriesUID", "8.2.10"),
    Needs("presentationSeriesUID", "presentationUID", "8.2.10"),
    Excludes("presentationUID", "windowCenter", "8.2.5"),  # and so windowWidth, which does not come alone
)

BY_MEDIA_TYPE = (
    ForDicom("anonymize"),
    ForDicom("transferSyntax"),
    ForImages("annotation"),
    ForImages("rows"),
    ForImages("columns"),
    ForImages("region"),
    ForImages("windowCenter"),
    ForImages("windowWidth"),
    ForImages("frameNumber"),
    ForImages("imageQuality"),
    ForImages("presentationUID"),
    ForImages("presentationSeriesUID"),
)

OBJECT_ALONE = frozenset({"studyUID", "seriesUID"})
"""What the setting AllowObjectAlone lets be absent."""


def check_required(names: Collection[str], allow_object_alone: bool) -> None:
    for rule in REQUIRED:
        if rule.parameter not in names and not (allow_object_alone and rule.parameter in OBJECT_ALONE):
            raise BadRequest("is required", parameter=rule.parameter, clause=BY_NAME[rule.parameter].clause)


def check_between_parameters(names: Collection[str]) -> None:
    for rule in BETWEEN_PARAMETERS:
        if rule.parameter not in names:
            continue
        if isinstance(rule, Needs) and rule.other not in names:
            raise BadRequest(f"is required beside {rule.parameter}", parameter=rule.other, clause=rule.clause)
        if isinstance(rule, Excludes) and rule.other in names:
            raise BadRequest(f"must not be given beside {rule.parameter}", parameter=rule.other, clause=rule.clause)


def check_media_type(request: WadoRequest, media_type: str, category: Category | None = None) -> None:
    """Refuse the parameters that do not go with the media type, or with the category where it is known."""
    for rule in BY_MEDIA_TYPE:
        if rule.parameter not in request.names:
            continue
        clause = BY_NAME[rule.parameter].clause
        if isinstance(rule, ForDicom) and media_type != APPLICATION_DICOM:
            message = f"must only be given with contentType={APPLICATION_DICOM}; the answer would be {media_type}"
            raise BadRequest(message, parameter=rule.parameter, clause=clause)
        if isinstance(rule, ForImages) and not _has_image_to_act_on(rule.parameter, request, media_type, category):
            raise BadRequest(
                _not_a_picture(rule.parameter, media_type, category), parameter=rule.parameter, clause=clause
            )


def _has_image_to_act_on(parameter: str, request: WadoRequest, media_type: str, category: Category | None) -> bool:
    if parameter == "imageQuality" and media_type == APPLICATION_DICOM:
        return not LOSSY_TRANSFER_SYNTAXES.isdisjoint(request.transfer_syntaxes)  # 8.2.8
    if parameter == "frameNumber" and category not in (None, Category.SINGLE_FRAME, Category.MULTI_FRAME):
        return True  # ignored for all objects other than multi-frame ones (8.2.7)
    if parameter == "annotation" and not media_type.startswith(PICTURES):
        return False  # not with a non-image media type, whatever the object is (8.2.1)
    return media_type != APPLICATION_DICOM and (category is None or category.is_image)


def _not_a_picture(parameter: str, media_type: str, category: Category | None) -> str:
    if category is not None and not category.is_image:
        return f"must only be given for an image; this is {category.with_article}"
    if parameter == "imageQuality" and media_type == APPLICATION_DICOM:
        return f"must not be given with {media_type} unless transferSyntax names a lossy compression"
    return f"must not be given with {media_type}; contentType=image/jpeg makes a picture"

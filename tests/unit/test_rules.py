"""Every rule between parameters, with a query that breaks it and one that keeps it (PS3.18-2011 section 8)."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from pydicom._uid_dict import UID_dictionary

from wado.errors import BadRequest
from wado.media_types import APPLICATION_DICOM, IMAGE_JPEG, TEXT_HTML, Category
from wado.request.parameters import BY_NAME
from wado.request.parse import parse_request
from wado.request.rules import (
    BETWEEN_PARAMETERS,
    BY_MEDIA_TYPE,
    LOSSY_TRANSFER_SYNTAXES,
    OBJECT_ALONE,
    REQUIRED,
    Excludes,
    ForDicom,
    ForImages,
    Needs,
    Required,
    check_media_type,
)

OBJECT = {"requestType": "WADO", "studyUID": "1.2", "seriesUID": "1.2.3", "objectUID": "1.2.3.4"}
JPEG = {"contentType": "image/jpeg"}
DICOM = {"contentType": "application/dicom"}
WINDOW = {"windowCenter": "40", "windowWidth": "400"}
STATE = {"presentationUID": "1.2.5", "presentationSeriesUID": "1.2.6"}

JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
JPEG_LOSSLESS = "1.2.840.10008.1.2.4.70"

Rule = Required | Needs | Excludes | ForImages | ForDicom


@dataclass(frozen=True)
class Case:
    """Queries to be added to `OBJECT`; a name without a value is taken out of it. `fault` is the parameter at fault."""

    rule: Rule
    breaking: dict[str, str]
    keeping: dict[str, str]
    fault: str


CASES = [
    Case(Required("requestType"), {"requestType": ""}, {}, "requestType"),
    Case(Required("studyUID"), {"studyUID": ""}, {}, "studyUID"),
    Case(Required("seriesUID"), {"seriesUID": ""}, {}, "seriesUID"),
    Case(Required("objectUID"), {"objectUID": ""}, {}, "objectUID"),
    Case(Needs("windowWidth", "windowCenter", "8.2.5"), {"windowWidth": "400"}, WINDOW, "windowCenter"),
    Case(Needs("windowCenter", "windowWidth", "8.2.6"), {"windowCenter": "40"}, WINDOW, "windowWidth"),
    Case(
        Needs("presentationUID", "presentationSeriesUID", "8.2.10"),
        {"presentationUID": "1.2.5"},
        STATE,
        "presentationSeriesUID",
    ),
    Case(
        Needs("presentationSeriesUID", "presentationUID", "8.2.10"),
        {"presentationSeriesUID": "1.2.6"},
        STATE,
        "presentationUID",
    ),
    Case(Excludes("presentationUID", "windowCenter", "8.2.5"), STATE | WINDOW, STATE, "windowCenter"),
    Case(ForDicom("anonymize"), JPEG | {"anonymize": "yes"}, DICOM | {"anonymize": "yes"}, "anonymize"),
    Case(
        ForDicom("transferSyntax"),
        JPEG | {"transferSyntax": JPEG_BASELINE},
        DICOM | {"transferSyntax": JPEG_BASELINE},
        "transferSyntax",
    ),
    Case(ForImages("annotation"), DICOM | {"annotation": "patient"}, JPEG | {"annotation": "patient"}, "annotation"),
    Case(ForImages("rows"), DICOM | {"rows": "64"}, JPEG | {"rows": "64"}, "rows"),
    Case(ForImages("columns"), DICOM | {"columns": "64"}, JPEG | {"columns": "64"}, "columns"),
    Case(ForImages("region"), DICOM | {"region": "0,0,1,1"}, JPEG | {"region": "0,0,1,1"}, "region"),
    Case(ForImages("windowCenter"), DICOM | WINDOW, JPEG | WINDOW, "windowCenter"),
    Case(ForImages("windowWidth"), DICOM | WINDOW, JPEG | WINDOW, "windowCenter"),
    Case(ForImages("frameNumber"), DICOM | {"frameNumber": "2"}, JPEG | {"frameNumber": "2"}, "frameNumber"),
    Case(
        ForImages("imageQuality"),
        DICOM | {"imageQuality": "80"},
        DICOM | {"imageQuality": "80", "transferSyntax": JPEG_BASELINE},
        "imageQuality",
    ),
    Case(ForImages("presentationUID"), DICOM | STATE, JPEG | STATE, "presentationUID"),
    Case(ForImages("presentationSeriesUID"), DICOM | STATE, JPEG | STATE, "presentationUID"),
]


def name_of(case: Case) -> str:
    others = getattr(case.rule, "other", "")
    return "-".join(filter(None, (type(case.rule).__name__, case.rule.parameter, others)))


def test_every_rule_has_its_case() -> None:
    assert [case.rule for case in CASES] == [*REQUIRED, *BETWEEN_PARAMETERS, *BY_MEDIA_TYPE]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_request_that_keeps_the_rule_is_understood(case: Case) -> None:
    request = parse_request(OBJECT | case.keeping)
    assert request.names == (OBJECT | case.keeping).keys()


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_request_that_breaks_the_rule_is_refused_by_name_and_clause(case: Case) -> None:
    with pytest.raises(BadRequest) as refusal:
        parse_request(OBJECT | case.breaking)
    assert refusal.value.parameter == case.fault
    assert refusal.value.clause == getattr(case.rule, "clause", BY_NAME[case.fault].clause)


@pytest.mark.parametrize("rule", BY_MEDIA_TYPE, ids=lambda rule: rule.parameter)
def test_each_rule_on_media_types_holds_by_itself(rule: ForImages | ForDicom) -> None:
    """A pair such as the window's is refused for its first half; the second has its own rule all the same."""
    broken, kept = (APPLICATION_DICOM, IMAGE_JPEG) if isinstance(rule, ForImages) else (IMAGE_JPEG, APPLICATION_DICOM)
    request = parse_request(OBJECT)
    alone = type(request)(names=frozenset({rule.parameter}))
    check_media_type(alone, kept, Category.SINGLE_FRAME)
    with pytest.raises(BadRequest) as refusal:
        check_media_type(alone, broken, Category.SINGLE_FRAME)
    assert (refusal.value.parameter, refusal.value.clause) == (rule.parameter, BY_NAME[rule.parameter].clause)


@pytest.mark.parametrize("category", [Category.TEXT, Category.OTHER])
@pytest.mark.parametrize("media_type", [TEXT_HTML, APPLICATION_DICOM])
@pytest.mark.parametrize(
    "rule",
    [rule for rule in BY_MEDIA_TYPE if isinstance(rule, ForImages) and rule.parameter != "frameNumber"],
    ids=lambda rule: rule.parameter,
)
def test_parameters_of_images_are_refused_for_what_is_no_image(
    rule: ForImages, media_type: str, category: Category
) -> None:
    alone = type(parse_request(OBJECT))(names=frozenset({rule.parameter}))
    with pytest.raises(BadRequest, match="must") as refusal:
        check_media_type(alone, media_type, category)
    assert refusal.value.parameter == rule.parameter


@pytest.mark.parametrize("category", [Category.TEXT, Category.OTHER])
def test_frame_number_is_ignored_for_what_has_no_frames(category: Category) -> None:
    alone = type(parse_request(OBJECT))(frame_number=3, names=frozenset({"frameNumber"}))
    check_media_type(alone, TEXT_HTML, category)


@pytest.mark.parametrize(
    ("transfer_syntax", "is_lossy"),
    [
        (JPEG_BASELINE, True),
        ("1.2.840.10008.1.2.4.81", True),
        ("1.2.840.10008.1.2.4.91", True),
        (JPEG_LOSSLESS, False),
        ("1.2.840.10008.1.2.4.90", False),
        ("1.2.840.10008.1.2.5", False),
        ("1.2.840.10008.1.2.1", False),
        ("*", False),
        (f"{JPEG_LOSSLESS},{JPEG_BASELINE}", True),
    ],
)
def test_image_quality_goes_with_a_lossy_transfer_syntax_only(transfer_syntax: str, is_lossy: bool) -> None:
    query = OBJECT | DICOM | {"imageQuality": "80", "transferSyntax": transfer_syntax}
    if is_lossy:
        assert parse_request(query).image_quality == 80
        return
    with pytest.raises(BadRequest) as refusal:
        parse_request(query)
    assert (refusal.value.parameter, refusal.value.clause) == ("imageQuality", "8.2.8")
    assert refusal.value.message.endswith("unless transferSyntax names a lossy compression")


def test_the_lossy_transfer_syntaxes_are_those_of_the_dictionary() -> None:
    compressed = {
        uid: name
        for uid, (name, kind, _, retired, _) in UID_dictionary.items()
        if kind == "Transfer Syntax" and uid.startswith("1.2.840.10008.1.2.4.") and not retired
    }
    reversible = re.compile(r"\(Lossless Only\)|RPCL Options|JPIP|^JPEG Lossless|^JPEG-LS Lossless")
    lossy = {uid for uid, name in compressed.items() if not reversible.search(name)}
    jpeg_xl = {"1.2.840.10008.1.2.4.112"}  # newer than this dictionary
    assert lossy | jpeg_xl == LOSSY_TRANSFER_SYNTAXES


def test_annotation_is_refused_beside_a_text_type_whatever_the_object_is() -> None:
    with pytest.raises(BadRequest, match="must not be given with text/html") as refusal:
        parse_request(OBJECT | {"annotation": "patient", "contentType": "text/html"})
    assert (refusal.value.parameter, refusal.value.clause) == ("annotation", "8.2.1")


@pytest.mark.parametrize("name", sorted(OBJECT_ALONE))
def test_an_object_alone_is_found_where_the_site_allows_it(name: str) -> None:
    query = {**OBJECT, name: ""}
    request = parse_request(query, allow_object_alone=True)
    assert name not in request.names
    with pytest.raises(BadRequest):
        parse_request(query)


@pytest.mark.parametrize("name", ["requestType", "objectUID"])
def test_no_setting_lets_the_rest_be_absent(name: str) -> None:
    with pytest.raises(BadRequest, match="is required"):
        parse_request({**OBJECT, name: ""}, allow_object_alone=True)

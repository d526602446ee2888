"""From a query to the value it becomes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wado.errors import BadRequest
from wado.request.model import MediaRange, WadoRequest
from wado.request.parse import parse_request

OBJECT = {"requestType": "WADO", "studyUID": "1.2", "seriesUID": "1.2.3", "objectUID": "1.2.3.4"}
PLAIN = WadoRequest("1.2", "1.2.3", "1.2.3.4")


def understood(query: dict[str, str]) -> WadoRequest:
    """The request without the names of its parameters."""
    return replace(parse_request(query), names=frozenset())


def test_the_request_of_annex_b_1_names_an_object_and_no_more() -> None:
    assert understood(OBJECT) == PLAIN
    assert parse_request(OBJECT).names == OBJECT.keys()


def test_the_request_of_annex_b_3_is_understood() -> None:
    query = OBJECT | {
        "contentType": "image/jp2;level=1,image/jpeg;q=0.5",
        "annotation": "patient,technique",
        "columns": "400",
        "rows": "300",
        "region": "0.3,0.4,0.5,0.5",
        "windowCenter": "-1000",
        "windowWidth": "2500",
    }
    assert understood(query) == replace(
        PLAIN,
        content_types=(MediaRange("image", "jp2", (("level", "1"),)), MediaRange("image", "jpeg", quality=0.5)),
        annotation=("patient", "technique"),
        columns=400,
        rows=300,
        region=(0.3, 0.4, 0.5, 0.5),
        window_center=-1000.0,
        window_width=2500.0,
    )


def test_the_request_of_annex_b_4_is_understood() -> None:
    query = OBJECT | {
        "contentType": "application/dicom",
        "anonymize": "yes",
        "transferSyntax": "1.2.840.10008.1.2.4.50",
    }
    assert understood(query) == replace(
        PLAIN,
        content_types=(MediaRange("application", "dicom"),),
        anonymize=True,
        transfer_syntaxes=("1.2.840.10008.1.2.4.50",),
    )


@pytest.mark.parametrize(
    ("extra", "meant"),
    [
        ({"contentType": "application/dicom", "transferSyntax": "*"}, {"transfer_syntaxes": ("*",)}),
        ({"contentType": "application/dicom", "transferSyntax": ""}, {}),
        ({"contentType": "image/jpeg", "rows": "96", "columns": "96"}, {"rows": 96, "columns": 96}),
        ({"contentType": "image/jpeg", "frameNumber": "0", "region": ""}, {"frame_number": 0}),
        ({"contentType": "application/dicom", "": ""}, {}),
        ({"contentType": "application/dicom", "useOrig": "true", "frame": "3", "token": "x,y"}, {}),
        ({"contentType": " image/jpeg "}, {}),
    ],
    ids=["ohif", "empty-syntax", "weasis", "conquest", "dwv-double-ampersand", "unknown-names", "spaces"],
)
def test_the_requests_of_real_viewers_are_understood(extra: dict[str, str], meant: dict[str, object]) -> None:
    type_, subtype = extra["contentType"].strip().split("/")
    expected = WadoRequest("1.2", "1.2.3", "1.2.3.4", content_types=(MediaRange(type_, subtype),), **meant)  # type: ignore[arg-type]
    assert understood(OBJECT | extra) == expected


def test_the_order_of_the_parameters_is_the_clients() -> None:
    query = OBJECT | {"contentType": "image/jpeg", "windowWidth": "400", "windowCenter": "40"}
    assert parse_request(dict(reversed(query.items()))) == parse_request(query)


def test_a_window_around_zero_is_a_window() -> None:
    request = parse_request(OBJECT | {"windowCenter": "0", "windowWidth": "1"})
    assert (request.window_center, request.window_width) == (0.0, 1.0)


def test_what_is_missing_is_said_before_what_is_wrong() -> None:
    with pytest.raises(BadRequest) as refusal:
        parse_request({"requestType": "WADO", "studyUID": "?", "seriesUID": "1.2"})
    assert refusal.value.to_text() == "400 Bad Request: objectUID: is required (PS3.18-2011 section 8.1.4)\n"


@pytest.mark.parametrize(
    "content_type", ["*/*", "image/*", "application/dicom,image/*", "image/jpeg,application/dicom"]
)
def test_a_choice_of_media_types_waits_for_the_object(content_type: str) -> None:
    assert parse_request(OBJECT | {"contentType": content_type, "rows": "64"}).rows == 64


def test_parameters_that_no_media_type_of_the_list_can_honour_are_refused_at_once() -> None:
    with pytest.raises(BadRequest) as refusal:
        parse_request(OBJECT | {"contentType": "image/png,image/jpeg", "anonymize": "yes"})
    assert refusal.value.to_text() == (
        "400 Bad Request: anonymize: must only be given with contentType=application/dicom; "
        "the answer would be image/png (PS3.18-2011 section 8.1.7)\n"
    )


def test_the_refusal_does_not_repeat_what_the_client_sent() -> None:
    for name in ("studyUID", "contentType", "annotation", "windowCenter"):
        query = OBJECT | {"windowWidth": "1", "windowCenter": "1"} | {name: "Doe^Jane<script>"}
        with pytest.raises(BadRequest) as refusal:
            parse_request(query)
        assert "Doe" not in refusal.value.to_text()

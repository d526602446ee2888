"""Every row of the table of parameters, with values that are taken and values that are refused."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import pytest

from wado.errors import BadRequest
from wado.request.model import MediaRange, WadoRequest, WeightedCharset
from wado.request.parameters import PARAMETERS, Parameter
from wado.request.parse import parse_request

REQUIRED = {"requestType": "WADO", "studyUID": "1.2", "seriesUID": "1.2.3", "objectUID": "1.2.3.4"}

NOT_UIDS = ("one", "1..2", "1.2.", "1." * 33)
NOT_SIZES = ("0", "-1", "1.5", "large", "1,2")

JPEG = {"contentType": "image/jpeg"}
DICOM = {"contentType": "application/dicom"}


@dataclass(frozen=True)
class Values:
    """What a parameter takes, by its text; what it does not; and what it needs beside it."""

    taken: dict[str, object]
    refused: tuple[str, ...]
    beside: dict[str, str] | None = None


CASES: dict[str, Values] = {
    "requestType": Values({"WADO": "WADO"}, ("wado", "QIDO", "WADO,WADO")),
    "studyUID": Values({"1.2.840.1": "1.2.840.1"}, NOT_UIDS),
    "seriesUID": Values({"2.25.3": "2.25.3"}, NOT_UIDS),
    "objectUID": Values({"1.2.840.1.0": "1.2.840.1.0"}, NOT_UIDS),
    "contentType": Values(
        {
            "image/jpeg": (MediaRange("image", "jpeg"),),
            "image/*,application/dicom;q=0.1": (
                MediaRange("image", "*"),
                MediaRange("application", "dicom", quality=0.1),
            ),
        },
        ("jpeg", "image/jpeg;q=7", ",", "text/html;charset=UTF-8"),
    ),
    "charset": Values({"UTF-8": (WeightedCharset("UTF-8"),)}, ("UTF 8", ",", "UTF-8;q=2")),
    "anonymize": Values({"yes": True}, ("no", "true", "YES", "1"), DICOM),
    "annotation": Values(
        {"patient": ("patient",), "technique, patient": ("technique", "patient"), "patient,patient": ("patient",)},
        ("all", "patient,doctor", ",", "Patient"),
        JPEG,
    ),
    "rows": Values({"1": 1, "512": 512, "+64": 64}, NOT_SIZES, JPEG),
    "columns": Values({"1": 1, "512": 512, "+64": 64}, NOT_SIZES, JPEG),
    "region": Values({"0.3,0.4,0.5,0.5": (0.3, 0.4, 0.5, 0.5)}, ("0,0,1", "0,0,0,1", "0,0,2,2", "a,b,c,d"), JPEG),
    "windowCenter": Values({"-1000": -1000.0, "0": 0.0, "4.5e1": 45.0}, ("nan", "1e999", "dark", "40\\50"), JPEG),
    "windowWidth": Values({"2500": 2500.0, "0.5": 0.5}, ("0", "-1", "inf", "wide"), JPEG),
    "frameNumber": Values({"1": 1, "0": 0, "-1": -1}, ("first", "1.0", "1,2"), JPEG),
    "imageQuality": Values({"1": 1, "100": 100}, ("0", "101", "90.5", "best"), JPEG),
    "presentationUID": Values({"1.2.5": "1.2.5"}, NOT_UIDS, JPEG),
    "presentationSeriesUID": Values({"1.2.6": "1.2.6"}, NOT_UIDS, JPEG),
    "transferSyntax": Values(
        {
            "*": ("*",),
            "1.2.840.10008.1.2.4.50": ("1.2.840.10008.1.2.4.50",),
            "1.2.840.10008.1.2.4.90,1.2.840.10008.1.2.1": ("1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.1"),
        },
        ("JPEG", "**", ",", "1.2.840.10008.1.2.1;q=1"),
        DICOM,
    ),
}

BESIDE = {
    "windowCenter": {"windowWidth": "400"},
    "windowWidth": {"windowCenter": "40"},
    "presentationUID": {"presentationSeriesUID": "1.2.6"},
    "presentationSeriesUID": {"presentationUID": "1.2.5"},
}


def complete(name: str, text: str) -> dict[str, str]:
    """A request in which nothing but the value of that parameter can be wrong."""
    return {**REQUIRED, **(CASES[name].beside or {}), **BESIDE.get(name, {}), name: text}


TAKEN = [(parameter, *case) for parameter in PARAMETERS for case in CASES[parameter.name].taken.items()]
REFUSED = [(parameter, text) for parameter in PARAMETERS for text in CASES[parameter.name].refused]


def name_of(value: object) -> str | None:
    return value.name if isinstance(value, Parameter) else value if isinstance(value, str) else ""


def test_every_parameter_has_its_cases() -> None:
    assert list(CASES) == [parameter.name for parameter in PARAMETERS]
    assert all(case.taken and case.refused for case in CASES.values())


@pytest.mark.parametrize(("parameter", "text", "value"), TAKEN, ids=name_of)
def test_a_good_value_becomes_a_field_of_the_request(parameter: Parameter, text: str, value: object) -> None:
    request = parse_request(complete(parameter.name, text))
    assert parameter.name in request.names
    if parameter.field:
        assert getattr(request, parameter.field) == value


@pytest.mark.parametrize(("parameter", "text"), REFUSED, ids=name_of)
def test_a_bad_value_is_refused_by_name_and_clause(parameter: Parameter, text: str) -> None:
    with pytest.raises(BadRequest, match="must") as refusal:
        parse_request(complete(parameter.name, text))
    assert refusal.value.parameter == parameter.name
    assert refusal.value.clause == parameter.clause
    assert refusal.value.to_text().startswith(f"400 Bad Request: {parameter.name}: must ")


@pytest.mark.parametrize("parameter", PARAMETERS, ids=name_of)
@pytest.mark.parametrize("text", ["", "  "], ids=["empty", "spaces"])
def test_an_empty_value_is_an_absent_one(parameter: Parameter, text: str) -> None:
    query = {**REQUIRED, parameter.name: text}
    absent = {name: value for name, value in REQUIRED.items() if name != parameter.name}
    if parameter.name in REQUIRED:
        with pytest.raises(BadRequest, match="is required") as refusal:
            parse_request(query)
        assert refusal.value.parameter == parameter.name
    else:
        assert parse_request(query) == parse_request(absent)


@pytest.mark.parametrize("parameter", PARAMETERS, ids=name_of)
def test_a_name_in_other_letters_is_unknown(parameter: Parameter) -> None:
    request = parse_request({**REQUIRED, parameter.name.swapcase(): "?"})
    assert replace(request, names=frozenset(REQUIRED)) == parse_request(REQUIRED)


def test_the_clauses_are_those_of_the_standard_in_its_order() -> None:
    assert [parameter.clause for parameter in PARAMETERS] == [
        *(f"8.1.{number}" for number in range(1, 8)),
        *(f"8.2.{number}" for number in range(1, 12)),
    ]


def test_every_field_of_the_request_has_its_parameter() -> None:
    named = [parameter.field for parameter in PARAMETERS if parameter.field]
    assert sorted(named) == sorted({field.name for field in fields(WadoRequest)} - {"names"})


def test_every_row_says_what_it_means() -> None:
    assert all(parameter.meaning for parameter in PARAMETERS)

"""PS3.18-2011 8.2.5: windowCenter replaces the object's own, together with windowWidth."""

from __future__ import annotations

import pytest

from tests.conformance.server import DICOM, PNG, Server, assert_refused, picture_in

WINDOWS: dict[str, tuple[str, str, list[int]]] = {
    # y = ((x - (c - 0.5)) / (w - 1) + 0.5) * 255 (PS3.3 C.11.2.1.2.1) of -1024, -524, -24, 0, 40, 80, 200, 976
    "soft tissue": ("40", "400", [0, 0, 87, 102, 128, 153, 230, 255]),
    "bone": ("300", "1500", [0, 0, 73, 77, 83, 90, 111, 243]),
    "a threshold": ("40.5", "1", [0, 0, 0, 0, 0, 255, 255, 255]),
    "zero": ("0", "2001", [0, 61, 124, 128, 133, 138, 153, 252]),
    "with an exponent": ("4e1", "4.0E+2", [0, 0, 87, 102, 128, 153, 230, 255]),
    "negative": ("-1000", "200", [97, 255, 255, 255, 255, 255, 255, 255]),
    "with a plus sign": ("+40", "+400", [0, 0, 87, 102, 128, 153, 230, 255]),
}


@pytest.mark.parametrize(("center", "width", "expected"), WINDOWS.values(), ids=WINDOWS.keys())
@pytest.mark.parametrize("name", ["ct", "implicit VR", "big endian"])
def test_grey_levels_are_those_of_the_window(
    server: Server, name: str, center: str, width: str, expected: list[int]
) -> None:
    picture = picture_in(server.ask(name, contentType=PNG, windowCenter=center, windowWidth=width))
    assert picture[0].tolist() == pytest.approx(expected, abs=1)


def test_without_it_the_window_is_the_objects_own(server: Server) -> None:
    own = picture_in(server.ask("ct", contentType=PNG))
    same = picture_in(server.ask("ct", contentType=PNG, windowCenter=0, windowWidth=4000))
    assert own.tolist() == same.tolist()


def test_it_is_required_beside_window_width(server: Server) -> None:
    assert_refused(server.ask("ct", contentType=PNG, windowWidth=400), 400, "windowCenter")


@pytest.mark.parametrize("value", ["x", "nan", "inf", "1e999", "1,5", "--1", "0x1"])
def test_what_is_no_decimal_string_is_refused(server: Server, value: str) -> None:
    assert_refused(server.ask("ct", contentType=PNG, windowCenter=value, windowWidth=400), 400, "windowCenter")


def test_it_is_refused_with_application_dicom(server: Server) -> None:
    assert_refused(server.ask("ct", contentType=DICOM, windowCenter=40, windowWidth=400), 400, "window")


def test_it_is_refused_beside_a_presentation_state(server: Server) -> None:
    state = server.uids["inverting state"]
    answer = server.ask(
        "squares",
        presentationUID=state["objectUID"],
        presentationSeriesUID=state["seriesUID"],
        windowCenter=40,
        windowWidth=400,
    )
    assert_refused(answer, 400, "window")

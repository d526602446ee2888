"""Whole exchanges about presentation states: which apply, and what is refused."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
from PIL import Image, ImageSequence
from pydicom.dataset import Dataset

from tests.service.test_exchanges import Site, text_of
from tests.support.datasets import ROOT, coded_squares, make_image
from tests.support.images import decode_picture
from tests.support.memory_archive import MemoryObject, made_object
from tests.support.presentation_states import make_item, make_reference, make_state
from tests.unit.image.test_icc import BUILT_IN, WIDE
from wado.front.exchange import HttpRequest, HttpResponse
from wado.image.icc import to_srgb

SQUARES = coded_squares(rows=4, columns=6)


def image(**attributes: Any) -> Dataset:
    return make_image(SQUARES, **attributes)


def frames() -> Dataset:
    return make_image(np.stack([SQUARES] * 3), is_multi_frame=True)


def named(state: MemoryObject) -> dict[str, str]:
    """The parameters that apply the state."""
    return {
        "presentationUID": state.reference.sop_instance_uid,
        "presentationSeriesUID": state.reference.series_instance_uid or "",
    }


def ask(image: Dataset, state: Dataset, **parameters: str) -> HttpResponse:
    shown, applied = made_object(image), made_object(state)
    return Site(shown, applied).ask(shown, **({"contentType": "image/png"} | named(applied) | parameters))


def listed(site: Site, item: MemoryObject, **parameters: str) -> list[dict[str, Any]]:
    response = site.service.handle_presentation_states(HttpRequest("GET", item.query | parameters))
    assert (response.status, response.media_type) == (200, "application/json"), text_of(response)
    found: list[dict[str, Any]] = json.loads(bytes(response.body))
    return found


def test_a_state_is_applied() -> None:
    response = ask(image(), make_state(PresentationLUTShape="INVERSE"))
    assert response.status == 200
    np.testing.assert_array_equal(decode_picture(bytes(response.body)), 255 - SQUARES)


@pytest.mark.parametrize("name", ["presentationUID", "presentationSeriesUID"])
def test_a_state_that_is_not_there_is_not_found(name: str) -> None:
    response = ask(image(), make_state(), **{name: f"{ROOT}.99"})
    assert response.status == 404
    assert text_of(response).startswith("404 Not Found: presentationUID: ")


def test_a_state_of_another_study_is_not_found() -> None:
    response = ask(image(), make_state(StudyInstanceUID=f"{ROOT}.99"))
    assert response.status == 404
    assert text_of(response).startswith("404 Not Found: presentationUID: ")


def test_a_state_of_another_study_is_not_found_where_the_request_names_none() -> None:
    shown, applied = made_object(image()), made_object(make_state(StudyInstanceUID=f"{ROOT}.99"))
    site = Site(shown, applied, allow_object_alone=True)
    query = {"requestType": "WADO", "objectUID": shown.reference.sop_instance_uid, "contentType": "image/png"}
    response = site.service.handle(HttpRequest("GET", query | named(applied)))
    assert response.status == 404


def test_a_state_of_another_image_is_refused() -> None:
    response = ask(image(), make_state(references=[make_reference(f"{ROOT}.98")]))
    assert response.status == 400
    assert "does not reference this image" in text_of(response)


def test_a_state_of_another_frame_is_refused() -> None:
    response = ask(frames(), make_state(references=[make_reference(frame_numbers=[1, 3])]), frameNumber="2")
    assert response.status == 400
    assert "not this frame" in text_of(response)


LEVELS = (40, 80, 120, 160)


def flat_frames(**attributes: Any) -> Dataset:
    """Four frames of a grey level each."""
    pixels = np.stack([np.full((4, 6), level, np.uint8) for level in LEVELS])
    return make_image(pixels, is_multi_frame=True, FrameTime="100", **attributes)


def shown_levels(response: HttpResponse) -> list[int]:
    """Of each picture of an animation."""
    assert (response.status, response.media_type) == (200, "image/gif"), text_of(response)
    with Image.open(io.BytesIO(bytes(response.body))) as animation:
        frames = ImageSequence.Iterator(animation)
        return [int(np.asarray(frame.convert("L"))[0, 0]) for frame in frames]


def warning_of(response: HttpResponse) -> str:
    return dict(response.headers).get("Warning", "")


def animate(state: Dataset, **attributes: Any) -> HttpResponse:
    return ask(flat_frames(**attributes), state, contentType="image/gif")


def test_an_animation_has_each_frame_through_its_own_window() -> None:
    windows = [
        make_item(
            WindowCenter=center,
            WindowWidth=256,
            ReferencedImageSequence=[make_reference(frame_numbers=numbers)],
        )
        for center, numbers in ((128, [1, 4]), (148, [2, 3]))
    ]
    response = animate(make_state(SoftcopyVOILUTSequence=windows))
    assert shown_levels(response) == [40, 60, 100, 160]
    assert warning_of(response) == ""


@pytest.mark.parametrize(("sequencing", "expected"), [(0, [80, 160]), (1, [80, 160])])
def test_an_animation_has_the_frames_that_the_state_references(sequencing: int, expected: list[int]) -> None:
    state = make_state(references=[make_reference(frame_numbers=[2, 4])])
    response = animate(state, PreferredPlaybackSequencing=sequencing)
    assert shown_levels(response) == expected
    assert warning_of(response) == '299 - "frames left out: 2, the presentation state does not reference them"'


def test_an_animation_of_no_frame_is_refused() -> None:
    response = animate(make_state(references=[make_reference(frame_numbers=[2])]), StartTrim="3")
    assert response.status == 400
    assert "not this frame" in text_of(response)


def subtracting(offset: int, **attributes: Any) -> Dataset:
    """A state that subtracts earlier frames and shows each difference 128 brighter."""
    return make_state(
        MaskSubtractionSequence=[make_item(MaskOperation="TID", TIDOffset=offset)],
        RecommendedViewingMode="SUB",
        SoftcopyVOILUTSequence=[make_item(WindowCenter=0, WindowWidth=256)],
        **attributes,
    )


def test_an_animation_has_the_frames_that_have_a_mask() -> None:
    response = animate(subtracting(2))
    assert shown_levels(response) == [208, 208]
    assert warning_of(response) == '299 - "frames left out: 2, the presentation state has no mask for them"'


def test_an_animation_without_any_mask_is_refused() -> None:
    response = animate(subtracting(4))
    assert response.status == 400
    assert "TID Offset (0028,6120)" in text_of(response)


def test_both_reasons_to_leave_out_frames_are_told() -> None:
    response = animate(subtracting(1, references=[make_reference(frame_numbers=[1, 2, 3])]))
    assert shown_levels(response) == [168, 168]
    assert warning_of(response) == ", ".join(
        f'299 - "frames left out: 1, the presentation state {reason}"'
        for reason in ("has no mask for them", "does not reference them")
    )


@pytest.mark.parametrize(
    ("state", "attributes", "level"),
    [
        (make_state(references=[make_reference(frame_numbers=[2, 3])]), {}, 80),
        (make_state(references=[make_reference(frame_numbers=[2, 3])]), {"RepresentativeFrameNumber": 3}, 120),
        (make_state(references=[make_reference(frame_numbers=[2, 3])]), {"RepresentativeFrameNumber": 4}, 80),
        (subtracting(2), {}, 208),
    ],
)
def test_without_a_frame_number_a_frame_that_the_state_is_about_is_shown(
    state: Dataset, attributes: dict[str, Any], level: int
) -> None:
    response = ask(flat_frames(**attributes), state)
    assert response.status == 200
    assert decode_picture(bytes(response.body))[0, 0] == level


def test_without_a_frame_number_a_state_of_no_frame_is_refused() -> None:
    response = ask(flat_frames(), make_state(references=[make_reference(frame_numbers=[9])]))
    assert response.status == 400
    assert "not this frame" in text_of(response)


COLOR = "1.2.840.10008.5.1.4.1.1.11.2"


@pytest.mark.parametrize(
    ("of_state", "of_image", "counts"),
    [
        (WIDE, None, WIDE),
        (WIDE, BUILT_IN, WIDE),
        (BUILT_IN, WIDE, BUILT_IN),
        (None, WIDE, WIDE),
        (WIDE, b"damaged!", WIDE),
    ],
)
def test_the_colour_profile_of_the_state_counts_before_that_of_the_image(
    of_state: bytes | None, of_image: bytes | None, counts: bytes
) -> None:
    colors = np.stack([SQUARES, 255 - SQUARES, SQUARES // 2], -1)
    image, state = make_image(colors, "RGB"), make_state(COLOR)
    for dataset, profile in ((image, of_image), (state, of_state)):
        if profile is not None:
            dataset.ICCProfile = profile
    response = ask(image, state)
    assert response.status == 200, text_of(response)
    np.testing.assert_array_equal(decode_picture(bytes(response.body)), to_srgb(colors, counts))
    assert warning_of(response) == ""


def test_a_damaged_profile_of_the_image_is_told_where_the_state_has_none() -> None:
    colors = np.stack([SQUARES] * 3, -1)
    response = ask(make_image(colors, "RGB", ICCProfile=b"damaged!"), make_state(COLOR))
    assert "the ICC profile of this image is damaged" in warning_of(response)


def test_a_state_that_cannot_be_read_is_refused() -> None:
    shown, applied = made_object(image()), made_object(make_state())
    content = applied.content + b"\x70\0\x01\0SQ\0\0\xff\xff\xff\xff"  # a sequence without an end
    applied = replace(applied, content=content, instance=replace(applied.instance, size=len(content)))
    response = Site(shown, applied).ask(shown, contentType="image/png", **named(applied))
    assert response.status == 400
    assert "presentationUID: this presentation state cannot be applied: it cannot be read" in text_of(response)


def test_what_is_no_state_is_refused() -> None:
    response = ask(image(), make_state("1.2.840.10008.5.1.4.1.1.11.6"))
    assert response.status == 400
    assert "Grayscale, Color, Pseudo-Color, Blending and Advanced Blending" in text_of(response)


def test_the_states_of_an_image_are_listed_with_the_query_that_applies_them() -> None:
    state = make_state(SpecificCharacterSet="ISO_IR 100", ContentLabel="STATE", ContentDescription="Magen, größer")
    of_another_image = make_state(references=[make_reference(f"{ROOT}.98")], SOPInstanceUID=f"{ROOT}.97")
    shown, applied = made_object(image()), made_object(state)
    site = Site(shown, applied, made_object(of_another_image))
    (entry,) = listed(site, shown)
    query = dict(pair.split("=") for pair in entry.pop("query").split("&"))
    assert entry == {
        **named(applied),
        "sopClassUID": "1.2.840.10008.5.1.4.1.1.11.1",
        "kind": "Grayscale",
        "contentLabel": "STATE",
        "contentDescription": "Magen, größer",
        "presentationCreationDate": "",
        "presentationCreationTime": "",
        "frameNumbers": [],
    }
    assert site.service.handle(HttpRequest("GET", query)).status == 200


def test_the_states_of_one_frame_are_listed() -> None:
    shown, applied = made_object(frames()), made_object(make_state(references=[make_reference(frame_numbers=[1, 3])]))
    site = Site(shown, applied)
    assert [entry["frameNumbers"] for entry in listed(site, shown)] == [[1, 3]]
    assert [entry["frameNumbers"] for entry in listed(site, shown, frameNumber="3")] == [[1, 3]]
    assert listed(site, shown, frameNumber="2") == []


def test_an_image_without_states_has_an_empty_list() -> None:
    shown = made_object(image())
    assert listed(Site(shown), shown) == []


def test_several_hundred_states_are_listed() -> None:
    shown = made_object(image())
    states = [made_object(make_state(SOPInstanceUID=f"{ROOT}.12.{number}")) for number in range(301)]
    found = listed(Site(shown, *states), shown)
    assert [entry["presentationUID"] for entry in found] == [state.reference.sop_instance_uid for state in states]


@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [
        ({"rows": "10"}, "400 Bad Request: rows: "),
        ({"objectUID": ""}, "400 Bad Request: objectUID: is required"),
        ({"requestType": "QIDO"}, "400 Bad Request: requestType: must be WADO"),
    ],
)
def test_a_list_takes_an_image_and_nothing_else(parameters: dict[str, str], complaint: str) -> None:
    shown = made_object(image())
    request = HttpRequest("GET", shown.query | parameters)
    response = Site(shown).service.handle_presentation_states(request)
    assert text_of(response).startswith(complaint)


def test_a_list_tells_of_which_image_it_is_and_how_it_came_about() -> None:
    """For the log and the metrics, as any answer does."""
    shown = made_object(image())
    site = Site(shown, made_object(make_state()))
    instance = site.archive.find(shown.reference).identifier
    request = HttpRequest("GET", shown.query)
    answers = [site.service.handle_presentation_states(request) for _ in range(2)]
    tag = dict(answers[0].headers)["ETag"]
    answers.append(site.service.handle_presentation_states(request._replace(headers={"if-none-match": tag})))
    assert [answer.origin for answer in answers] == ["made", "kept", "not modified"]
    assert {answer.instance for answer in answers} == {instance}


def test_a_refused_list_tells_of_which_image_it_is() -> None:
    shown = made_object(frames())
    site = Site(shown, made_object(make_state()))
    request = HttpRequest("GET", shown.query | {"frameNumber": "4"})
    response = site.service.handle_presentation_states(request)
    assert text_of(response).startswith("400 Bad Request: frameNumber: must be 1 to 3 for this object")
    assert response.instance == site.archive.find(shown.reference).identifier


@pytest.mark.parametrize("frame", [{}, {"frameNumber": "3"}])
def test_the_link_of_a_list_shows_an_image_of_several_frames(frame: dict[str, str]) -> None:
    shown, state = made_object(frames()), made_object(make_state(references=[make_reference(frame_numbers=[3])]))
    site = Site(shown, state)
    (entry,) = listed(site, shown, **frame)
    response = site.service.handle(HttpRequest("GET", dict(parse_qsl(entry["query"])), {"accept": "*/*"}))
    assert (response.status, response.media_type) == (200, "image/jpeg")


def test_the_number_of_a_single_frame_is_ignored() -> None:
    shown, state = made_object(image()), made_object(make_state(references=[make_reference(frame_numbers=[1])]))
    assert len(listed(Site(shown, state), shown, frameNumber="2")) == 1


@pytest.mark.parametrize("request_type", [{}, {"requestType": ""}, {"requestType": "WADO"}])
def test_a_list_needs_no_request_type(request_type: dict[str, str]) -> None:
    shown = made_object(image())
    query = {name: value for name, value in shown.query.items() if name != "requestType"}
    response = Site(shown).service.handle_presentation_states(HttpRequest("GET", query | request_type))
    assert (response.status, response.body) == (200, b"[]")

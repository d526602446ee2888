"""PS3.18-2011 7.4: all other objects."""

from __future__ import annotations

import pytest

from tests.conformance.server import DICOM, Server, assert_refused, dataset_in

OTHERS = ("plan", "inverting state")


@pytest.mark.parametrize("content_type", [None, DICOM, "*/*", "application/*"])
@pytest.mark.parametrize("name", OTHERS)
def test_the_object_itself_is_served(server: Server, name: str, content_type: str | None) -> None:
    dataset = dataset_in(server.ask(name, contentType=content_type))
    assert dataset.SOPInstanceUID == server.uids[name]["objectUID"]


@pytest.mark.parametrize("media_type", ["image/jpeg", "text/html", "image/png,text/plain"])
@pytest.mark.parametrize("name", OTHERS)
def test_no_picture_and_no_text_is_made_of_it(server: Server, name: str, media_type: str) -> None:
    assert_refused(server.ask(name, contentType=media_type), 406)

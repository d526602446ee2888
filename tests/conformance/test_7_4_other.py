"""PS3.18-2011 7.4: all other objects."""

from __future__ import annotations

import pytest

from tests.conformance.server import DICOM, Server, assert_refused, dataset_in
from tests.support.documents import KINDS

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


@pytest.mark.parametrize("kind", KINDS)
def test_an_encapsulated_document_is_served_as_itself(server: Server, kind: str) -> None:
    """Beyond the standard of 2011, which has the object itself as the default of all that is left."""
    _, media_type, content = KINDS[kind]
    for content_type in (None, media_type, "*/*"):
        answer = server.ask(f"{kind} document", contentType=content_type)
        assert (answer.status, answer.media_type, answer.body) == (200, media_type, content)
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("kind", KINDS)
def test_the_object_around_a_document_is_served_too(server: Server, kind: str) -> None:
    name = f"{kind} document"
    dataset = dataset_in(server.ask(name, contentType=DICOM))
    assert dataset.SOPInstanceUID == server.uids[name]["objectUID"]


def test_an_encapsulated_cda_document_is_shown_as_a_page(server: Server) -> None:
    answer = server.ask("CDA document", contentType="text/html")
    assert (answer.status, answer.media_type) == (200, "text/html")
    assert "No nodule &gt; 3 mm" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("kind", ["PDF", "STL", "OBJ", "MTL"])
def test_no_page_is_made_of_other_documents(server: Server, kind: str) -> None:
    assert_refused(server.ask(f"{kind} document", contentType="text/html"), 406)

"""What holds for every request and every object there is."""

from __future__ import annotations

import functools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from tests.support.memory_archive import MemoryArchive, MemoryObject, WorkersInProcess, read_object
from tests.support.signatures import is_of_media_type
from wado.front.exchange import HttpRequest, HttpResponse
from wado.front.service import WadoService
from wado.media_types import OFFERS
from wado.request.parameters import PARAMETERS
from wado.settings import Settings

NAMES = (
    "CT_small.dcm",
    "MR_small_bigendian.dcm",
    "MR_small_RLE.dcm",
    "MR_truncated.dcm",
    "JPEG2000.dcm",
    "SC_rgb_jpeg_dcmtk.dcm",
    "SC_rgb_small_odd.dcm",
    "SC_ybr_full_422_uncompressed.dcm",
    "SC_rgb_rle_2frame.dcm",
    "rtdose.dcm",
    "rtplan.dcm",
    "rtplan_truncated.dcm",
    "rtstruct.dcm",
    "reportsi.dcm",
    "test-SR.dcm",
    "image_dfl.dcm",
    "liver_1frame.dcm",
    "J2K_pixelrep_mismatch.dcm",
)

SMALL = ("CT_small.dcm", "SC_rgb_small_odd.dcm", "rtdose.dcm", "rtplan.dcm", "reportsi.dcm")

EXPECTED_STATUSES = {200, 400, 403, 404, 406, 501}

any_text = st.text() | st.text(alphabet="0123456789.,;=*/-+eq ") | st.sampled_from(["*", "*/*", "yes", "0", "1e999"])
accept_fields = st.text() | st.lists(
    st.sampled_from(["image/jpeg", "image/*;q=.2", "*", "*/*;q=0", "application/dicom;q=0.5", "text/html", ";", "q=1"])
).map(",".join)
known_values = {
    "contentType": st.sampled_from([offer for offers in OFFERS.values() for offer in offers]) | any_text,
    "transferSyntax": st.sampled_from(["*", "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2"]) | any_text,
    "frameNumber": st.integers(-2, 20).map(str) | any_text,
    "rows": st.integers(-1, 10**13).map(str) | any_text,
    "columns": st.integers(-1, 2000).map(str) | any_text,
    "windowCenter": st.floats().map(repr) | any_text,
    "windowWidth": st.floats().map(repr) | any_text,
    "imageQuality": st.integers(0, 101).map(str) | any_text,
}
OPTIONAL = [parameter.name for parameter in PARAMETERS[4:]]
queries = st.fixed_dictionaries({}, optional={name: known_values.get(name, any_text) for name in OPTIONAL})


@functools.cache
def object_named(name: str) -> MemoryObject:
    return read_object(name)


@functools.cache
def service() -> WadoService:
    def fail(text: str) -> None:
        raise AssertionError(text)

    archive = MemoryArchive(*map(object_named, NAMES))
    workers = WorkersInProcess(maximum_pixels=512 * 512, anonymize_key="a secret of a site")
    return WadoService(archive, workers, Settings(maximum_pixels=512 * 512), fail)


def check_answer(response: HttpResponse) -> None:
    """A status that is expected, and a body that is what its media type says."""
    body = bytes(response.body)
    assert response.status in EXPECTED_STATUSES
    assert all(name.isascii() and value.isascii() and value.isprintable() for name, value in response.headers)
    if response.status == 200:
        assert is_of_media_type(body, response.media_type)
    else:
        assert response.media_type == "text/plain"
        assert body.isascii()
        assert body.startswith(str(int(response.status)).encode())
        assert body.count(b"\n") == 1


@given(query=st.dictionaries(st.text(), st.text()) | queries, accept=accept_fields)
def test_no_query_whatever_is_a_fault(query: dict[str, str], accept: str) -> None:
    response = service().handle(HttpRequest("GET", query, {"accept": accept}))
    assert response.status in (400, 404)
    check_answer(response)


@settings(max_examples=300)
@given(name=st.sampled_from(SMALL), query=queries, accept=accept_fields)
@example(name="rtdose.dcm", query={"anonymize": "yes"}, accept="")
def test_no_request_for_a_stored_object_is_a_fault(name: str, query: dict[str, str], accept: str) -> None:
    check_answer(service().handle(HttpRequest("GET", query | object_named(name).query, {"accept": accept})))


@settings(max_examples=100)
@given(name=st.sampled_from(SMALL), accept=accept_fields)
def test_no_accept_field_whatever_is_a_fault(name: str, accept: str) -> None:
    response = service().handle(HttpRequest("GET", object_named(name).query, {"accept": accept}))
    assert response.status in (200, 406, 501)
    check_answer(response)


REQUESTS = [
    {},
    {"contentType": "image/png"},
    {"contentType": "image/jpeg", "rows": "16"},
    {"contentType": "image/png", "windowCenter": "40", "windowWidth": "400", "frameNumber": "1"},
    {"contentType": "image/png", "frameNumber": "99"},
    {"contentType": "application/dicom"},
    {"contentType": "application/dicom", "transferSyntax": "*"},
]


@pytest.mark.parametrize("name", NAMES)
def test_every_object_has_an_answer_that_is_what_it_says(name: str) -> None:
    item = object_named(name)
    for query in REQUESTS:
        check_answer(service().handle(HttpRequest("GET", item.query | query)))


def words_of(dataset: Dataset) -> set[str]:
    """The text in an object that tells of its patient and those around, at any depth."""
    words = set()
    for element in dataset.iterall():
        if element.VR in ("PN", "LO", "SH", "DA", "LT", "ST"):
            values = element.value if isinstance(element.value, MultiValue) else [element.value]
            words |= {str(value) for value in values if len(str(value)) > 5}
    return words


@pytest.mark.parametrize("name", NAMES)
def test_no_error_repeats_a_value_of_the_object(name: str) -> None:
    item = object_named(name)
    path = get_testdata_file(name, download=False)
    assert isinstance(path, str)
    words = words_of(dcmread(path, force=True, stop_before_pixels=True))
    refused = [{"frameNumber": "999"}, {"rows": "99999"}, {"anonymize": "yes"}, {"contentType": "video/mpeg"}]
    for query in [*REQUESTS, *refused]:
        response = service().handle(HttpRequest("GET", item.query | query))
        if response.status != 200:
            text = bytes(response.body).decode()
            assert not [word for word in words if word in text]

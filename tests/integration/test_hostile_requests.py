"""Whatever a client sends is answered, and changes nothing for the next one."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.integration.objects import Parameters, stored_squares
from tests.support.http_client import query
from tests.support.orthanc_process import OrthancProcess

LONG = b"1" * 5000

VALUES: dict[str, tuple[bytes, ...]] = {
    "requestType": (b"", b"wado", b"WADO%00", b"WADO,WADO", b"%57ADO%20", b"../../etc/passwd", LONG),
    "studyUID": (b"*", b"1.2.*", b"1.2%0A", b"1.2%00", b"..", b"%2e%2e%2f", b"1" * 65, LONG, b"\\", b"'%20OR%201=1"),
    "seriesUID": (b"1..2", b".", b"1.2.", b"%01", b"%7F", b"-1", b"0", b"\xf0\x9f".hex().encode()),
    "objectUID": (
        b"*",
        b"?",
        b"%25",
        b"%2525",
        b"1.2/../..",
        b"[]",
        b"{}",
        b'"',
        b"<b>",
        b"%3Cscript%3E",
        LONG,
        b"1e9",
    ),
    "contentType": (
        b"*",
        b"*/*",
        b"image",
        b"/",
        b"image/",
        b"/png",
        b"image/png/png",
        b"image/png;q=2",
        b"image/png;q=",
    )
    + (b"image/png;=", b";", b",,,", b"image/png;" * 300, b"image/png," * 300, b"application/dicom;q=0", b"image%2F"),
    "charset": (b"UTF-8;q=x", b"\x7f", b"utf_8", b"*"),
    "anonymize": (b"no", b"YES", b"yes%20"),
    "annotation": (b"patient;technique", b",", b"patient," * 400),
    "rows": (b"0", b"-1", b"1e3", b"NaN", b"inf", b"9" * 20, b"999999999", b"%D9%A3", b"0x10", b"+5", b"1_0"),
    "columns": (b"0", b"2147483648", b"4294967296", b"65501", b"1.5"),
    "region": (b"0,0,0,0", b"1,1,0,0", b"0,0,1", b"nan,nan,nan,nan", b"0,0,1,1,1", b"-1,0,1,1", b"0,0,1e-300,1e-300"),
    "windowWidth": (b"0", b"-1", b"nan", b"1e400", b"1e-400", b"1e308", b"inf", b"1" * 400),
    "windowCenter": (b"nan", b"1e400", b"-1e308", b"%2b5", b"--5", b"."),
    "frameNumber": (b"0", b"-1", b"2", b"99999999999", b"1e0"),
    "imageQuality": (b"0", b"101", b"-5", b"50.5"),
    "presentationUID": (b"1.2.3", b"x"),
    "transferSyntax": (b"1.2.840.10008.1.2", b"1.2.840.100008.1.2", b"**", b"*,*", b",", b"1.2.3," * 500, b"x"),
    "": (b"", b"5", b"=&=&="),
    "%zz": (b"%zz", b"%"),
    "_method": (b"nothing",),
}
CASES = [(name, value) for name, values in VALUES.items() for value in values]


@pytest.fixture(scope="module")
def uids(orthanc: OrthancProcess) -> Parameters:
    uids, content = stored_squares()
    assert orthanc.store(content).status == 200
    return uids


@pytest.mark.parametrize(
    ("name", "value"), CASES, ids=[f"{name}={value.decode('latin-1')[:30]!a}" for name, value in CASES]
)
def test_no_value_of_a_parameter_is_a_fault(orthanc: OrthancProcess, uids: Parameters, name: str, value: bytes) -> None:
    parameters = {"requestType": "WADO", **uids}
    parameters.pop(name, None)
    target = f"/wado?{query(parameters)}&{name}=".encode() + value
    if name == "windowWidth":
        target += b"&windowCenter=1"
    if name == "windowCenter":
        target += b"&windowWidth=1"
    assert orthanc.client.send_target(target) in (200, 400, 404, 406, 501)
    assert orthanc.wado(uids).status == 200


FIELDS = (
    b"Accept: ",
    b"Accept: */*;q=0",
    b"Accept: image/png;q=nonsense, ;;;, */",
    b"Accept: " + b"image/png;level=1, " * 300,
    b"Accept: text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
    b"Accept: \xc3\xa9",
    b"Accept: image/png\r\nAccept: text/nothing",
    b"Accept-Charset: \x01",
    b"If-None-Match: \"" + b"x" * 6000 + b"\"",
    b"If-Modified-Since: yesterday",
    b"Range: bytes=5-1",
    b"Range: bytes=0-0,1-1,2-2",
    b"Expect: 100-continue",
    b"Content-Length: 0",
    b"Accept-Encoding: gzip, br, *;q=0",
    b"Cookie: " + b"a=b; " * 1000,
)  # fmt: skip


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: ascii(field.decode("latin-1")[:40]))
def test_no_header_field_is_a_fault(orthanc: OrthancProcess, uids: Parameters, field: bytes) -> None:
    target = f"/wado?{query({'requestType': 'WADO', **uids})}".encode()
    assert orthanc.client.send_target(target, field) in (200, 400, 406)
    assert orthanc.wado(uids).status == 200


BY_ORTHANC = {
    "bytes that are no UTF-8 in a header field": (b"GET /wado HTTP/1.1\r\nAccept: \xff\r\n\r\n", (500, 400)),
    "bytes that are no UTF-8 in the path": (b"GET /wado%FF HTTP/1.1\r\n\r\n", (500, 404)),
    "bytes beyond ASCII in the request line": (b"GET /wado?a=\xe9 HTTP/1.1\r\n\r\n", (400,)),
    "a line that is too long": (b"GET /wado?" + b"a" * 20000 + b" HTTP/1.1\r\n\r\n", (400, 414, 0)),
    "an unknown method": (b"BREW /wado HTTP/1.1\r\n\r\n", (400, 405, 404, 501, 0)),
    "HEAD": (b"HEAD /wado HTTP/1.1\r\n\r\n", (404,)),
    "OPTIONS": (b"OPTIONS /wado HTTP/1.1\r\n\r\n", (404, 200)),
    "TRACE": (b"TRACE /wado HTTP/1.1\r\n\r\n", (400, 405, 404)),
    "a method in the query": (b"GET /wado?_method=DELETE HTTP/1.1\r\n\r\n", (405,)),
    "a method in a header field": (b"GET /wado HTTP/1.1\r\nX-HTTP-Method-Override: PUT\r\n\r\n", (405,)),
    "HTTP 1.0": (b"GET /wado HTTP/1.0\r\n\r\n", (400,)),
    "HTTP 0.9": (b"GET /wado\r\n\r\n", (400, 505, 0)),
    "nothing": (b"\r\n\r\n", (400, 0)),
    "half a request": (b"GET /wado?requestType=WA", (400, 0)),
    "a fragment": (b"GET /wado#requestType=WADO HTTP/1.1\r\n\r\n", (400, 404)),
}
"""Most of this Orthanc answers itself, before any plugin; statuses after the first are those of other versions."""


def test_what_orthanc_cannot_hand_over_leaves_nothing_behind(orthanc: OrthancProcess, uids: Parameters) -> None:
    """A thread of Orthanc's serves one connection: what fails in it before the plugin is asked must not fail after."""
    good = f"GET /wado?{query({'requestType': 'WADO', **uids})} HTTP/1.1\r\nHost: localhost\r\n".encode()
    bad = good + b"X-Name: \xff\r\n\r\n"
    answers = orthanc.client.send((good + b"\r\n" + bad) * 3 + good + b"Connection: close\r\n\r\n")
    assert answers.count(b"HTTP/1.1 200 ") >= 4
    assert orthanc.wado(uids).status == 200


@pytest.mark.parametrize(("message", "statuses"), BY_ORTHANC.values(), ids=BY_ORTHANC.keys())
def test_no_message_ends_the_service(
    orthanc: OrthancProcess, uids: Parameters, message: bytes, statuses: tuple[int, ...]
) -> None:
    answer = orthanc.client.send(message).split(b" ", 2)
    assert (int(answer[1]) if len(answer) > 1 else 0) in statuses
    assert orthanc.wado(uids).status == 200


def is_decoding(version: tuple[int, ...]) -> bool:
    """Whether Orthanc decodes the whole query before it takes it apart, when it is linked to a civetweb of its own."""
    return version >= (1, 12, 10)


ENCODINGS: dict[str, tuple[str, int]] = {
    "a slash as it is": ("contentType=image/jpeg", 200),
    "a slash encoded": ("contentType=image%2Fjpeg", 200),
    "a slash encoded in lower case": ("contentType=image%2fjpeg", 200),
    "a slash encoded twice": ("contentType=image%252Fjpeg", 400),
    "a comma encoded": ("contentType=image%2Fjp2%2Cimage%2Fjpeg", 200),
    "quality and a comma encoded": ("contentType=image%2Fjp2%3Bq%3D1%2Cimage%2Fjpeg%3Bq%3D0.5", 200),
    "a letter encoded": ("contentType=image/%6Apeg", 200),
    "a name encoded": ("content%54ype=image/bmp", 406),
    "a plus sign for a space": ("contentType=image/jp2,+image/jpeg", 200),
    "a space encoded": ("contentType=image/jp2,%20image/jpeg", 200),
    "a plus sign in an exponent": ("windowCenter=1e+2&windowWidth=100", 200),
    "a plus sign encoded": ("windowCenter=%2B100&windowWidth=100", 200),
    "a value that means nothing": ("other=%C3%A9", 200),
    "a type beyond ASCII": ("contentType=%C3%A9", 400),
    "a broken escape in an unknown parameter": ("other=%zz", 200),
    "a broken escape in a type": ("contentType=%zz", 400),
    "a lone percent sign": ("rows=5%", 400),
    "two ampersands": ("&&contentType=image/jpeg&&", 200),
    "an empty value": ("contentType=&rows=&region=&frameNumber=&charset=&anonymize=", 200),
    "a name without a value": ("contentType&rows", 200),
    "a line break": ("rows=5%0D%0A", 400),
}


@pytest.mark.parametrize(("text", "status"), ENCODINGS.values(), ids=ENCODINGS.keys())
def test_percent_encoding_is_undone_exactly_once(
    orthanc: OrthancProcess, uids: Parameters, text: str, status: int
) -> None:
    target = f"/wado?{query({'requestType': 'WADO', **uids})}&{text}"
    assert orthanc.client.send_target(target.encode()) == status


def test_a_null_character_is_refused(orthanc: OrthancProcess, uids: Parameters) -> None:
    """Where Orthanc decodes the query, it lets the value end there."""
    target = f"/wado?{query({'requestType': 'WADO', **uids})}&rows=5%00"
    assert orthanc.client.send_target(target.encode()) == (200 if is_decoding(orthanc.version()) else 400)


def test_bytes_that_are_no_utf_8_are_refused_or_ignored(orthanc: OrthancProcess, uids: Parameters) -> None:
    """Orthanc answers these itself where it decodes the query: with 500, before any plugin is asked."""
    target = f"/wado?{query({'requestType': 'WADO', **uids})}&"
    by_orthanc = [500] if is_decoding(orthanc.version()) else []
    assert orthanc.client.send_target(target.encode() + b"other=%FF") in [200, *by_orthanc]
    assert orthanc.client.send_target(target.encode() + b"contentType=%FF") in [400, *by_orthanc]


def test_escaped_uids_are_the_same_uids(orthanc: OrthancProcess, uids: Parameters) -> None:
    escaped = "&".join(f"{name}={quote(str(value)).replace('.', '%2E')}" for name, value in uids.items())
    assert orthanc.client.send_target(f"/wado?requestType=%57ADO&{escaped}".encode()) == 200


def test_a_parameter_given_twice_has_its_last_value(orthanc: OrthancProcess, uids: Parameters) -> None:
    """Orthanc hands over no more than the last one."""
    target = f"/wado?{query({'requestType': 'WADO', **uids})}&rows=x&rows=10"
    assert orthanc.client.send_target(target.encode()) == 200


def test_a_parameter_under_two_spellings_is_refused(orthanc: OrthancProcess, uids: Parameters) -> None:
    """Where Orthanc decodes the names, it is one that is given twice."""
    target = f"/wado?{query({'requestType': 'WADO', **uids})}&rows=10&%72ows=20"
    assert orthanc.client.send_target(target.encode()) == (200 if is_decoding(orthanc.version()) else 400)

"""What wrk tells is read, and no answer other than the one wanted goes unnoticed."""

from __future__ import annotations

import http.server
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.benchmark.effort import FULL, SHORT
from tests.benchmark.load import (
    NOT_MODIFIED,
    NUMBER,
    OK,
    Counts,
    Measured,
    Request,
    check_counts,
    median,
    prepare,
    read_counts,
    required,
)
from tests.support.http_client import Client

OUTPUT = """Running 1s test @ http://127.0.0.1:8042/
  1 threads and 4 connections
Requests/sec:    500.00
measured requests=1000 microseconds=2000000 bytes=5000000 wrong=0 p50=3500 p99=12000
"""
BODY = b"a picture of some length" * 40


def test_counts_are_read_from_among_what_wrk_writes() -> None:
    counts = read_counts(OUTPUT)
    assert counts == Counts(1000, 2_000_000, 5_000_000, 0, 3500, 12000)
    assert counts.measured == Measured(500.0, 3.5, 12.0)


def test_no_percentiles_where_requests_were_counted() -> None:
    assert Counts(10, 1_000_000, 1, 0, 0, 0).measured == Measured(10.0)


def test_wrk_that_comes_to_no_end_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="no end"):
        read_counts(OUTPUT.replace("measured", "unable"))


@pytest.mark.parametrize(
    ("counts", "status"),
    [
        (Counts(10, 1, 10_000, 1, 0, 0), OK),  # one of them an error
        (Counts(0, 1, 0, 0, 0, 0), OK),
        (Counts(10, 1, 9_000, 0, 0, 0), OK),  # one of ten without its body of 1,000 bytes
        (Counts(10, 1, 12_000, 0, 0, 0), NOT_MODIFIED),  # with bodies
    ],
)
def test_other_answers_are_noticed(counts: Counts, status: int) -> None:
    with pytest.raises(RuntimeError):
        check_counts(counts, status, 1000)


def test_right_answers_pass() -> None:
    check_counts(Counts(10, 1, 10_000, 0, 0, 0), OK, 1000)
    check_counts(Counts(10, 1, 2_500, 0, 0, 0), NOT_MODIFIED, 0)


def test_the_median_is_of_each_number_by_itself() -> None:
    runs = [Measured(10, 3, 9), Measured(30, 1, 8), Measured(20)]
    assert median(runs) == Measured(20, 2, 8.5)


def test_the_short_run_picks_connections_and_the_full_one_takes_all_up_to_the_most() -> None:
    assert SHORT.connections((4,), 16) == (4,)
    assert FULL.connections((4,), 16) == (1, 4, 16)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, str]]

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Accept", "")))
        status = NOT_MODIFIED if "If-None-Match" in self.headers else 404 if "missing" in self.path else OK
        self.send_response(status)
        body = BODY if status == OK else b""
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[tuple[Client, list[tuple[str, str]]]]:
    asked: list[tuple[str, str]] = []
    handler = type("Handler", (_Handler,), {"asked": asked})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as listener:
        thread = threading.Thread(target=listener.serve_forever)
        thread.start()
        yield Client(f"http://127.0.0.1:{listener.server_address[1]}"), asked
        listener.shutdown()
        thread.join()


needs_wrk = pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed")


@needs_wrk
def test_each_request_is_sent_once_with_its_headers(server: tuple[Client, list[tuple[str, str]]]) -> None:
    client, asked = server
    requests = [Request(f"/{number}", {"Accept": f"image/{number}"}) for number in range(20)]
    load = required(prepare(client, requests), "the test")
    asked.clear()
    assert load.run_once(4).rate > 0
    assert sorted(asked) == sorted((f"/{number}", f"image/{number}") for number in range(20))


@needs_wrk
def test_each_request_has_another_number(server: tuple[Client, list[tuple[str, str]]]) -> None:
    client, asked = server
    load = replace(required(prepare(client, [Request(f"/?windowCenter={NUMBER}")]), "the test"), seconds=0.001)
    asked.clear()
    measured = load.run(2, 3)
    assert measured.p50 is not None and measured.p99 is not None and measured.p50 <= measured.p99
    paths = [path for path, _ in [*asked]]  # a last one may still come
    assert len(paths) > 2
    assert len(set(paths)) == len(paths)


@needs_wrk
def test_wrong_answers_end_the_benchmark(server: tuple[Client, list[tuple[str, str]]]) -> None:
    client, _ = server
    load = required(prepare(client, [Request("/there"), Request("/missing")]), "the test")
    with pytest.raises(RuntimeError, match="not every request"):
        load.run_once(1)
    with pytest.raises(RuntimeError, match="not every request"):
        load.run(2, 1)


def test_answers_of_another_status_are_not_measured(server: tuple[Client, list[tuple[str, str]]]) -> None:
    client, _ = server
    assert prepare(client, [Request("/missing")]) is None
    assert prepare(client, [Request("/", {"If-None-Match": '"1"'})], NOT_MODIFIED) is not None
    with pytest.raises(RuntimeError, match="what is asked"):
        required(None, "what is asked")

"""The loop of a worker: a job and an open file in, a representation or a failure out."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import gc
import os
import resource
import select
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from wado.cache_count import CacheCount, ObservedCache
from wado.errors import InternalError, Unavailable, WadoError
from wado.files import FileBody
from wado.job import (
    HEADER_LIMIT,
    INLINE_LIMIT,
    MOST_OTHERS,
    SETTINGS_VARIABLE,
    Answer,
    Failure,
    Job,
    Needs,
    NeedsOthers,
    Representation,
    decode_job,
    decode_settings,
    encode_failure,
    encode_needs,
    encode_representation,
)
from wado.spooled import MEBIBYTE, SpooledFile

READY = b"ready"
NICENESS = 5
"""Orthanc's own threads, which need little time but need it soon, come first: beside them a worker counts a third."""

Render = Callable[[Job, int, Sequence[int]], Representation]
Count = Callable[[Answer], Answer]


def main(arguments: Sequence[str]) -> None:
    job_descriptor, lifeline = int(arguments[0]), int(arguments[1])
    settings = decode_settings(os.environ.pop(SETTINGS_VARIABLE))
    end_with(lifeline)
    os.nice(NICENESS)
    with socket.socket(fileno=job_descriptor) as jobs:
        try:
            from wado.worker.renderers import Renderers
        except Exception as error:
            jobs.send(f"{sys.executable} lacks what the workers need: {error}".encode()[:INLINE_LIMIT])
            return
        gc.freeze()  # what the libraries made at their import lives as long as the worker
        limit_memory(settings.worker_memory)
        limit_files(settings.answer_memory, settings.answer_disk)
        silence()
        jobs.send(READY)
        renderers = Renderers(settings)
        serve(jobs, renderers.render, counting(renderers.caches))


def counting(caches: Mapping[str, ObservedCache]) -> Count:
    """Adds to an answer the counts of those caches that have changed since the answer before."""
    told: dict[str, CacheCount] = {}

    def count(answer: Answer) -> Answer:
        counts = {name: CacheCount.of(cache) for name, cache in caches.items()}
        changed = tuple((name, count) for name, count in counts.items() if count != told.get(name))
        told.update(counts)
        return replace(answer, cache_counts=changed) if changed else answer

    return count


def serve(jobs: socket.socket, render: Render, count: Count) -> None:
    """Answer jobs until the other end closes."""
    while True:
        message, descriptors, _, _ = socket.recv_fds(jobs, HEADER_LIMIT, 1 + MOST_OTHERS)
        if not message:
            return
        try:
            answer(jobs, message, descriptors, render, count)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)


def answer(jobs: socket.socket, message: bytes, descriptors: Sequence[int], render: Render, count: Count) -> None:
    descriptor, *others = descriptors
    outcome = count(attempt(lambda: render(decode_job(message), descriptor, others)))
    if isinstance(outcome, Failure):
        jobs.sendmsg(encode_failure(outcome))
    elif isinstance(outcome, Needs):
        jobs.sendmsg(encode_needs(outcome))
    elif outcome.file is not None:
        try:
            socket.send_fds(jobs, encode_representation(outcome), [outcome.file])
        finally:
            if outcome.file != descriptor:
                os.close(outcome.file)
    else:
        jobs.sendmsg(encode_representation(outcome))


def attempt(make: Callable[[], Representation]) -> Answer:
    """What `make` makes, in a file of its own where it is large; no exception leaves a job."""
    try:
        return in_a_file_if_large(make())
    except NeedsOthers as needs:
        return Needs(needs.references)
    except WadoError as error:
        return Failure(error)
    except Exception as error:
        if lack := lack_of_room(error):
            return Failure(Unavailable(lack))
        return Failure(InternalError("this is a fault of the server; its log says where"), place_of(error))


def lack_of_room(error: Exception) -> str | None:
    """What to tell where a bound of `limit_memory` or `limit_files` was met, or the end of the disk."""
    if isinstance(error, MemoryError):
        return "the answer needs more memory than the setting WorkerMemory allows"
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return "the answer needs a larger file than the setting AnswerDisk allows"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "there is no room for the answer on the disk of Orthanc's TemporaryDirectory"
    return None


def in_a_file_if_large(representation: Representation) -> Representation:
    body = representation.body
    if representation.file is not None or isinstance(body, FileBody) or len(body) <= INLINE_LIMIT:
        return representation
    with SpooledFile() as file:
        file.write_whole(body)
        return replace(representation, body=b"", body_size=len(body), file=file.take())


def place_of(error: Exception) -> str:
    """Kind and place of an error: its message may hold a patient's data, and stays here."""
    trace = error.__traceback__
    places = []
    while trace:
        places.append(f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"fault of a worker: {type(error).__name__} at {' '.join(places[-4:])}"


def end_with(lifeline: int) -> None:
    """Have the kernel end this process, whatever it is doing, when the other end of the pipe closes."""
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([lifeline], [], [], 0)[0]:
        sys.exit()  # it closed before this was set up


def limit_memory(mebibytes: int) -> None:
    """Bound what the work may allocate, on top of what the libraries take; a crash leaves no core file."""
    with open("/proc/self/statm", encoding="ascii") as status:
        used = int(status.read().split()[0]) * resource.getpagesize()
    limit = used + mebibytes * MEBIBYTE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_files(mebibytes_in_memory: int, mebibytes: int) -> None:
    """Bound the files of answers. One without a name in memory is what `limit_memory` does not count."""
    SpooledFile.most_in_memory = mebibytes_in_memory * MEBIBYTE
    resource.setrlimit(resource.RLIMIT_FSIZE, (mebibytes * MEBIBYTE, mebibytes * MEBIBYTE))


def silence() -> None:
    """No library writes to Orthanc's log: what they complain of holds values of objects."""
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.close(nowhere)

"""Answers that are too large for memory, sent out of their files.

From version 5.0 on Orthanc's Python plugin sends in pieces. It announces no length then, so that a client could not
tell an answer that ends early from a whole one: the field is set here, as Orthanc sets it for every other answer. An
older one takes a whole buffer, which is the file mapped into memory: the kernel reads it as it goes, and forgets it.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable
from typing import Any

from wado.errors import Unavailable, Unimplemented, WadoError
from wado.files import FileBody
from wado.spooled import SpooledFile, copy_whole, unlinked_file

LONGEST_BUFFER = 2**31 - 1
"""Bytes that Orthanc sends at once: before 1.12 it counted what was sent in a number of 32 bits with a sign."""


def why_not_sent(output: Any, body: FileBody) -> WadoError | None:
    """What is wrong with sending it; to be asked before any header is set."""
    if _sends_in_pieces(output):
        return None
    if body.size > LONGEST_BUFFER:
        return Unimplemented(
            "this answer is of more than 2 GiB, which Orthanc can send from version 5.0 of its Python plugin on"
        )
    try:
        _make_own(body)
    except (OSError, EOFError):
        return Unavailable("there is no room for the answer on the disk of Orthanc's TemporaryDirectory")
    except WadoError as error:
        return error
    return None


def send_file(output: Any, body: FileBody, media_type: str, log: Callable[[str], None]) -> None:
    """Send and close it. Nothing is raised once the answer has begun: no other one could be sent any more."""
    try:
        if _sends_in_pieces(output):
            _send_in_pieces(output, body, media_type, log)
        else:
            with mmap.mmap(body.descriptor, 0, prot=mmap.PROT_READ) as mapped, memoryview(mapped) as view:
                output.AnswerBuffer(view[body.offset : body.offset + body.size], media_type)
    finally:
        body.close()


def _sends_in_pieces(output: Any) -> bool:
    return hasattr(output, "StartStreamAnswer")


def _send_in_pieces(output: Any, body: FileBody, media_type: str, log: Callable[[str], None]) -> None:
    output.SetHttpHeader("Content-Length", str(body.size))
    output.SetHttpHeader("X-Content-Type-Options", "nosniff")  # as Orthanc sends with every other answer
    output.StartStreamAnswer(media_type)
    try:
        for piece in body.pieces():
            output.SendStreamChunk(piece)
    except (EOFError, OSError):
        log("a stored file ended while it was sent; the answer is shorter than its Content-Length")
    except Exception:  # Orthanc's, which it has written to its log: the client has gone
        return


def _make_own(body: FileBody) -> None:
    """Copy a file that has a name: one that another program cuts short while it is mapped would end this process."""
    if os.fstat(body.descriptor).st_nlink == 0:
        return
    own = unlinked_file(SpooledFile.folder)
    try:
        copy_whole(body.descriptor, own, body.size, body.offset)
    except BaseException:
        os.close(own)
        raise
    body.move_to(own)

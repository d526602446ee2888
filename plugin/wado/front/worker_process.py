"""One worker process: how it is started, what it is asked, and how it is told that it has died."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from wado.cache_count import CacheCount
from wado.files import Body, FileBody, read_whole
from wado.job import (
    DATAGRAM_LIMIT,
    SETTINGS_VARIABLE,
    Answer,
    Representation,
    WorkerSettings,
    decode_answer,
    encode_settings,
)
from wado.spooled import MEBIBYTE

START_TIMEOUT = 120
"""Seconds for a worker to import its libraries: much on a busy machine with a cold disk."""

SERVED_REMEMBERED = 256
"""Attachments that a worker is remembered to have served: as many as it keeps headers."""

READY = b"ready"

_ROOM_FOR_FILE = socket.CMSG_SPACE(4)

_FIND_PACKAGE = "import sys; sys.path.insert(0, sys.argv[1]); "
_BOOTSTRAP = _FIND_PACKAGE + "from wado.worker.main import main; main(sys.argv[2:])"
_TELL_SURROUNDINGS = _FIND_PACKAGE + "from wado.worker.surroundings import main; main()"

KEPT_MEMORY = 64 * 1024 * 1024
"""Bytes at most that a worker keeps of what it has freed: memory that is new from the kernel costs as much time as the
work on it."""

ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PATH": os.defpath,
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",  # a second thread allocates little; memory of its own would count against WorkerMemory
    "MALLOC_MMAP_THRESHOLD_": str(KEPT_MEMORY),  # glibc's; another C library makes nothing of them
    "MALLOC_TRIM_THRESHOLD_": str(KEPT_MEMORY),
}


_GONE = (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN, errno.EBADF)
"""What the kernel says of a socket whose other end is closed, or that was closed itself."""


class WorkerDied(Exception):
    """The worker's process ended. `had_begun` tells whether it had taken the job by then."""

    def __init__(self, had_begun: bool) -> None:
        super().__init__()
        self.had_begun = had_begun


class StartError(Exception):
    """No worker can be started. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class WorkerCommand:
    """How to start a worker: the interpreter, the folder of the package, the bounds of its work, and the folder of its
    temporary files, which is the system's without one.
    """

    interpreter: str
    plugin_directory: str
    settings: WorkerSettings
    temporary_directory: str | None = None

    def arguments(self, job_descriptor: int, lifeline: int) -> list[str]:
        return [self.interpreter, "-I", "-c", _BOOTSTRAP, self.plugin_directory, str(job_descriptor), str(lifeline)]

    def environment(self) -> dict[str, str]:
        """With the settings: others can read a process's arguments, and a key is among the settings."""
        folder = {"TMPDIR": self.temporary_directory} if self.temporary_directory else {}
        return {**ENVIRONMENT, **folder, SETTINGS_VARIABLE: encode_settings(self.settings)}

    def surroundings(self) -> str:
        """What tells the interpreter, its packages and the system's fonts and libraries from others.

        Raises `StartError`.
        """
        arguments = [self.interpreter, "-I", "-c", _TELL_SURROUNDINGS, self.plugin_directory]
        try:
            told = subprocess.run(
                arguments,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                env=ENVIRONMENT,
                timeout=START_TIMEOUT,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise StartError(f"{self.interpreter} does not tell its libraries: {_last_words(error)}") from None
        return told.stdout.decode("ascii")


class WorkerProcess:
    """One process, and the two ends of it that the front holds.

    Jobs and answers go through a pair of sockets, a datagram each. The lifeline is a pipe on which nothing is ever
    written: the kernel ends the worker when its other end is closed, in whichever way Orthanc comes to its end.
    """

    def __init__(self, command: WorkerCommand) -> None:
        self._interpreter = command.interpreter
        self._most_in_memory = command.settings.answer_memory * MEBIBYTE
        self._in_use = threading.Lock()
        self._socket, job_socket = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        lifeline, self._lifeline = os.pipe()
        self._buffer = bytearray(DATAGRAM_LIMIT)
        self.cache_counts: dict[str, CacheCount] = {}
        self._served: dict[str, None] = {}
        try:
            self._process = subprocess.Popen(
                command.arguments(job_socket.fileno(), lifeline),
                stdin=subprocess.DEVNULL,
                env=command.environment(),
                pass_fds=(job_socket.fileno(), lifeline),
                start_new_session=True,
            )
        except BaseException:
            self.close()
            raise
        finally:
            job_socket.close()
            os.close(lifeline)

    def wait_until_ready(self) -> None:
        """Raises `StartError` with the worker's own words if it says why it cannot work."""
        self._socket.settimeout(START_TIMEOUT)
        try:
            message = bytes(self._receive()[0])
        except OSError:  # TimeoutError is one
            message = b""
        if message != READY:
            reason = message.decode("utf-8", "replace") or f"{self._interpreter} ended without a word"
            raise StartError(f"a worker does not start: {reason}")

    def exchange(self, job: bytes, descriptors: Sequence[int], timeout: float) -> Answer:
        """Give the job and wait for the answer. Raises `WorkerDied` or `TimeoutError`."""
        with self._in_use:
            return self._exchange(job, descriptors, timeout)

    def _exchange(self, job: bytes, descriptors: Sequence[int], timeout: float) -> Answer:
        try:
            self._socket.settimeout(timeout)
            socket.send_fds(self._socket, [job], descriptors)
            datagram, received = self._receive()
        except OSError as error:  # TimeoutError is one
            if error.errno not in _GONE:
                raise
            # A dying process's socket takes a job that nobody reads any more. The kernel says so: the connection is
            # reset (ECONNRESET) where something was not read, and merely ends, as below, where all was.
            raise WorkerDied(had_begun=False) from None
        try:
            if not datagram:
                raise WorkerDied(had_begun=True)
            answer = decode_answer(datagram)
            if answer.cache_counts:
                self.cache_counts = {**self.cache_counts, **dict(answer.cache_counts)}
            if isinstance(answer, Representation) and answer.body_size is not None:
                body = self._body(received, answer.body_size, answer.body_offset)
                answer = replace(answer, body=body, body_size=None, body_offset=0)
            return answer
        finally:
            for descriptor in received:
                os.close(descriptor)

    def remember(self, attachment: str) -> None:
        """That it has done a job on this attachment; called only by the thread that has the worker."""
        self._served.pop(attachment, None)
        self._served[attachment] = None
        if len(self._served) > SERVED_REMEMBERED:
            del self._served[next(iter(self._served))]

    def has_served(self, attachment: str) -> bool:
        """Whether it did lately, so that its caches may hold what a job on this attachment takes."""
        return attachment in self._served

    def _body(self, received: list[int], size: int, offset: int) -> Body:
        """The bytes of the file that came; a large one is kept open, and no longer among those received."""
        if size > self._most_in_memory:
            return FileBody(received.pop(0), size, offset)
        return read_whole(received[0], size, offset)

    def kill(self) -> None:
        """End the process now; `wait` collects it."""
        self._process.kill()

    def wait(self) -> int:
        return self._process.wait()

    def close(self) -> None:
        """Let go of both ends, once the process has been collected and no request listens to it any more.

        The number of a descriptor closed too early would be given to the next worker's socket, with a request of
        this one still listening to it.
        """
        with self._in_use:
            self._socket.close()
            os.close(self._lifeline)

    def _receive(self) -> tuple[memoryview, list[int]]:
        """The next datagram, empty at the end of the connection, and the files beside it."""
        length, ancillary, _, _ = self._socket.recvmsg_into([self._buffer], _ROOM_FOR_FILE, socket.MSG_CMSG_CLOEXEC)
        descriptors = [
            int.from_bytes(data[:4], "little")
            for level, kind, data in ancillary
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS)
        ]
        return memoryview(self._buffer)[:length], descriptors


def _last_words(error: OSError | subprocess.SubprocessError) -> str:
    """The last line that a command wrote of its fault, as Python does; else what kind of fault it was."""
    lines = (getattr(error, "stderr", None) or b"").decode("utf-8", "replace").splitlines()
    return lines[-1] if lines else type(error).__name__

"""Starts Orthanc with the WADO-URI plugin, for `make run`.

This process becomes Orthanc itself, so whoever started it waits for Orthanc, and a signal sent to it reaches Orthanc.
A second process waits until Orthanc answers, stores the samples, shows where to look, and ends.
"""

import os
import select
import shlex
import shutil
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from announce import announce
from configure import plugins_in, project_configuration, write

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Options:
    port: int
    dicom_port: int
    storage: Path
    samples: bool
    command: list[str]
    plugins: str


def fail(message: str) -> NoReturn:
    sys.exit(f"Cannot start: {message}")


def option(name: str, default: str) -> str:
    """A variable that is set but empty counts as not set: so make passes on those that nobody gave."""
    return os.environ.get(name) or default


def port_option(name: str, default: str) -> int:
    text = option(name, default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        fail(f"{name}={text} is not a port number.")
    return int(text)


def read_options() -> Options:
    return Options(
        port=port_option("PORT", "8042"),
        dicom_port=port_option("DICOM_PORT", "4242"),
        storage=Path(option("STORAGE", ".orthanc")).expanduser().absolute(),
        samples=option("SAMPLES", "1") != "0",
        command=shlex.split(option("ORTHANC", "/usr/sbin/Orthanc")),
        plugins=option("ORTHANC_PLUGINS", ""),
    )


def check_port(name: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except PermissionError:
            fail(f"port {port} is reserved for root. Choose another: make run {name}={port + 8000}")
        except OSError:
            fail(
                f"port {port} is in use already, perhaps by another Orthanc. "
                f"Stop that program, or choose another port: make run {name}={port + 1}"
            )


def check_program(program: str) -> None:
    if shutil.which(program) is None:
        fail(f"there is no program {program}. Give the command that starts Orthanc: make run ORTHANC=...")


def write_configuration(options: Options) -> Path:
    configuration = project_configuration(ROOT) | {
        "HttpPort": options.port,
        "DicomPort": options.dicom_port,
        "StorageDirectory": str(options.storage),
    }
    if options.plugins:
        configuration |= plugins_in(options.plugins, configuration)
    # Not orthanc.json: STORAGE may be a folder that has one, such as the project's own.
    path = options.storage / "make-run.json"
    try:
        options.storage.mkdir(parents=True, exist_ok=True)
        write(configuration, path)
    except OSError as error:
        fail(f"cannot write {path}: {error.strerror}. Choose another folder: make run STORAGE=...")
    return path


def start_announcer(options: Options) -> None:
    """In a grandchild, which is not left to Orthanc as a zombie, and which watches the process that becomes Orthanc."""
    orthanc = os.pidfd_open(os.getpid())
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        os.close(orthanc)
        return
    if os.fork() == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

        def has_ended(wait: float) -> bool:
            return bool(select.select([orthanc], [], [], wait)[0])

        announce(ROOT, options.port, options.dicom_port, options.samples, has_ended)
        sys.stdout.flush()
    os._exit(0)


def main() -> NoReturn:
    options = read_options()
    check_port("PORT", options.port)
    check_port("DICOM_PORT", options.dicom_port)
    check_program(options.command[0])
    configuration = write_configuration(options)
    print(f"Starting Orthanc on port {options.port}, DICOM port {options.dicom_port}", flush=True)
    print(f"The archive is {options.storage}", flush=True)
    start_announcer(options)
    # Python ignores SIGPIPE, and the program that it becomes would inherit that.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.chdir(ROOT)
    os.execvp(options.command[0], [*options.command, str(configuration)])


if __name__ == "__main__":
    main()

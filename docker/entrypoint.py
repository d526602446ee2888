"""Starts Orthanc inside the container (no argument), or asks whether it is alive (argument "health")."""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from configure import Configuration, project_configuration, write

ROOT = Path(__file__).resolve().parent.parent
CONFIGURATION = Path("/run/orthanc/orthanc.json")
STORAGE = "/var/lib/orthanc/db"

NO_PASSWORD = """\
Cannot start: who may use this Orthanc?
Give a name and a password in the environment variables ORTHANC_USER and ORTHANC_PASSWORD,
or ORTHANC_AUTHENTICATION=off to let in everybody who reaches the published port."""


def access(environment: Mapping[str, str]) -> Configuration:
    """A container hears all the world: it starts without a password only where that is asked for in so many words."""
    if environment.get("ORTHANC_AUTHENTICATION") == "off":
        return {"RemoteAccessAllowed": True, "AuthenticationEnabled": False}
    user, password = environment.get("ORTHANC_USER"), environment.get("ORTHANC_PASSWORD")
    if not user or not password:
        sys.exit(NO_PASSWORD)
    return {"RemoteAccessAllowed": True, "AuthenticationEnabled": True, "RegisteredUsers": {user: password}}


def start() -> None:
    # The volume has room for large answers, of which /tmp is memory.
    folders = {"StorageDirectory": STORAGE, "TemporaryDirectory": STORAGE}
    configuration = project_configuration(ROOT) | folders | access(os.environ)
    write(configuration, CONFIGURATION)
    os.environ.pop("ORTHANC_PASSWORD", None)
    os.execv("/usr/sbin/Orthanc", ["Orthanc", str(CONFIGURATION)])


def is_alive() -> bool:
    port = project_configuration(ROOT)["HttpPort"]
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/system", timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code == 401
    except OSError:
        return False


if __name__ == "__main__":
    if sys.argv[1:] == ["health"]:
        sys.exit(0 if is_alive() else "Orthanc does not answer")
    start()

"""Orthanc's effective configuration, made from the project's orthanc.json."""

import json
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

Configuration = dict[str, Any]


def project_configuration(root: Path) -> Configuration:
    """What orthanc.json says, with the script's path made absolute: Orthanc may be started from any folder."""
    configuration: Configuration = json.loads((root / "orthanc.json").read_text(encoding="utf-8"))
    return configuration | {"PythonScript": str(root / configuration["PythonScript"])}


def plugins_in(folder: str, configuration: Configuration) -> Configuration:
    """The same plugins, taken from another folder."""
    return {"Plugins": [str(PurePosixPath(folder, PurePosixPath(plugin).name)) for plugin in configuration["Plugins"]]}


def write(configuration: Mapping[str, Any], path: Path) -> None:
    """Readable by its owner alone, since a configuration may hold passwords."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump(configuration, file, indent=2)

"""What is said twice is said alike: the code's tables, the documents and orthanc.json."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

from wado import VERSION
from wado.settings import SETTINGS, Settings, read_settings

ROOT = Path(__file__).resolve().parent.parent.parent


def configuration() -> dict[str, dict[str, object]]:
    content: dict[str, dict[str, object]] = json.loads((ROOT / "orthanc.json").read_text(encoding="utf-8"))
    return content


def test_the_documents_hold_the_tables_of_the_code() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "tables.py"), "--check"]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_orthanc_json_names_every_setting_with_its_default() -> None:
    section = configuration()["Wado"]
    assert list(section) == [setting.name for setting in SETTINGS]
    assert read_settings(section) == Settings()


def test_every_setting_is_a_field_of_the_settings() -> None:
    assert [setting.field for setting in SETTINGS] == [field.name for field in fields(Settings)]


def test_the_dicomweb_plugin_leaves_wado_uri_to_this_one() -> None:
    assert configuration()["DicomWeb"]["EnableWado"] is False


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert project["version"] == VERSION
    assert f"## {VERSION}\n" in changes


def test_orthanc_loads_a_folder_that_shadows_no_module() -> None:
    """`plugin/` becomes the first entry of Orthanc's sys.path: what lies in it hides modules of the same name."""
    names = {path.name for path in (ROOT / "plugin").iterdir()} - {"__pycache__"}
    assert names == {"wado", "wado_plugin.py"}

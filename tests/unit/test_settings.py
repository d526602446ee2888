"""The "Wado" section of Orthanc's configuration."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest

from wado.settings import SETTINGS, Setting, Settings, SettingsError, read_configuration, read_settings

DEVICE: dict[str, Any] = {
    "Manufacturer": "ACME",
    "ManufacturerModelName": "SonoMat",
    "Rows": 480,
    "Columns": 640,
    "Regions": [[0, 0, 640, 40], [600, 440, 40, 40]],
}

TAKEN: dict[str, list[Any]] = {
    "Root": ["/wado", "/dicom/wado", "/Wado_1-2"],
    "Interpreter": ["", "/usr/bin/python3"],
    "Workers": [0, 1, 256],
    "WorkerMemory": [256, 1024 * 1024],
    "FrameCache": [0, 256 * 1024],
    "AnswerMemory": [0, 1024],
    "AnswerDisk": [1, 1024 * 1024],
    "Timeout": [1, 3600],
    "QueueLength": [0, 10000],
    "QueueTimeout": [1, 3600],
    "AllowObjectAlone": [True, False],
    "ImageQuality": [1, 100],
    "MaximumPixels": [1, 10**10],
    "MaximumAnimationPixels": [1, 10**12],
    "BurnInOverlays": [True, False],
    "AnswerCache": [0, 256, 1024 * 1024],
    "CacheControl": ["", "private, max-age=3600", "no-store", 'private="set-cookie, x",max-age=1'],
    "AllowOrigin": ["", "*", "https://viewer.example", "http://127.0.0.1:8080", "http://[::1]:80", "app://a_b"],
    "RequestLog": ["off", "info", "warning"],
    "AnonymizeKey": ["", "seventeen letters"],
    "AnonymizeOptions": [[], ["RetainUIDs"], ["CleanDescriptors", "CleanGraphics"]],
    "AnonymizeRegions": [[], [DEVICE], [DEVICE, {**DEVICE, "Rows": 600}]],
    "AnonymizeRefusesFaces": [True, False],
}

REFUSED: dict[str, list[Any]] = {
    "Root": ["", "/", "wado", "/wado?", "/wado/(.*)", "/a b", "/wado/", "//wado", None],
    "Interpreter": [None, 3, ["/usr/bin/python3"]],
    "Workers": [-1, 257, True, 2.0, "2"],
    "WorkerMemory": [255, 1024 * 1024 + 1, "2G"],
    "FrameCache": [-1, 256 * 1024 + 1, True],
    "AnswerMemory": [-1, 1025, True],
    "AnswerDisk": [0, 1024 * 1024 + 1, 1.0],
    "Timeout": [0, 3601, False],
    "QueueLength": [-1, 10001],
    "QueueTimeout": [0, 3601],
    "AllowObjectAlone": [1, 0, "true", None],
    "ImageQuality": [0, 101, 90.0],
    "MaximumPixels": [0, True],
    "MaximumAnimationPixels": [0, 1.5],
    "BurnInOverlays": [1, "yes"],
    "AnswerCache": [-1, 1024 * 1024 + 1, True, "256", 0.5],
    "CacheControl": ["private\r\nSet-Cookie: a=b", "für alle", None, 60, "max-age 60", "private,", "max-age="],
    "AllowOrigin": [
        "*\r\nSet-Cookie: a=b",
        "https://ärzte.example",
        True,
        "viewer.example",
        "https://viewer.example/",
        "https://Viewer.example",
        "https://a.example, https://b.example",
        "https://*.example",
        "null",
    ],
    "RequestLog": ["", "on", "Info", True, None],
    "AnonymizeKey": ["fifteen letters", None, 12345678901234567, " " * 16, "fifteen letters" + " " * 9, "a b" * 7],
    "AnonymizeOptions": ["RetainUIDs", ["RetainUIDs", "RetainUIDs"], [1], None, {}],
    "AnonymizeRegions": [
        DEVICE,
        [{}],
        [[]],
        [{**DEVICE, "Regions": []}],
        [{**DEVICE, "Regions": [[0, 0, 641, 40]]}],
        [{**DEVICE, "Regions": [[0, 480, 10, 10]]}],
        [{**DEVICE, "Regions": [[0, 0, 10]]}],
        [{**DEVICE, "Regions": [[0, 0, 10.0, 10]]}],
        [{**DEVICE, "Regions": [[-1, 0, 10, 10]]}],
        [{**DEVICE, "Rows": "480"}],
        [{**DEVICE, "Manufacturer": ""}],
        [{**DEVICE, "Model": "SonoMat"}],
    ],
    "AnonymizeRefusesFaces": [1, "CT"],
}


def name_of(value: object) -> str:
    return value.name if isinstance(value, Setting) else json.dumps(value)


def cases(values: dict[str, list[Any]]) -> list[tuple[Setting, Any]]:
    return [(setting, value) for setting in SETTINGS for value in values[setting.name]]


def test_every_setting_has_its_cases() -> None:
    assert [setting.name for setting in SETTINGS] == list(TAKEN) == list(REFUSED)


def test_every_setting_is_a_field_and_every_field_a_setting() -> None:
    assert [setting.field for setting in SETTINGS] == [field.name for field in fields(Settings)]


@pytest.mark.parametrize(("setting", "value"), cases(TAKEN), ids=name_of)
def test_a_good_value_is_taken(setting: Setting, value: Any) -> None:
    assert getattr(read_settings({setting.name: value}), setting.field) == setting.read(value)


@pytest.mark.parametrize(("setting", "value"), cases(REFUSED), ids=name_of)
def test_a_bad_value_is_refused_by_name_with_what_is_taken(setting: Setting, value: Any) -> None:
    with pytest.raises(SettingsError) as refusal:
        read_settings({setting.name: value})
    kind = {int: "a whole number, ", list: "a list of "}.get(setting.kind, "")
    assert str(refusal.value) == f'"Wado.{setting.name}" must be {kind}{setting.takes}'


@pytest.mark.parametrize("setting", SETTINGS, ids=name_of)
def test_every_default_would_be_taken(setting: Setting) -> None:
    default = getattr(Settings(), setting.field)
    assert read_settings({setting.name: setting.kind(default)}) == Settings()


def test_no_section_means_the_defaults() -> None:
    assert read_settings({}) == Settings()


def test_the_section_is_found_in_orthancs_configuration() -> None:
    assert read_configuration({"Name": "site", "Wado": {"Workers": 3}}) == Settings(workers=3)
    assert read_configuration({"Name": "site"}) == Settings()


@pytest.mark.parametrize("written", ["wado", "WADO"])
def test_a_section_in_other_letters_is_refused(written: str) -> None:
    with pytest.raises(SettingsError, match=f'"{written}" in the configuration .* did you mean "Wado"\\?'):
        read_configuration({written: {"Workers": 3}})


@pytest.mark.parametrize("section", [None, [], "wado", 1, True], ids=json.dumps)
def test_a_section_that_is_no_object_is_refused(section: Any) -> None:
    with pytest.raises(SettingsError, match="must be an object of settings"):
        read_settings(section)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("root", "Root"), ("Worker", "Workers"), ("TimeOut", "Timeout"), ("MaxPixels", "MaximumPixels")],
)
def test_an_unknown_setting_is_refused_with_the_nearest_name(written: str, meant: str) -> None:
    with pytest.raises(SettingsError, match=f'"Wado.{written}" is no setting; did you mean "{meant}"\\?'):
        read_settings({written: 1})


@pytest.mark.parametrize("written", ["", "☃", "x" * 1000])
def test_a_name_like_no_setting_is_refused_with_all_of_them(written: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        read_settings({written: 1})
    assert all(setting.name in str(refusal.value) for setting in SETTINGS)


def test_every_setting_says_what_it_does() -> None:
    assert all(setting.meaning and setting.takes for setting in SETTINGS)


def test_an_option_that_does_not_exist_is_told_with_the_nearest_one() -> None:
    with pytest.raises(SettingsError) as error:
        read_settings({"AnonymizeOptions": ["RetainUIDs", "CleanGraphic"]})
    assert str(error.value).startswith('"Wado.AnonymizeOptions" has no "CleanGraphic"; did you mean "CleanGraphics"?')

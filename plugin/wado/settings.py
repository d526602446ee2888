"""The "Wado" section of Orthanc's configuration as one frozen value."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wado.deidentify.options import OPTION_NAMES
from wado.job import DeviceRegions

SECTION = "Wado"


class SettingsError(Exception):
    """A setting that cannot be used. The message names it and says what can be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One field per setting; `SETTINGS` gives its name in the configuration and the values it takes."""

    root: str = "/wado"
    interpreter: str = ""
    workers: int = 0
    worker_memory: int = 2048
    frame_cache: int = 128
    answer_memory: int = 64
    answer_disk: int = 16384
    timeout: int = 60
    queue_length: int = 64
    queue_timeout: int = 30
    allow_object_alone: bool = False
    image_quality: int = 90
    maximum_pixels: int = 64 * 1024 * 1024
    maximum_animation_pixels: int = 1024 * 1024 * 1024
    burn_in_overlays: bool = False
    answer_cache: int = 256
    cache_control: str = "private, no-cache"
    allow_origin: str = ""
    request_log: str = "info"
    anonymize_key: str = ""
    anonymize_options: tuple[str, ...] = ()
    anonymize_regions: tuple[DeviceRegions, ...] = ()
    anonymize_refuses_faces: bool = False


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Setting:
    """A row of the settings' table: name in the configuration, kind of value, and what it does.

    `read` makes the field's value of the one in the configuration; `names` are those that a list takes.
    """

    name: str
    kind: type
    takes: str
    accepts: Callable[[Any], bool]
    meaning: str
    read: Callable[[Any], Any] = _as_it_is
    names: tuple[str, ...] = ()

    @property
    def field(self) -> str:
        words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in self.name)
        return words.lstrip("_")


def _is_root(value: str) -> bool:
    """Orthanc asks for paths without a slash at their end or two in a row: at such a root nothing would answer."""
    names = value.split("/")[1:]
    return value.startswith("/") and all(names) and not any(character in value for character in "?#%\\^$.*+()[]{}| ")


_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_DIRECTIVE = rf'{_TOKEN}(=({_TOKEN}|"[ !#-\[\]-~]*"))?'
_CACHE_CONTROL = re.compile(rf"({_DIRECTIVE}( *, *{_DIRECTIVE})*)?")
"""RFC 9111 section 5.2, or nothing."""

_ORIGIN = re.compile(r"(\*|[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?)?")
"""As browsers write theirs (RFC 6454 section 6.2), with which it is compared letter by letter; or nothing."""

REQUEST_LOGS = ("off", "info", "warning")

SHORTEST_KEY = 16
"""Characters of a key that nobody finds by trying."""

_DEVICE = {"Manufacturer": str, "ManufacturerModelName": str, "Rows": int, "Columns": int, "Regions": list}


def _is_device(value: Any) -> bool:
    """A device with the rectangles that are blanked in its images of this size: left, top, width, height."""
    if type(value) is not dict or value.keys() != _DEVICE.keys():
        return False
    if any(type(value[name]) is not kind or not value[name] for name, kind in _DEVICE.items()):
        return False
    return all(_is_rectangle(rectangle, value["Rows"], value["Columns"]) for rectangle in value["Regions"])


def _is_rectangle(value: Any, rows: int, columns: int) -> bool:
    if type(value) is not list or len(value) != 4 or any(type(number) is not int for number in value):
        return False
    left, top, width, height = value
    return bool(min(left, top) >= 0 and min(width, height) > 0 and left + width <= columns and top + height <= rows)


def _read_devices(values: list[dict[str, Any]]) -> tuple[DeviceRegions, ...]:
    return tuple(
        DeviceRegions(
            value["Manufacturer"],
            value["ManufacturerModelName"],
            value["Rows"],
            value["Columns"],
            tuple(map(tuple, value["Regions"])),
        )
        for value in values
    )


_KINDS = {int: "a whole number, ", list: "a list of "}
"""What a message says before what the setting takes, where `"2"` and 2.0 would seem to be it."""

SETTINGS: tuple[Setting, ...] = (
    Setting("Root", str, "a path such as /wado", _is_root, "where the service answers"),
    Setting(
        "Interpreter",
        str,
        "the path of a Python interpreter, or nothing",
        lambda value: True,
        "what runs the workers; nothing means `.venv/bin/python` beside the plugin's folder",
    ),
    Setting(
        "Workers",
        int,
        "0 to 256",
        lambda value: 0 <= value <= 256,
        "number of worker processes; 0 means one per core and one more",
    ),
    Setting(
        "WorkerMemory",
        int,
        "256 to 1048576",
        lambda value: 256 <= value <= 1024 * 1024,
        "MiB that one worker may use for its work",
    ),
    Setting(
        "FrameCache",
        int,
        "0 to 262144",
        lambda value: 0 <= value <= 256 * 1024,
        "MiB of decoded frames that one worker keeps, out of `WorkerMemory` and a quarter of it at most; 0 keeps none",
    ),
    Setting(
        "AnswerMemory",
        int,
        "0 to 1024",
        lambda value: 0 <= value <= 1024,
        "MiB of an answer that are kept in memory; larger ones, and what is made on the way to them, lie in files in "
        "Orthanc's TemporaryDirectory",
    ),
    Setting(
        "AnswerDisk",
        int,
        "1 to 1048576",
        lambda value: 1 <= value <= 1024 * 1024,
        "MiB that one such file may take",
    ),
    Setting("Timeout", int, "1 to 3600", lambda value: 1 <= value <= 3600, "seconds that one answer may take"),
    Setting(
        "QueueLength",
        int,
        "0 to 10000",
        lambda value: 0 <= value <= 10000,
        "requests that may wait for a worker; further ones get 503",
    ),
    Setting(
        "QueueTimeout",
        int,
        "1 to 3600",
        lambda value: 1 <= value <= 3600,
        "seconds that a request may wait for a worker",
    ),
    Setting(
        "AllowObjectAlone",
        bool,
        "true or false",
        lambda value: True,
        "answer requests that give objectUID without studyUID or seriesUID",
    ),
    Setting(
        "ImageQuality",
        int,
        "1 to 100",
        lambda value: 1 <= value <= 100,
        "quality of lossy pictures without imageQuality",
    ),
    Setting(
        "MaximumPixels",
        int,
        "1 or more",
        lambda value: value >= 1,
        "pixels of the largest picture that is made",
    ),
    Setting(
        "MaximumAnimationPixels",
        int,
        "1 or more",
        lambda value: value >= 1,
        "pixels of all pictures together of the largest animation or video that is made",
    ),
    Setting(
        "BurnInOverlays",
        bool,
        "true or false",
        lambda value: True,
        "show an image's own overlays in its picture",
    ),
    Setting(
        "AnswerCache",
        int,
        "0 to 1048576",
        lambda value: 0 <= value <= 1024 * 1024,
        "MiB of answers that are kept and sent again; 0 keeps none, and makes each answer by itself",
    ),
    Setting(
        "CacheControl",
        str,
        "directives such as private, max-age=3600, or nothing",
        lambda value: _CACHE_CONTROL.fullmatch(value) is not None,
        "Cache-Control of the answers; with no-cache a client keeps them and asks each time whether they still hold; "
        "nothing leaves it out",
    ),
    Setting(
        "AllowOrigin",
        str,
        "*, an origin such as https://viewer.example, or nothing",
        lambda value: _ORIGIN.fullmatch(value) is not None,
        "Access-Control-Allow-Origin of the answers; nothing leaves it out",
    ),
    Setting(
        "RequestLog",
        str,
        " or ".join(REQUEST_LOGS),
        lambda value: value in REQUEST_LOGS,
        "level of the log's line for each request; info is seen with `--verbose` only",
    ),
    Setting(
        "AnonymizeKey",
        str,
        f"{SHORTEST_KEY} characters or more that are no blanks, or nothing",
        lambda value: not value or len("".join(value.split())) >= SHORTEST_KEY,
        "secret that new UIDs and pseudonyms come from; nothing means one that is made once and kept in the file "
        "`wado-anonymize.key` in StorageDirectory",
    ),
    Setting(
        "AnonymizeOptions",
        list,
        f"names, each once, out of {', '.join(OPTION_NAMES)}",
        lambda value: all(name in OPTION_NAMES for name in value) and len(set(value)) == len(value),
        "options of the Basic Application Level Confidentiality Profile (PS3.15 Annex E)",
        tuple,
        OPTION_NAMES,
    ),
    Setting(
        "AnonymizeRegions",
        list,
        "objects of Manufacturer, ManufacturerModelName, Rows, Columns and Regions, a list of [left, top, width, "
        "height] within the image",
        lambda value: all(map(_is_device, value)),
        "where devices write the patient into their images; there `anonymize` blanks them, in pixels",
        _read_devices,
    ),
    Setting(
        "AnonymizeRefusesFaces",
        bool,
        "true or false",
        lambda value: True,
        "refuse `anonymize` for CT, MR and PET images of the head, of which a face can be made",
    ),
)


def read_configuration(configuration: Mapping[str, Any]) -> Settings:
    """The settings in all of Orthanc's configuration; raises `SettingsError`."""
    for name in configuration:
        if name != SECTION and name.lower() == SECTION.lower():
            raise SettingsError(f'"{name}" in the configuration is nobody\'s section; did you mean "{SECTION}"?')
    return read_settings(configuration.get(SECTION, {}))


def read_settings(section: Any) -> Settings:
    """The settings of the section; raises `SettingsError` for what is unknown or out of range."""
    if not isinstance(section, Mapping):
        raise SettingsError(f'"{SECTION}" in the configuration must be an object of settings')
    rows = {setting.name: setting for setting in SETTINGS}
    for name in section:
        if name not in rows:
            raise SettingsError(_unknown(name, list(rows)))
    return Settings(**{rows[name].field: _checked(rows[name], value) for name, value in section.items()})


def _unknown(name: str, known: list[str]) -> str:
    return f'"{SECTION}.{name}" is no setting; {_nearest(name, known)}'


def _nearest(name: str, known: Sequence[str]) -> str:
    by_case = {candidate.lower(): candidate for candidate in known}
    nearest = difflib.get_close_matches(name.lower(), by_case, n=1, cutoff=0.0)
    return f'did you mean "{by_case[nearest[0]]}"? There are: {", ".join(known)}'


def _checked(setting: Setting, value: Any) -> Any:
    # A JSON true is no number here, though Python's bool is an int.
    if type(value) is not setting.kind or not setting.accepts(value):
        names = value if setting.names and type(value) is list else []
        unknown = next((name for name in names if type(name) is str and name not in setting.names), None)
        if unknown is not None:
            nearest = _nearest(unknown, setting.names)
            raise SettingsError(f'"{SECTION}.{setting.name}" has no "{unknown}"; {nearest}')
        raise SettingsError(f'"{SECTION}.{setting.name}" must be {_KINDS.get(setting.kind, "")}{setting.takes}')
    return setting.read(value)

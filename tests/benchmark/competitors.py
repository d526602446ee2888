"""Who answers what is asked: this plugin, the DICOMweb plugin and Orthanc itself, all in one Orthanc."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from tests.benchmark.images import to_file
from tests.benchmark.load import Request
from tests.support.orthanc_process import PLUGINS, ROOT, OrthancProcess
from wado.settings import SETTINGS

OUR_ROOT, THEIR_ROOT = "/wado", "/dicomweb-wado"

LIBRARIES = ("libOrthancPython.so", "libOrthancDicomWeb.so")
DECODER = "libOrthancGdcm.so"
"""Without it the others cannot decode JPEG 2000. Orthanc asks it before its own decoders."""

SCRIPT = ROOT / "tests/benchmark/bare_callback.py"

Parameters = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Stored:
    """An object in the archive: the parameters that name it, and Orthanc's identifier."""

    uids: Mapping[str, str]
    identifier: str


Competitor = Callable[[Stored, Parameters], Request]
"""How one is asked for a picture of an object: the parameters are those of WADO-URI."""


def wado(stored: Stored, parameters: Parameters) -> Request:
    return Request(f"{OUR_ROOT}?{_query({**stored.uids, 'contentType': 'image/jpeg', **parameters})}")


def dicomweb(stored: Stored, parameters: Parameters) -> Request:
    return Request(f"{THEIR_ROOT}?{_query({**stored.uids, 'contentType': 'image/jpeg', **parameters})}")


def rendered(stored: Stored, parameters: Parameters) -> Request:
    """Orthanc's own picture, which `width` and `height` bound as `columns` and `rows` do."""
    frame_number = parameters.get("frameNumber")
    where = f"/frames/{int(str(frame_number)) - 1}" if frame_number else ""
    asked = {_OF_RENDERED[name]: value for name, value in parameters.items() if name in _OF_RENDERED}
    path = f"/instances/{stored.identifier}{where}/rendered"
    return Request(f"{path}?{urlencode(asked)}" if asked else path, {"Accept": "image/jpeg"})


_OF_RENDERED = {
    "rows": "height",
    "columns": "width",
    "windowCenter": "window-center",
    "windowWidth": "window-width",
    "imageQuality": "quality",
}


def file(stored: Stored) -> Request:
    return Request(f"/instances/{stored.identifier}/file")


def bare(stored: Stored, parameters: Parameters) -> Request:
    """The same bytes, asked for by the same query, from a callback in Python that does nothing else."""
    return Request(f"/bare/{stored.identifier}?{_query({**stored.uids, **parameters})}")


def _query(parameters: Parameters) -> str:
    # The DICOMweb plugin does not understand an escaped solidus.
    return urlencode({"requestType": "WADO", **parameters}, safe="/*{}")


WITHOUT_CACHES = {setting.name: 0 for setting in SETTINGS if setting.name.endswith("Cache")}
"""The settings of whatever keeps answers or parts of them."""


def has_decoder() -> bool:
    return (PLUGINS / DECODER).exists()


@contextmanager
def competition(folder: Path, **wado_settings: Any) -> Iterator[OrthancProcess]:
    """An Orthanc on the archive in the folder, with all of them."""
    libraries = [name for name in (*LIBRARIES, DECODER) if name != DECODER or has_decoder()]
    with OrthancProcess(
        folder,
        PythonScript=str(SCRIPT),
        Plugins=[str(PLUGINS / name) for name in libraries],
        DicomWeb={"EnableWado": True, "WadoRoot": THEIR_ROOT},
        Wado=wado_settings,
    ) as orthanc:
        yield orthanc


def restart(orthanc: OrthancProcess) -> None:
    orthanc.stop()
    orthanc.start()
    orthanc.wait_until_ready()


def store(orthanc: OrthancProcess, dataset: Dataset) -> Stored:
    content, uids = to_file(dataset)
    return Stored(uids, orthanc.store(content).json()["ID"])


def store_copies(orthanc: OrthancProcess, dataset: Dataset, count: int) -> Sequence[Stored]:
    """Objects of one series that differ in their SOP Instance UID."""
    stored = []
    for _ in range(count):
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        stored.append(store(orthanc, dataset))
    return stored

"""Waits until Orthanc answers, stores sample files in an empty archive, and shows addresses to open."""

import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from configure import project_configuration
from samples import CT_SAMPLE, sample_files

HasEnded = Callable[[float], bool]
"""Whether Orthanc has ended, within so many seconds."""

IMAGE_MODALITIES = "CT\\MR\\CR\\DX\\MG\\US\\XA\\RF\\NM\\PT\\OT\\SC"


class Refused(Exception):
    """Orthanc answered with an error."""


@dataclass(frozen=True)
class Orthanc:
    port: int

    def request(self, method: str, path: str, body: bytes | None = None) -> Any:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=60)
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        if response.status != http.HTTPStatus.OK:
            raise Refused(f"HTTP {response.status}")
        return json.loads(content)

    def get(self, path: str) -> Any:
        return self.request("GET", path)

    def post(self, path: str, body: bytes) -> Any:
        return self.request("POST", path, body)


@dataclass(frozen=True)
class Example:
    """An object of the archive to show: its UIDs alone, never whose it is."""

    study: str
    series: str
    instance: str
    is_image: bool


def announce(root: Path, port: int, dicom_port: int, with_samples: bool, has_ended: HasEnded) -> None:
    orthanc = Orthanc(port)
    try:
        if not wait_for(orthanc, has_ended):
            return
        if with_samples and is_empty(orthanc):
            store(orthanc, sample_files(root), has_ended)
        wado_root = project_configuration(root)["Wado"]["Root"]
        lines = addresses(find_example(orthanc), f"http://localhost:{port}", wado_root, dicom_port)
        print("", *lines, "", sep="\n", flush=True)
    except Refused:
        # Somebody's configuration asks for a password.
        print(f"\nOrthanc Explorer: http://localhost:{port}/app/explorer.html\n", flush=True)
    except (OSError, http.client.HTTPException):
        if not has_ended(1):
            raise


def wait_for(orthanc: Orthanc, has_ended: HasEnded) -> bool:
    """Whether Orthanc came to answer, rather than end."""
    while not has_ended(0.1):
        try:
            orthanc.get("/system")
        except (OSError, http.client.HTTPException):
            continue
        return True
    return False


def is_empty(orthanc: Orthanc) -> bool:
    return bool(orthanc.get("/statistics")["CountInstances"] == 0)


def store(orthanc: Orthanc, files: list[Path], has_ended: HasEnded) -> None:
    print(f"The archive is empty: storing {len(files)} sample files", flush=True)
    for number, file in enumerate(files, start=1):
        if has_ended(0):
            return
        try:
            orthanc.post("/instances", file.read_bytes())
        except Refused as refused:
            print(f"  {file.name} was not accepted: {refused}", flush=True)
        if number % 10 == 0 or number == len(files):
            print(f"  {number} of {len(files)}", flush=True)


def find_example(orthanc: Orthanc) -> Example | None:
    """The CT sample, else a CT, else another image, else anything."""
    for query in ({"SOPInstanceUID": CT_SAMPLE}, {"Modality": "CT"}, {"Modality": IMAGE_MODALITIES}, {}):
        search = {"Level": "Instance", "Limit": 1, "Expand": True, "Query": query}
        for found in orthanc.post("/tools/find", json.dumps(search).encode()):
            return Example(
                study=orthanc.get(f"/instances/{found['ID']}/study")["MainDicomTags"]["StudyInstanceUID"],
                series=orthanc.get(f"/series/{found['ParentSeries']}")["MainDicomTags"]["SeriesInstanceUID"],
                instance=found["MainDicomTags"]["SOPInstanceUID"],
                is_image=bool(query),
            )
    return None


def addresses(example: Example | None, base: str, wado_root: str, dicom_port: int) -> Iterator[str]:
    yield "Open in a browser:"
    if example:
        identity = {
            "requestType": "WADO",
            "studyUID": example.study,
            "seriesUID": example.series,
            "objectUID": example.instance,
        }

        def address(**parameters: str) -> str:
            return f"{base}{wado_root}?{urlencode(identity | parameters, safe='/')}"

        if example.is_image:
            yield f"  A picture            {address()}"
            yield f"  Windowed, resized    {address(windowCenter='40', windowWidth='400', rows='512')}"
        yield f"  The DICOM file       {address(contentType='application/dicom')}"
    yield f"  Orthanc Explorer     {base}/app/explorer.html"
    yield f"Store your own files there, or with DICOM: storescu localhost {dicom_port} FILE"

"""The same again, with the caches as they are by default: answers, answers not modified, and a viewer's drag."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmark.cases import CR, CT, JPEG_2000, Case
from tests.benchmark.competitors import Stored, dicomweb, rendered, store, store_copies, wado
from tests.benchmark.effort import Effort
from tests.benchmark.load import NOT_MODIFIED, NUMBER, Load, Request, compete, prepare, required
from tests.benchmark.results import Row, Section, Target, latency_text, rate_text, ratio_of
from tests.support.orthanc_process import OrthancProcess

REPEATED_TARGET, NOT_MODIFIED_TARGET, DRAG_TARGET = Target(15), Target(20), Target(8)
COLUMNS = ("this plugin", "p50 / p99", "DICOMweb", "/rendered")

REPEATED: tuple[tuple[Case, tuple[int, ...]], ...] = ((CT, (4, 64)), (CR, (4,)), (JPEG_2000, ()))
"""Cases, and the numbers of connections of the short run."""


DRAGGED: tuple[tuple[Case, tuple[int, ...]], ...] = ((JPEG_2000, (1, 4)), (CT, ()))


def measure_repeated(orthanc: OrthancProcess, effort: Effort) -> Iterator[Row]:
    for case, in_short in REPEATED:
        stored = store(orthanc, case.make())
        loads = [prepare(orthanc.client, [asked(stored, {})]) for asked in (wado, dicomweb, rendered)]
        required(loads[0], case.name)
        for connections in effort.connections(in_short):
            yield _row(case, loads, connections, effort, REPEATED_TARGET)


def measure_not_modified(orthanc: OrthancProcess, effort: Effort) -> Iterator[Row]:
    for case, in_short in REPEATED[:2]:
        stored = store(orthanc, case.make())
        request = with_entity_tag(orthanc, wado(stored, {}))
        ours = required(prepare(orthanc.client, [request], NOT_MODIFIED), f"{case.name}, If-None-Match")
        others = [prepare(orthanc.client, [asked(stored, {})]) for asked in (dicomweb, rendered)]
        for connections in effort.connections(in_short):
            yield _row(case, [ours, *others], connections, effort, NOT_MODIFIED_TARGET)


def with_entity_tag(orthanc: OrthancProcess, request: Request) -> Request:
    """The request of one who has the answer already. Raises `RuntimeError` if that has no ETag."""
    entity_tag = orthanc.client.get(request.path, request.headers).headers.get("etag")
    if entity_tag is None:
        raise RuntimeError(f"no ETag: {request.path}")
    return Request(request.path, {**request.headers, "If-None-Match": entity_tag})


def measure_drag(orthanc: OrthancProcess, effort: Effort) -> Iterator[Row]:
    """Orthanc keeps the image that it decoded last: the DICOMweb plugin is asked for it, and for two in turns."""
    for case, in_short in DRAGGED:
        one, other = store_copies(orthanc, case.make(), 2)
        target = DRAG_TARGET if case is JPEG_2000 else None
        requests = [[dicomweb(one, {})], [dicomweb(one, {}), dicomweb(other, {})], [rendered(one, {})]]
        loads = [drag_load(orthanc, one), *(prepare(orthanc.client, asked) for asked in requests)]
        for connections in effort.connections(in_short):
            ours, same, decoding, own = compete(loads, connections, effort)
            assert ours is not None
            cells = (rate_text(ours), latency_text(ours), rate_text(same), rate_text(decoding), rate_text(own))
            yield Row(case.name, connections, cells, ratio_of(ours, same), target)
            name = f"{case.name}, × two in turns"
            yield Row(name, connections, cells, ratio_of(ours, decoding), target)


def drag_load(orthanc: OrthancProcess, stored: Stored) -> Load:
    request = wado(stored, {"windowCenter": NUMBER, "windowWidth": 400})
    return required(prepare(orthanc.client, [request]), "windowCenter")


def _row(case: Case, loads: list[Load | None], connections: int, effort: Effort, target: Target | None) -> Row:
    ours, theirs, own = compete(loads, connections, effort)
    assert ours is not None
    cells = (rate_text(ours), latency_text(ours), rate_text(theirs), rate_text(own))
    return Row(case.name, connections, cells, ratio_of(ours, theirs), target)


AGAIN = Section(
    "Pictures, repeated",
    "The same URL again, with the caches as they are by default.",
    COLUMNS,
    "× DICOMweb",
    measure_repeated,
)

UNCHANGED = Section(
    "Not modified",
    "The same URL again with `If-None-Match`, answered 304; the others know no ETag and send the picture.",
    COLUMNS,
    "× DICOMweb",
    measure_not_modified,
)

DRAG = Section(
    "Window changes on one image",
    "A viewer's drag: each request has another `windowCenter`. The DICOMweb plugin is asked for the same image over"
    " and over without a window, and, since Orthanc keeps the image that it decoded last, for two images in turns.",
    ("this plugin", "p50 / p99", "DICOMweb", "two in turns", "/rendered"),
    "× DICOMweb",
    measure_drag,
)

"""Pictures of which nothing is kept: each request asks for another object than the one before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.benchmark.cases import CASES, Case, questions
from tests.benchmark.competitors import Competitor, Stored, dicomweb, rendered, store_copies, wado
from tests.benchmark.effort import Effort
from tests.benchmark.load import Load, compete, prepare, required
from tests.benchmark.results import Row, Section, latency_text, rate_text, ratio_of
from tests.support.orthanc_process import OrthancProcess

NO_ANSWER = "DICOMweb: answers an error"


def measure_pictures(orthanc: OrthancProcess, effort: Effort) -> Iterator[Row]:
    for case in CASES:
        stored = store_copies(orthanc, case.make(), case.copies)
        loads = [load_of(orthanc, asked, stored, case) for asked in (wado, dicomweb, rendered)]
        most = len(required(loads[0], case.name).requests)
        for connections in effort.connections(case.in_short, most):
            yield _measure(case, loads, connections, effort)


def load_of(orthanc: OrthancProcess, competitor: Competitor, stored: Sequence[Stored], case: Case) -> Load | None:
    """Each object, with each question of the case."""
    return prepare(orthanc.client, [competitor(one, asked) for one in stored for asked in questions(case)])


def _measure(case: Case, loads: list[Load | None], connections: int, effort: Effort) -> Row:
    ours, theirs, own = compete(loads, connections, effort)
    assert ours is not None
    remark = NO_ANSWER if theirs is None else f"DICOMweb: {case.instead}" if case.instead else ""
    cells = (rate_text(ours), latency_text(ours), rate_text(theirs), rate_text(own))
    return Row(case.name, connections, cells, ratio_of(ours, theirs), case.target_at(connections), remark)


PICTURES = Section(
    "Pictures, cold",
    "Nothing of an answer is kept: the caches of answers and frames are off, and each request asks for another object, "
    "so that none waits for an equal one.",
    ("this plugin", "p50 / p99", "DICOMweb", "/rendered"),
    "× DICOMweb",
    measure_pictures,
)

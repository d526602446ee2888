"""1,000 different images, each asked for once after a start: the really first touch, with everything as by default."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.benchmark.competitors import Competitor, Parameters, Stored, dicomweb, rendered, restart, store, wado
from tests.benchmark.effort import Effort
from tests.benchmark.images import make_slices
from tests.benchmark.load import OK, Load, Measured, median
from tests.benchmark.results import Row, Section, Target, rate_text, ratio_of
from tests.support.orthanc_process import OrthancProcess

IMAGES = 1000
SHARE = 120
"""Images that the others are asked for, who keep nothing and take longer."""

ROUNDS = 3
THUMBNAIL = {"rows": 128, "columns": 128}

QUESTIONS: tuple[tuple[str, Parameters, Target, str], ...] = (
    ("1,000 CT 512 × 512", {}, Target(2.5), ""),
    ("1,000 thumbnails", THUMBNAIL, Target(4.0), "DICOMweb: answers the whole picture: it ignores rows"),
)


def measure_first_touch(orthanc: OrthancProcess, effort: Effort) -> Iterator[Row]:
    stored = [store(orthanc, dataset) for dataset in make_slices(IMAGES)]
    for name, parameters, target, remark in QUESTIONS:
        for connections in effort.connections((4,)):
            runs = [_round(orthanc, stored, parameters, connections) for _ in range(ROUNDS)]
            ours, theirs, own = map(median, zip(*runs, strict=True))
            cells = (rate_text(ours), rate_text(theirs), rate_text(own))
            yield Row(name, connections, cells, ratio_of(ours, theirs), target, remark)


def _round(
    orthanc: OrthancProcess, stored: Sequence[Stored], parameters: Parameters, connections: int
) -> tuple[Measured, ...]:
    restart(orthanc)
    asked = ((wado, stored), (dicomweb, stored[:SHARE]), (rendered, stored[:SHARE]))
    return tuple(_load(orthanc, *who, parameters).run_once(connections) for who in asked)


def _load(orthanc: OrthancProcess, competitor: Competitor, stored: Sequence[Stored], parameters: Parameters) -> Load:
    """Nothing is asked before: the status of each answer is looked at."""
    requests = [competitor(one, parameters) for one in stored]
    return Load(orthanc.client, requests, OK, length=1, seconds=0.1)


FIRST_TOUCH = Section(
    "First touch",
    "1,000 different CT images, each asked for once after a start, with the caches as they are by default.",
    ("this plugin", "DICOMweb", "/rendered"),
    "× DICOMweb",
    measure_first_touch,
)

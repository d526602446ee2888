"""What more workers bring: an Orthanc for each number of them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmark.cases import CT, JPEG_2000
from tests.benchmark.competitors import WITHOUT_CACHES, competition, dicomweb, store_copies, wado
from tests.benchmark.effort import Effort
from tests.benchmark.load import compete, required
from tests.benchmark.pictures import load_of
from tests.benchmark.results import Row, Section, latency_text, rate_text, ratio_of
from tests.support.orthanc_process import OrthancProcess

NUMBERS = (1, 2, 3, 4)


def measure_workers(orthanc: OrthancProcess, effort: Effort) -> Iterator[Row]:
    """In an archive beside that of the other measurements."""
    for number in NUMBERS:
        folder = orthanc.folder / f"workers-{number}"
        folder.mkdir()
        with competition(folder, **WITHOUT_CACHES, Workers=number) as other:
            for case in (CT, JPEG_2000) if effort.is_full else (CT,):
                stored = store_copies(other, case.make(), case.copies)
                loads = [required(load_of(other, asked, stored, case), case.name) for asked in (wado, dicomweb)]
                for connections in effort.connections((4,)):
                    ours, theirs = compete(loads, connections, effort)
                    assert ours is not None
                    cells = (str(number), rate_text(ours), latency_text(ours), rate_text(theirs))
                    yield Row(case.name, connections, cells, ratio_of(ours, theirs))


WORKERS = Section(
    "Workers",
    "As above, cold, with so many workers; by default there is one for each core and one more.",
    ("workers", "this plugin", "p50 / p99", "DICOMweb"),
    "× DICOMweb",
    measure_workers,
)

"""Reports: the processor time that a worker needs, and how many are served."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterator

from pydicom.dataset import Dataset

from tests.benchmark.competitors import store_copies, wado
from tests.benchmark.effort import Effort
from tests.benchmark.load import compete, prepare, required
from tests.benchmark.results import Row, Section, Target, latency_text, rate_text
from tests.support.datasets import to_file
from tests.support.orthanc_process import OrthancProcess
from tests.support.reports import code_item, container, image_item, make_report, number_item, text_item
from tests.support.worker_settings import worker_settings
from wado.job import Job
from wado.media_types import APPLICATION_PDF, TEXT_HTML, TEXT_PLAIN, Category
from wado.worker.renderers import Renderers

NUMBER_OF_GROUPS = 30
TARGET = Target(30, is_at_most=True)
"""Milliseconds for 300 items."""

FORMATS = ((TEXT_HTML, TARGET), (TEXT_PLAIN, TARGET), (APPLICATION_PDF, None))
"""Pages take pictures of other objects, which only the front finds: they are measured as they are served."""

COPIES = 16
ROUNDS = 15


def make_measurement_report() -> Dataset:
    """300 items and the root: groups of ten, as TID 1500 has them."""
    return make_report(*map(make_group, range(NUMBER_OF_GROUPS)), title="Imaging Measurement Report")


def make_group(number: int) -> Dataset:
    def measured(name: str) -> Dataset:
        method = code_item("Derivation", "Mean", relationship="HAS CONCEPT MOD")
        return number_item(name, f"{number}.5", "mm", method)

    return container(
        "Measurement Group",
        text_item("Tracking Identifier", f"Lesion {number}", relationship="HAS OBS CONTEXT"),
        code_item("Finding Site", "Liver", relationship="HAS CONCEPT MOD"),
        *map(measured, ("Length", "Width", "Depth")),
        image_item("Source", ReferencedFrameNumber=number + 1),
    )


def measure_reports(orthanc: OrthancProcess, effort: Effort) -> Iterator[Row]:
    report = make_measurement_report()
    content = to_file(report)  # it says in which transfer syntax
    stored = store_copies(orthanc, report, COPIES)
    renderers = Renderers(worker_settings())
    with tempfile.TemporaryFile() as file:
        size = file.write(content)
        file.flush()
        for media_type, target in FORMATS:
            job = Job("report", size, Category.TEXT, media_type, charsets=("UTF-8",))
            took = _median_time(renderers, job, file.fileno()) if target else None
            requests = [wado(one, {"contentType": media_type}) for one in stored]
            load = required(prepare(orthanc.client, requests), str(media_type))
            for connections in effort.connections((4,), COPIES):
                (served,) = compete([load], connections, effort)
                assert served is not None
                cells = (rate_text(served), latency_text(served))
                yield Row(str(media_type), connections, cells, took, target)


def _median_time(renderers: Renderers, job: Job, descriptor: int) -> float:
    return statistics.median(_time(renderers, job, descriptor) for _ in range(ROUNDS))


def _time(renderers: Renderers, job: Job, descriptor: int) -> float:
    """Milliseconds of the processor's time."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    start = time.process_time()
    renderers.render(job, descriptor)
    return (time.process_time() - start) * 1000


REPORTS = Section(
    f"Report of {NUMBER_OF_GROUPS * 10} items",
    "The figure is the processor time that a worker needs. Neither the DICOMweb plugin nor Orthanc show reports.",
    ("this plugin", "p50 / p99"),
    "ms of a worker",
    measure_reports,
)

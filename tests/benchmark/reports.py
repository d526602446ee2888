"""The processor time that a worker needs for a report."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterator

from pydicom.dataset import Dataset

from tests.support.datasets import to_file
from tests.support.reports import code_item, container, image_item, make_report, number_item, text_item
from tests.support.worker_settings import worker_settings
from wado.job import Job
from wado.media_types import TEXT_HTML, TEXT_PLAIN, Category
from wado.worker.renderers import Renderers

NUMBER_OF_GROUPS = 30
TARGET = 30.0
"""Milliseconds for 300 items as HTML."""

ROUNDS = 31


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


def measure_reports() -> Iterator[str]:
    renderers = Renderers(worker_settings())
    with tempfile.TemporaryFile() as file:
        size = file.write(to_file(make_measurement_report()))
        file.flush()
        for media_type in (TEXT_HTML, TEXT_PLAIN):
            job = Job("report", size, Category.TEXT, media_type, charsets=("UTF-8",))
            took = statistics.median(_time(renderers, job, file.fileno()) for _ in range(ROUNDS))
            remark = "  missed" if took > TARGET else ""
            yield f"{NUMBER_OF_GROUPS * 10} items as {media_type:<12} {took:>6.1f} ms of a worker's time{remark}"


def _time(renderers: Renderers, job: Job, descriptor: int) -> float:
    os.lseek(descriptor, 0, os.SEEK_SET)
    start = time.process_time()
    renderers.render(job, descriptor)
    return (time.process_time() - start) * 1000

"""Equal jobs give equal bytes: what an entity tag promises that is made of the job alone.

Every kind of answer is made by two workers that were started by themselves, at different times, in opposite orders,
with other seeds of their hashes, and in other time zones and languages.
"""

from __future__ import annotations

import copy
import hashlib
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import imagecodecs
import numpy as np
import pytest
from pydicom.uid import JPEG2000Lossless, JPEGBaseline8Bit

from tests.service.test_exchanges import OBJECTS
from tests.service.test_report_pages import make_squares
from tests.support.datasets import make_image, to_file, with_codestreams
from tests.support.fusion import advanced_input, flat, make_advanced_state, make_slice, step
from tests.support.memory_archive import MemoryArchive, MemoryObject, keep_object, made_object
from tests.support.object_kinds import KINDS
from tests.support.presentation_states import make_reference, make_state
from tests.support.reports import IMAGE_UID, image_item, make_report
from tests.support.worker_settings import worker_settings
from wado.front.exchange import HttpRequest
from wado.front.service import WadoService
from wado.front.worker_process import ENVIRONMENT, WorkerCommand
from wado.front.workers import WorkerPool
from wado.media_types import APPLICATION_DICOM, OFFERS, classify
from wado.settings import Settings

PLUGIN_DIRECTORY = str(Path(__file__).parents[2] / "plugin")
KEY = "a key of the site"

TRANSFER_SYNTAXES = tuple(
    f"1.2.840.10008.1.2.{suffix}"
    for suffix in (
        *("1", "1.98", "1.99", "5", "8.1"),
        *("4.50", "4.51", "4.57", "4.70", "4.80", "4.81", "4.90", "4.91"),
        *("4.110", "4.112", "4.201", "4.202", "4.203"),
    )
)

UNDERLYING = make_slice("100", flat(100), (0.0, 0.0, 5.0))
SUPERIMPOSED = [make_slice(f"71.{index}", flat(60), (0.0, 0.0, float(index))) for index in range(9)]
BLENDING = make_advanced_state([advanced_input(1, [UNDERLYING]), advanced_input(2, SUPERIMPOSED)], step("EQUAL", 1, 2))
BLENDING.SOPInstanceUID, BLENDING.SeriesInstanceUID = "1.2.3.9", "1.2.3.8"

Query = dict[str, str]


def objects() -> dict[str, MemoryObject]:
    named = {str(category): item for category, item in OBJECTS.items()}
    for number, (name, dataset) in enumerate(KINDS.items()):
        changed = copy.deepcopy(dataset)
        changed.SOPInstanceUID = f"1.2.3.5.{number}"
        named[name] = made_object(changed)
    return named


def offers(item: MemoryObject) -> tuple[str, ...]:
    instance = item.instance
    category = classify(
        instance.sop_class_uid,
        instance.number_of_frames,
        instance.has_pixel_data,
        has_content_tree=instance.has_content_tree,
    )
    return OFFERS[category]


def queries(item: MemoryObject) -> Iterator[Query]:
    """Every kind of answer that there is of the object."""
    for media_type in offers(item):
        yield item.query | {"contentType": media_type}
        if media_type.startswith(("image/", "video/")):
            picture = {"contentType": media_type, "annotation": "patient,technique", "rows": "64", "region": "0,0,1,.5"}
            yield item.query | picture
    dicom = item.query | {"contentType": APPLICATION_DICOM}
    for transfer_syntax in TRANSFER_SYNTAXES:
        yield dicom | {"transferSyntax": transfer_syntax}
    yield dicom | {"anonymize": "yes"}
    yield dicom | {"anonymize": "yes", "transferSyntax": "1.2.840.10008.1.2.4.90", "charset": "ISO-8859-1"}
    yield dicom | {"charset": "UTF-8"}


def large_images() -> list[MemoryObject]:
    """Whose thumbnails may be decoded smaller, and which may be worked on by two threads."""
    random = np.random.default_rng(1)
    values = np.kron(random.integers(0, 256, (135, 128), np.uint8), np.ones((8, 8), np.uint8))
    colored = np.stack([values, values[::-1], values[:, ::-1]], -1)
    codestreams = {
        JPEGBaseline8Bit: imagecodecs.jpeg8_encode(values, level=90),
        JPEG2000Lossless: imagecodecs.jpeg2k_encode(values, level=0, codecformat="j2k", reversible=True),
    }
    datasets = [make_image(values), make_image(colored, "RGB")]
    datasets += [
        with_codestreams(make_image(values), syntax, [bytes(content)]) for syntax, content in codestreams.items()
    ]
    for number, dataset in enumerate(datasets):
        dataset.SOPInstanceUID = f"1.2.3.6.{number}"
    return [keep_object(f"large {number}", to_file(dataset)) for number, dataset in enumerate(datasets)]


def pictures_of_every_size(item: MemoryObject) -> Iterator[Query]:
    for size in ({}, {"rows": "64"}, {"rows": "200"}, {"rows": "100", "region": "0.25,0.25,0.75,0.75"}):
        for window in ({}, {"windowCenter": "100", "windowWidth": "80"}):
            for media_type in ("image/jpeg", "image/png"):
                yield item.query | {"contentType": media_type} | size | window


def with_states() -> tuple[list[MemoryObject], list[Query]]:
    """Pictures of presentation states, and the pages of a report, which take other objects."""
    image = make_squares()
    state = make_state(references=[make_reference(IMAGE_UID)])
    report = make_report(image_item("Key image"))
    report.SOPInstanceUID = "1.2.3.4.5.6"
    for dataset in (image, state, report):
        dataset.StudyInstanceUID = "1.2.3.4.5"
    shown, applied, blended, blending, told = map(made_object, (image, state, UNDERLYING, BLENDING, report))
    asked = [
        item.query | {"contentType": media_type} | named_state(with_state)
        for item, with_state in ((shown, applied), (blended, blending))
        for media_type in ("image/jpeg", "image/png", "image/gif")
    ]
    asked += [told.query | {"contentType": media_type} for media_type in offers(told)]
    return [shown, applied, blended, blending, told, *map(made_object, SUPERIMPOSED)], asked


def named_state(state: MemoryObject) -> Query:
    return {
        "presentationUID": state.reference.sop_instance_uid,
        "presentationSeriesUID": str(state.reference.series_instance_uid),
    }


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    digest: str


class Workers:
    """A service over one worker process, which keeps no answer."""

    def __init__(self, archive: MemoryArchive) -> None:
        command = WorkerCommand(sys.executable, PLUGIN_DIRECTORY, worker_settings(anonymize_key=KEY))
        self.log: list[str] = []
        self.pool = WorkerPool(command, count=1, timeout=120, queue_length=1, queue_timeout=1, log=self.log.append)
        settings = Settings(anonymize_key=KEY, answer_cache=0)
        self.service = WadoService(archive, self.pool, settings, self.log.append)

    def __enter__(self) -> Self:
        self.pool.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.close()

    def ask(self, query: Query) -> Answer:
        response = self.service.handle(HttpRequest("GET", query))
        assert self.log == []
        return Answer(response.status, response.headers, hashlib.sha256(bytes(response.body)).hexdigest())


@dataclass(frozen=True, slots=True)
class Made:
    """An answer, once more from another worker, and once more from the same."""

    query: Query
    answers: tuple[Answer, Answer, Answer]


@pytest.fixture(scope="module")
def made() -> dict[str, list[Made]]:
    named = objects()
    asked = [(name, query) for name, item in named.items() for query in queries(item)]
    others, asked_with_others = with_states()
    asked += [("other objects", query) for query in asked_with_others]
    large = large_images()
    asked += [("large", query) for item in large for query in pictures_of_every_size(item)]
    archive = MemoryArchive(*named.values(), *others, *large)
    with ExitStack() as stack:
        one = stack.enter_context(Workers(archive))
        first = [one.ask(query) for _, query in asked]
        with pytest.MonkeyPatch.context() as elsewhere:
            elsewhere.setitem(ENVIRONMENT, "TZ", "Pacific/Kiritimati")  # where it is another day for most of the day
            elsewhere.setitem(ENVIRONMENT, "LC_ALL", "C")
            other = stack.enter_context(Workers(archive))
        second = [other.ask(query) for _, query in reversed(asked)][::-1]
        again = [other.ask(query) for _, query in asked]
    found: dict[str, list[Made]] = {}
    for (name, query), *answers in zip(asked, first, second, again, strict=True):
        found.setdefault(name, []).append(Made(query, (answers[0], answers[1], answers[2])))
    return found


@pytest.mark.parametrize("name", [*objects(), "other objects", "large"])
def test_each_answer_is_the_same_from_any_worker_at_any_time(made: dict[str, list[Made]], name: str) -> None:
    for one in made[name]:
        first, second, again = one.answers
        assert first == second == again, one.query
    assert sum(one.answers[0].status == 200 for one in made[name]) >= 2


def test_each_name_is_of_one_answer(made: dict[str, list[Made]]) -> None:
    """Two that have the same entity tag are the same."""
    by_tag: dict[str, Answer] = {}
    for one in (one for part in made.values() for one in part):
        answer = one.answers[0]
        if answer.status == 200:
            tag = dict(answer.headers)["ETag"]
            assert by_tag.setdefault(tag, answer).digest == answer.digest, one.query
    assert len(by_tag) > 500

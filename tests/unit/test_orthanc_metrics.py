"""The thread that hands metrics over to Orthanc."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator

import pytest

from tests.support.fake_orthanc import FakeOrthanc, MetricsType
from wado.front import orthanc_metrics
from wado.front.metrics import Sample
from wado.front.orthanc_metrics import MetricsPublisher


class NewOrthanc(FakeOrthanc):
    """From Orthanc 1.12.1 on."""

    def SetMetricsIntegerValue(self, name: str, value: int, kind: int) -> None:
        assert type(value) is int and kind == MetricsType.DEFAULT
        self.metrics[name] = value


def ignore(text: str) -> None:
    del text


SAMPLES = (Sample("wado_workers", 2), Sample("wado_sum", 0.5))


def use(monkeypatch: pytest.MonkeyPatch, orthanc: FakeOrthanc) -> FakeOrthanc:
    monkeypatch.setattr(orthanc_metrics, "orthanc", orthanc)
    monkeypatch.setattr(orthanc_metrics, "INTERVAL", 0.01)
    monkeypatch.setattr(orthanc_metrics, "STOP_TIMEOUT", 60.0)
    return orthanc


@pytest.mark.parametrize(("orthanc", "kind"), [(FakeOrthanc(), float), (NewOrthanc(), int)], ids=["old", "new"])
def test_numbers_are_handed_over_as_orthanc_takes_them(
    monkeypatch: pytest.MonkeyPatch, orthanc: FakeOrthanc, kind: type
) -> None:
    use(monkeypatch, orthanc)
    MetricsPublisher(lambda: SAMPLES, ignore).publish()
    assert orthanc.metrics == dict(SAMPLES)
    assert type(orthanc.metrics["wado_workers"]) is kind


def test_orthanc_is_not_called_once_it_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    orthanc = use(monkeypatch, FakeOrthanc())
    began = threading.Event()

    def samples() -> Iterator[Sample]:
        for number in itertools.count():  # it is never done
            yield Sample("wado_number", number)
            began.set()
            time.sleep(0.001)

    publisher = MetricsPublisher(samples, ignore)
    publisher.start()
    assert began.wait(60)
    publisher.stop()
    last = dict(orthanc.metrics)
    assert last["wado_number"] >= 0
    time.sleep(0.05)
    assert orthanc.metrics == last
    assert not publisher._thread.is_alive()


def test_an_end_before_the_start_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, FakeOrthanc())
    MetricsPublisher(lambda: SAMPLES, ignore).stop()


def test_a_fault_is_told_once_without_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, FakeOrthanc())
    told: list[str] = []

    def samples() -> Iterator[Sample]:
        raise RuntimeError("Doe^Jane")

    publisher = MetricsPublisher(samples, told.append)
    publisher.start()
    publisher._thread.join(60)  # it ends by itself
    assert not publisher._thread.is_alive()
    publisher.stop()
    assert told == ["metrics are published no more: RuntimeError"]

"""What the plugin counts, handed to Orthanc for its `/tools/metrics-prometheus`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

import orthanc

from wado.front.metrics import Sample

INTERVAL = 1.0
"""Seconds. Orthanc writes the time of a value's arrival beside it, and Prometheus forgets what is five minutes old: so
all of them are handed over each time, changed or not."""

STOP_TIMEOUT = 5.0


class MetricsPublisher:
    """A thread that hands the samples over, from the time that Orthanc has started until it stops.

    The Python plugin does not pass on Orthanc's own question for fresh values (RegisterRefreshMetricsCallback).
    """

    def __init__(self, samples: Callable[[], Iterable[Sample]], log: Callable[[str], None]) -> None:
        self._samples = samples
        self._log = log
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wado-metrics", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Orthanc is not called any more once this returns."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_TIMEOUT)

    def publish(self) -> None:
        for name, value in self._samples():
            if self._stopping.is_set():
                return
            _set_value(name, value)

    def _run(self) -> None:
        try:
            while not self._stopping.wait(INTERVAL):
                self.publish()
        except Exception as error:  # without metrics, requests go on being answered
            self._log(f"metrics are published no more: {type(error).__name__}")


def _set_value(name: str, value: float) -> None:
    # Whole numbers need Orthanc 1.12.1 and a Python plugin built for it; the others are of 32 bits, which from 2^24 on
    # lose their last digits.
    if isinstance(value, int) and hasattr(orthanc, "SetMetricsIntegerValue"):
        orthanc.SetMetricsIntegerValue(name, value, orthanc.MetricsType.DEFAULT)
    else:
        orthanc.SetMetricsValue(name, float(value), orthanc.MetricsType.DEFAULT)

"""What a worker is told when it starts: the defaults, but for what a test says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wado.job import WorkerSettings
from wado.settings import Settings


def worker_settings(**changes: Any) -> WorkerSettings:
    settings = replace(Settings(), **changes)
    return WorkerSettings(**{name: getattr(settings, name) for name in WorkerSettings.__slots__})

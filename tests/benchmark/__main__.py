"""`make bench`: this plugin beside the DICOMweb plugin's own WADO-URI and Orthanc's own pictures and files.

All of them are in one Orthanc. The figures are medians of rounds in which they take turns, and what counts are ratios:
the machine is in both sides of them. FULL=1 measures every case at every number of connections, and for longer.
Arguments are words of the titles of the sections to measure; then docs/performance.md stays as it is.
"""

from __future__ import annotations

import datetime
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmark.competitors import WITHOUT_CACHES, competition
from tests.benchmark.document import update_document
from tests.benchmark.effort import FULL, SHORT, Effort
from tests.benchmark.files import FILES, TRANSCODED
from tests.benchmark.first_touch import FIRST_TOUCH
from tests.benchmark.floor import FLOOR
from tests.benchmark.frames import FRAMES
from tests.benchmark.machine import describe_machine
from tests.benchmark.pictures import PICTURES
from tests.benchmark.plot import draw_plot
from tests.benchmark.repeated import AGAIN, DRAG, UNCHANGED
from tests.benchmark.reports import REPORTS
from tests.benchmark.results import Result, Section, write_line
from tests.benchmark.soak import Line, soak
from tests.benchmark.states import STATES
from tests.benchmark.workers import WORKERS
from tests.support.orthanc_process import OrthancProcess

COLD: tuple[Section, ...] = (PICTURES, FLOOR, STATES, REPORTS, TRANSCODED, FRAMES, WORKERS)
AS_BY_DEFAULT: tuple[Section, ...] = (FIRST_TOUCH, AGAIN, UNCHANGED, DRAG, FILES)


def chosen(sections: Sequence[Section], words: Sequence[str]) -> list[Section]:
    return [section for section in sections if not words or any(word in section.title.lower() for word in words)]


def measure(orthanc: OrthancProcess, sections: Sequence[Section], effort: Effort) -> Iterator[Result]:
    """Each section's rows, printed as they come."""
    for section in sections:
        start = time.monotonic()
        print(f"\n{section.title}\n{write_line(section.headings)}", flush=True)
        rows = []
        for row in section.measure(orthanc, effort):
            rows.append(row)
            print(write_line(row.texts), flush=True)
        print(f"({time.monotonic() - start:.0f} s)", flush=True)
        yield Result(section, tuple(rows))


def measure_soak() -> Iterator[Line]:
    """A long mixed load on an Orthanc of its own."""
    print("\nA long mixed load", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for line in soak(Path(folder)):
            print(line, flush=True)
            yield line


def main(arguments: list[str]) -> int:
    effort = FULL if os.environ.get("FULL") == "1" else SHORT
    words = [word.lower() for word in arguments]
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder:
        for sections, settings in ((COLD, WITHOUT_CACHES), (AS_BY_DEFAULT, {})):
            with competition(Path(folder), **settings) as orthanc:
                facts = list(describe_machine(orthanc))
                results += measure(orthanc, chosen(sections, words), effort)
    soaked = list(measure_soak()) if effort.is_full and not words else []
    if not words:
        command = "make bench FULL=1" if effort.is_full else "make bench"
        facts += [("command", f"`{command}`"), ("date", f"{datetime.date.today():%Y-%m-%d}")]
        update_document(facts, results, soaked, draw_plot(results))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

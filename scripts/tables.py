"""Writes the tables of README.md and docs/configuration.md out of the code's own: parameters, media types, settings,
metrics.

With `--check` it only says whether they are up to date.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "plugin"))

from wado.front.metrics import METRICS  # noqa: E402  (the path comes first)
from wado.media_types import DEFAULT, OFFERS, Category  # noqa: E402
from wado.request.parameters import PARAMETERS  # noqa: E402
from wado.settings import SETTINGS  # noqa: E402

DESCRIPTIONS = {
    Category.SINGLE_FRAME: "image of one frame, or any image with `frameNumber`",
    Category.MULTI_FRAME: "image of several frames",
    Category.TEXT: "structured report, key object selection",
    **{
        category: f"{category.value} document"
        for category in (
            *(Category.ENCAPSULATED_PDF, Category.ENCAPSULATED_CDA),
            *(Category.ENCAPSULATED_STL, Category.ENCAPSULATED_OBJ, Category.ENCAPSULATED_MTL),
        )
    },
    Category.OTHER: "everything else",
}


def parameters_table() -> Iterator[str]:
    yield "| parameter | value | section |"
    yield "|---|---|---|"
    for parameter in PARAMETERS:
        yield f"| `{parameter.name}` | {parameter.meaning} | {parameter.clause} |"


def media_types_table() -> Iterator[str]:
    yield "| object | media types, the default first |"
    yield "|---|---|"
    for category, offers in OFFERS.items():
        others = [offer for offer in offers if offer != DEFAULT[category]]
        ordered = (DEFAULT[category], *others)
        cells = [f"`{offer}`" for offer in ordered]
        yield f"| {DESCRIPTIONS[category]} | {', '.join(cells)} |"


def settings_table() -> Iterator[str]:
    defaults = json.loads((ROOT / "orthanc.json").read_text(encoding="utf-8"))["Wado"]
    yield "| setting | default | takes | what it is |"
    yield "|---|---|---|---|"
    for setting in SETTINGS:
        yield f"| `{setting.name}` | `{json.dumps(defaults[setting.name])}` | {setting.takes} | {setting.meaning} |"


def metrics_table() -> Iterator[str]:
    yield "| metric | labels | what it is |"
    yield "|---|---|---|"
    for metric in METRICS:
        yield f"| `{metric.name}` | {metric.labels} | {metric.meaning} |"


TABLES = (
    ("README.md", "parameters", parameters_table),
    ("README.md", "media types", media_types_table),
    ("docs/configuration.md", "settings", settings_table),
    ("docs/configuration.md", "metrics", metrics_table),
)


def with_tables(name: str, text: str) -> str:
    """The document's text with each of its tables between the two comments that name it."""
    for document, title, table in TABLES:
        if document == name:
            begin, end = f"<!-- {title} -->\n", f"<!-- end of {title} -->"
            before, _, rest = text.partition(begin)
            _, _, after = rest.partition(end)
            text = before + begin + "".join(f"{line}\n" for line in table()) + end + after
    return text


def main(arguments: list[str]) -> int:
    outdated = 0
    for name in dict.fromkeys(name for name, _, _ in TABLES):
        path = ROOT / name
        text = path.read_text(encoding="utf-8")
        if (new := with_tables(name, text)) != text:
            outdated += 1
            if arguments == ["--check"]:
                print(f"{name} is not what scripts/tables.py writes: run make format")
            else:
                path.write_text(new, encoding="utf-8")
    return outdated if arguments == ["--check"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

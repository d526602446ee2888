"""Schemas for what is written as XML, of the project's own writing after the standards' content models."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

_DIRECTORY = Path(__file__).parent / "schemas"


@cache
def _schema(name: str) -> Any:
    return etree.RelaxNG(etree.parse(str(_DIRECTORY / f"{name}.rng")))


def parse_valid(document: str | bytes, schema_name: str) -> Any:
    """The root element of a document that keeps to the schema."""
    root = parse(document)
    schema = _schema(schema_name)
    assert schema.validate(root), schema.error_log.last_error
    return root


def parse(document: str | bytes) -> Any:
    """In text, the encoding that the document declares is that of its bytes elsewhere."""
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False)
    return etree.fromstring(document.encode() if isinstance(document, str) else document, parser)


def words_of(element: Any) -> str:
    """The text of an element with its line breaks."""
    for line_break in element.iter("{*}br"):
        line_break.text = "\n"
    return "".join(element.itertext())

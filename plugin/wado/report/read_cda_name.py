"""A name in a CDA document's header as it is read (HL7 data types PN and ON: text, and parts among it in any order)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wado.dicom.person_name import write_group

_PARTS = ("family", "given", "prefix", "suffix")
_SPACE = re.compile(r"\s+")
_BEFORE_PUNCTUATION = re.compile(r" (?=[,.;])")
_WITHOUT_COMMA = frozenset({"IDE", "SYL"})
"""EntityNameUse of what DICOM calls the ideographic and the phonetic component group."""

_IDEOGRAPHIC = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]")
"""Letters of languages in which the family name goes first, and no comma after it."""


class Name:
    """Handlers for the elements and the text within a `name`."""

    def __init__(self, use: str) -> None:
        self._is_ideographic = not _WITHOUT_COMMA.isdisjoint(use.split())
        self._pieces: list[tuple[str, str]] = []
        self._part = ""

    def start(self, element: str) -> None:
        self._part = element
        self._pieces.append((element, ""))

    def end(self) -> None:
        self._part = ""
        self._pieces.append(("", ""))

    def data(self, text: str) -> None:
        if self._pieces and self._pieces[-1][0] == self._part:
            self._pieces[-1] = (self._part, self._pieces[-1][1] + text)
        else:
            self._pieces.append((self._part, text))

    def written(self) -> str:
        """Family name first, as reports have it; what is not in parts alone, in the order of the document."""
        pieces = [(part, text) for part, text in ((part, _trimmed(text)) for part, text in self._pieces) if text]
        if not pieces or any(part not in _PARTS for part, _ in pieces):
            return _BEFORE_PUNCTUATION.sub("", " ".join(text for _, text in pieces))
        family, given, prefix, suffix = (_joined(pieces, part) for part in _PARTS)
        is_ideographic = self._is_ideographic or _IDEOGRAPHIC.search(family + given) is not None
        return write_group((family, given, "", prefix, suffix), int(is_ideographic))


def _joined(pieces: Sequence[tuple[str, str]], part: str) -> str:
    return " ".join(text for name, text in pieces if name == part)


def _trimmed(text: str) -> str:
    return _SPACE.sub(" ", text).strip()

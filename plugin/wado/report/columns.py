"""Text in columns of a terminal: its width there, and lines of at most so many columns (Unicode Annexes 11 and 14)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_WIDE = frozenset({"W", "F"})
_WITHOUT_WIDTH = frozenset({"Mn", "Me", "Cf"})
_FIRST_MARK = "\N{COMBINING GRAVE ACCENT}"
_SOFT_HYPHEN = "\N{SOFT HYPHEN}"
_TAB = "        "


def width_of(text: str) -> int:
    """Columns that the text takes: two for a wide character, none for a mark above or below another one."""
    if text.isascii() or (max(text) < _FIRST_MARK and _SOFT_HYPHEN not in text):
        return len(text)
    return sum(map(_character_width, text))


def pad(text: str, width: int) -> str:
    return text + " " * max(0, width - width_of(text))


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns (at least 2); its own line ends stay, and its spaces if it fits."""
    lines: list[str] = []
    for line in text.expandtabs(len(_TAB)).split("\n"):
        if width_of(line) <= width:
            lines.append(line.rstrip(" "))
        else:
            lines += _wrap_line(line, width)
    return lines


def _wrap_line(line: str, width: int) -> Iterator[str]:
    current, used = "", 0
    for piece in _pieces(line, width):
        needed = width_of(piece)
        if used and used + width_of(piece.rstrip(" ")) > width:
            yield current.rstrip(" ")
            current, used = "", 0
            piece = piece.lstrip(" ")
            needed = width_of(piece)
        current += piece
        used += needed
    yield current.rstrip(" ")


_WORDS = re.compile(r"\S+\s*|\s+")


def _pieces(line: str, width: int) -> Iterator[str]:
    """What is not cut: words with the spaces after them; wide characters each; of a long word what fits."""
    for match in _WORDS.finditer(line):
        word = match[0]
        if width_of(word.rstrip()) <= width and not any(map(_is_wide, word)):
            yield word
        else:
            yield from _characters(word)


def _characters(word: str) -> Iterator[str]:
    """Each character with the marks that go with it."""
    cluster = ""
    for character in word:
        if cluster and _character_width(character):
            yield cluster
            cluster = ""
        cluster += character
    yield cluster


def _is_wide(character: str) -> bool:
    return _character_width(character) > 1


@lru_cache(maxsize=8192)
def _character_width(character: str) -> int:
    if unicodedata.category(character) in _WITHOUT_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1

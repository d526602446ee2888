"""Text as it can be printed: in the fonts that there are, in its own direction, and with places to break it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wado.annotation.fonts import is_in_a_font
from wado.errors import Unimplemented

FAMILIES = ("DejaVu Sans", "Loma", "Droid Sans Fallback")
"""The families of `wado.annotation.fonts.FONTS`."""

MOST_WITHOUT_GLYPH = 100
"""Characters that no font has, beyond which a document of their numbers could not be read."""

LONGEST_PARAGRAPH = 4000
"""Characters that are laid out together."""

_LAYOUT = {"\t": "    ", "\v": "\n", "\f": "\n", "\r": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"}
_SPECIAL = re.compile(r"[^\n -~\xa1-\xac\xae-\xff]")
"""What may need a font of its own, or a word on its meaning: all but printable Latin-1."""

_LONG_WORD = re.compile(r"[!-~\xa1-\u052f]{21,}")
_PIECE = 8

_ISOLATE, _END = "\u2068", "\u2069"
_FROM_THE_RIGHT = frozenset({"R", "AL", "AN", "RLE", "RLO", "LRE", "LRO", "PDF"})
_MAY_BE_FROM_THE_RIGHT = re.compile("[\u0590-\u08ff\u200f\u202a-\u202e\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff"
                                    "\U0001e800-\U0001efff]")  # fmt: skip


@dataclass(slots=True)
class Legible:
    """Writes a character that no font has by its number, and keeps count of them."""

    missing: int = 0

    def write(self, text: str) -> str:
        return _SPECIAL.sub(self._write_special, text)

    def warnings(self) -> tuple[str, ...]:
        if not self.missing:
            return ()
        return (f"{self.missing} characters are written by their numbers, as U+0000: no font of this server has them",)

    def _write_special(self, match: re.Match[str]) -> str:
        character = match[0]
        if character in _LAYOUT:
            return _LAYOUT[character]
        if is_in_a_font(character):
            return character
        self.missing += 1
        if self.missing > MOST_WITHOUT_GLYPH:
            message = "the report has characters that no font of this server has; Debian's fonts-noto has more"
            raise Unimplemented(message, parameter="contentType", clause="7.3.2")
        return f"[U+{ord(character):04X}]"


def isolate(text: str, *, always: bool = False) -> str:
    """The text so that its direction does not reorder what is around it (Unicode Standard Annex 9, 2.4.2).

    Without any letter from the right, in a line from the left, that is the text itself.
    """
    is_needed = always or _MAY_BE_FROM_THE_RIGHT.search(text)
    return f"{_ISOLATE}{text}{_END}" if text and is_needed else text


def split_into_paragraphs(text: str) -> list[str]:
    """The text in parts of a length that is laid out in a time and memory that grow no faster than the text.

    Parts end at the end of a line or a word, if there is one. What people write is one part.
    """
    parts: list[str] = []
    start = 0
    while len(text) - start > LONGEST_PARAGRAPH:
        end = start + LONGEST_PARAGRAPH
        newline, space = text.rfind("\n", start, end), text.rfind(" ", start, end)
        end = max(newline, space) + 1 or end
        parts.append(text[start:end])
        start = end
    return [*parts, text[start:]]


def split_long_words(text: str) -> list[str]:
    """Pieces between which a line may end where it must: those of words that are longer than a line may be."""
    pieces: list[str] = []
    end = 0
    for match in _LONG_WORD.finditer(text):
        pieces.append(text[end : match.start()])
        pieces += (match[0][start : start + _PIECE] for start in range(0, len(match[0]), _PIECE))
        end = match.end()
    pieces.append(text[end:])
    return [piece for piece in pieces if piece]

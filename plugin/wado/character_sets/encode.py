"""Documents as bytes, in the first character set that a client takes and that holds all of their characters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from wado.character_sets.names import CharacterSet, find_character_set
from wado.errors import NotAcceptable

Reference = Callable[[str], str]
"""How a document writes one character that its character set does not hold."""

SAME_TO_READ = {"\N{NO-BREAK SPACE}": " ", "\N{NON-BREAKING HYPHEN}": "-"}
"""What plain text may write instead: lines may break elsewhere, and nothing else is lost."""

SHIFTS = frozenset("\x0e\x0f\x1b")
"""What a text in a set of ISO 2022 changes its sets by: the codecs of some take these characters for that."""


def html_reference(character: str) -> str:
    """For HTML and XML: a numeric character reference."""
    return f"&#x{ord(character):X};"


def rtf_reference(character: str) -> str:
    """For RTF: its UTF-16 code units as signed numbers, each with one character for readers that know no Unicode."""
    units = character.encode("utf-16-le")
    numbers = (int.from_bytes(units[start : start + 2], "little", signed=True) for start in range(0, len(units), 2))
    return "".join(f"\\u{number}?" for number in numbers)


def encode(text: str, names: Sequence[str], reference: Reference | None = None) -> tuple[str, bytes]:
    """The name of the character set that was taken, and the text in it.

    `names` are acceptable ones in order of preference. With `reference`, the first of them is taken, whatever the
    text: what it does not hold is written so. Without, raises `NotAcceptable` if none holds all of the text.
    """
    known = [character_set for character_set in map(find_character_set, names) if character_set]
    doubtful = tuple(character for character in _different(text) if character in SHIFTS or not character.isascii())
    for character_set in known:
        missing = [character for character in doubtful if not holds(character_set, character)]
        if not missing:
            return character_set.name, text.encode(character_set.codec)
        if reference or SAME_TO_READ.keys() >= set(missing):
            write = reference or SAME_TO_READ.__getitem__
            written = text.translate({ord(character): write(character) for character in missing})
            return character_set.name, written.encode(character_set.codec)
    raise NotAcceptable(
        f"the text has characters that {' and '.join(row.name for row in known)} cannot hold; charset=UTF-8 has all",
        parameter="charset",
        clause="8.1.6",
    )


def _different(text: str) -> Iterable[str]:
    """The characters that sets may lack, each once, and perhaps others."""
    return [shift for shift in SHIFTS if shift in text] if text.isascii() else set(text)


def holds(character_set: CharacterSet, character: str) -> bool:
    """Whether the character comes back out of the set as it went in: codecs take some for their likes."""
    return character_set.codec == "utf-8" or _goes_round(character_set.codec, character)


@lru_cache(maxsize=1 << 14)
def _goes_round(codec: str, character: str) -> bool:
    try:
        return character.encode(codec).decode(codec) == character
    except UnicodeError:
        return False

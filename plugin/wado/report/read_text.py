"""Stored characters as text: none is lost, what cannot be decoded or shown is made visible."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

from pydicom.charset import convert_encodings, decode_bytes

ESCAPE = b"\x1b"
UNDECODABLE = "\N{REPLACEMENT CHARACTER}"

_CONTROL_PICTURES = 0x2400
_UNSEEN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n|[\r\f\x0b\x85\u2028\u2029]")
_NUMBER_OF_C0_CODES = 0x20


def decode(content: bytes, character_set: bytes, *, is_name: bool = False) -> str:
    """The characters of a value in the Specific Character Set, as stored; bytes that are none are shown as `\\xE9`."""
    if content.isascii() and ESCAPE not in content:
        return content.decode("ascii")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            delimiters = {0x0A, 0x0C, 0x0D, 0x09, 0x5C} | ({0x5E, 0x3D} if is_name else set())
            return decode_bytes(content, _encodings(character_set), delimiters)
    except Exception:  # whatever pydicom and the codecs raise; a warning too means that something was lost
        return content.decode("ascii", "backslashreplace")


def legible(text: str) -> str:
    """The text with its line ends as newlines, and signs for what nobody would see."""
    if text.isprintable():
        return text
    return _UNSEEN.sub(_made_visible, _LINE_ENDS.sub("\n", text))


@lru_cache(maxsize=64)
def _encodings(character_set: bytes) -> list[str]:
    terms = character_set.decode("ascii", "replace").strip("\0 ").split("\\")
    return list(convert_encodings([term.strip() for term in terms]))


def _made_visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(_CONTROL_PICTURES + code) if code < _NUMBER_OF_C0_CODES else UNDECODABLE

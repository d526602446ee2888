"""Text made legible: what nobody would see is shown."""

from __future__ import annotations

import re

UNDECODABLE = "\N{REPLACEMENT CHARACTER}"

_CONTROL_PICTURES = 0x2400
_UNSEEN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n|[\r\f\x0b\x85\u2028\u2029]")
_NUMBER_OF_C0_CODES = 0x20


def legible(text: str) -> str:
    """The text with its line ends as newlines, and signs for what nobody would see."""
    if text.isprintable():
        return text
    return _UNSEEN.sub(_made_visible, _LINE_ENDS.sub("\n", text))


def _made_visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(_CONTROL_PICTURES + code) if code < _NUMBER_OF_C0_CODES else UNDECODABLE

"""Text in XML 1.0: what has a meaning there is escaped, and what it cannot hold is made visible."""

from __future__ import annotations

import re

_SPECIAL = re.compile('[&<>"\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]')
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#xD;"}
_NOT_PRINTABLE = re.compile("[^\x20-\x7e]")
_LINE_ENDS = re.compile("[\t\n]")
_CONTROL_PICTURES = 0x2400
_NUMBER_OF_C0_CODES = 0x20
_UNREPRESENTABLE = "\N{REPLACEMENT CHARACTER}"


def escape(text: str) -> str:
    """For the content of an element.

    Characters that no XML 1.0 document can hold, not even by reference (section 2.2), are shown as their control
    pictures, U+2400 and following, or as U+FFFD. A carriage return is a reference, or parsers would take it for a
    line's end (2.11).
    """
    return _SPECIAL.sub(_escaped, text)


def escape_attribute(text: str) -> str:
    """For the value of an attribute in double quotes, in which parsers take white space for spaces (3.3.3)."""
    return _LINE_ENDS.sub(lambda match: f"&#x{ord(match[0]):X};", escape(text))


def comment(text: str) -> str:
    """A comment of ASCII: in it there are no references."""
    printable = _NOT_PRINTABLE.sub("?", text)
    return f"<!-- {printable.replace('--', '- -').replace('--', '- -')} -->"


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    return chr(_CONTROL_PICTURES + code) if code < _NUMBER_OF_C0_CODES else _UNREPRESENTABLE

"""Whether coded data end in text: what decoders leave unread often lies behind the last bits of a picture."""

from __future__ import annotations

from wado.image.codecs import CodestreamError

_PRINTABLE = bytes(range(0x20, 0x7F))
LEAST_TEXT = 16
"""Bytes: coded data end in so many printable ones by chance once in 10 million times."""
_LEAST_LETTERS = 8
"""Different ones that make a text of bytes which are printable by chance, such as those of a plain area."""


class TextError(CodestreamError):
    """Text stands where no decoder looks."""


def ends_in_text(data: bytes, shortest: int = LEAST_TEXT) -> bool:
    """Of so many printable bytes or more, of different ones at least 8, or half of the shortest."""
    text = data[len(data.rstrip(_PRINTABLE)) :]
    return len(text) >= shortest and len(set(text)) >= min(_LEAST_LETTERS, shortest // 2)

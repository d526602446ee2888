"""One parser per kind of value. Each takes the text of a parameter and raises `ValueError` saying what it must be."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from wado.request.model import MediaRange, WeightedCharset

AS_STORED = "*"
MOST_TRANSFER_SYNTAXES = 100
"""As many as a job has room for; the standard asks for one (8.2.11)."""

ANNOTATIONS = ("patient", "technique")

_UID = re.compile(r"[0-9]+(\.[0-9]+)*")
_INTEGER = re.compile(r"[+-]?[0-9]{1,12}")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CHARSET = re.compile(r"[!#$%&'*+.^_`|~:0-9A-Za-z-]+|ISO_IR [0-9]{1,3}|ISO 2022 IR [0-9]{1,3}", re.IGNORECASE)
"""As IANA registers them, some with a colon, or as DICOM names them (8.1.6, Note 1)."""

_QUALITY = re.compile(r"0?\.[0-9]{1,3}|0\.?|1(\.0{0,3})?")  # without its zero is how Java's URLConnection sends it


def parse_request_type(text: str) -> str:
    if text != "WADO":
        raise ValueError("must be WADO")
    return text


def parse_uid(text: str) -> str:
    """A UID of PS3.5 section 9.1. Leading zeros of a component are let pass: stored objects have them."""
    if len(text) > 64 or not _UID.fullmatch(text):
        raise ValueError("must be a UID: digits and full stops, at most 64 characters")
    return text


def parse_transfer_syntaxes(text: str) -> tuple[str, ...]:
    uids = tuple(item if item == AS_STORED else parse_uid(item) for item in _items(text))
    if not 1 <= len(uids) <= MOST_TRANSFER_SYNTAXES:
        raise ValueError(f"must be 1 to {MOST_TRANSFER_SYNTAXES} UIDs of transfer syntaxes, or *")
    return uids


def parse_integer(text: str) -> int:
    """An integer string, IS, of PS3.5 section 6.2."""
    if not _INTEGER.fullmatch(text):
        raise ValueError("must be an integer")
    return int(text)


def parse_size(text: str) -> int:
    size = parse_integer(text)
    if size < 1:
        raise ValueError("must be 1 or more")
    return size


def parse_quality(text: str) -> int:
    quality = parse_integer(text)
    if not 1 <= quality <= 100:
        raise ValueError("must be 1 to 100")
    return quality


def parse_decimal(text: str) -> float:
    """A decimal string, DS, of PS3.5 section 6.2; browsers send longer ones than its 16 characters, which are taken."""
    # An unescaped plus sign arrives as a space (Annex A): 1e+3.
    text = text.replace(" ", "+")
    number = float(text) if len(text) <= 64 and _DECIMAL.fullmatch(text) else math.inf
    if not math.isfinite(number):
        raise ValueError("must be a decimal number")
    return number


def parse_width(text: str) -> float:
    width = parse_decimal(text)
    if width <= 0:
        raise ValueError("must be greater than 0")
    return width


def parse_region(text: str) -> tuple[float, float, float, float]:
    items = list(_items(text))
    if len(items) != 4:
        raise ValueError("must be four decimal numbers: left, top, right, bottom")
    left, top, right, bottom = (parse_decimal(item) for item in items)
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise ValueError("must be left, top, right, bottom between 0 and 1, left before right and top before bottom")
    return left, top, right, bottom


def parse_annotation(text: str) -> tuple[str, ...]:
    items = tuple(dict.fromkeys(_items(text)))
    if not items or not set(items) <= set(ANNOTATIONS):
        raise ValueError("must be patient, technique, or both separated by a comma")
    return items


def parse_anonymize(text: str) -> bool:
    if text != "yes":
        raise ValueError("must be yes")
    return True


def parse_content_types(text: str) -> tuple[MediaRange, ...]:
    """The contentType parameter: media types by the grammar of the Accept field, none of them malformed."""
    ranges = tuple(_parse_media_range(item) for item in _items(text))
    if not ranges:
        raise ValueError("must be a list of media types")
    if any(name in ("transfer-syntax", "charset") for range_ in ranges for name, _ in range_.parameters):
        raise ValueError("must not carry transfer-syntax or charset; the parameters transferSyntax and charset do that")
    return ranges


def parse_accept(text: str) -> tuple[MediaRange, ...]:
    """The Accept field. What is malformed in it is passed over: people cannot choose what their browser sends."""
    ranges = []
    for item in _items(text):
        try:
            ranges.append(_parse_media_range(item))
        except ValueError:
            continue
    return tuple(ranges)


def parse_charsets(text: str) -> tuple[WeightedCharset, ...]:
    charsets = tuple(_parse_charset(item) for item in _items(text))
    if not charsets:
        raise ValueError("must be a list of character sets")
    return charsets


def parse_accept_charset(text: str) -> tuple[WeightedCharset, ...]:
    """The Accept-Charset field. What is malformed in it is passed over, as in the Accept field."""
    charsets = []
    for item in _items(text):
        try:
            charsets.append(_parse_charset(item))
        except ValueError:
            continue
    return tuple(charsets)


def _items(text: str) -> Iterator[str]:
    """The items of a list separated by commas; empty ones do not count (RFC 9110 section 5.6.1)."""
    return filter(None, (item.strip() for item in text.split(",")))


def _parse_media_range(text: str) -> MediaRange:
    essence, *rest = (part.strip() for part in text.split(";"))
    # A lone * is what Java's URLConnection sends; a space was an unescaped plus sign (Annex A).
    essence = "*/*" if essence == "*" else essence.replace(" ", "+").lower()
    type_, slash, subtype = essence.partition("/")
    if not (slash and _TOKEN.fullmatch(type_) and _TOKEN.fullmatch(subtype)) or (type_ == "*" and subtype != "*"):
        raise ValueError("must be a list of media types such as image/jpeg")
    parameters, quality = _parse_parameters(rest)
    return MediaRange(type_, subtype, parameters, quality)


def _parse_charset(text: str) -> WeightedCharset:
    name, *rest = (part.strip() for part in text.split(";"))
    if not _CHARSET.fullmatch(name):
        raise ValueError("must be a list of character sets such as UTF-8")
    _, quality = _parse_parameters(rest)
    return WeightedCharset(name, quality)


def _parse_parameters(parts: list[str]) -> tuple[tuple[tuple[str, str], ...], float]:
    parameters: list[tuple[str, str]] = []
    quality = 1.0
    for part in filter(None, parts):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if name.lower() != "q":
            parameters.append((name.lower(), value.strip('"')))
        elif equals and _QUALITY.fullmatch(value):
            quality = float(value)
        else:
            raise ValueError("must have q-values between 0 and 1 with at most three decimals")
    return tuple(parameters), quality

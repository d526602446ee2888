"""How lines, areas and texts are to look (PS3.3 Tables C.10-5a to C.10-5c).

A style is optional, and so is each part of one: what is absent is as it would be without the style. So is what is
malformed, but for colours.
"""

from __future__ import annotations

from pydicom.dataset import Dataset

from wado.dicom.values import decimals, integer, items, text, values_of
from wado.presentation.cielab import from_cielab
from wado.presentation.graphic_model import (
    Color,
    FillStyle,
    Horizontal,
    LineStyle,
    Paint,
    Shadow,
    TextStyle,
    Vertical,
)
from wado.presentation.values import unsound

HIGHEST = 0xFFFF
"""Of each of the three values of a CIELab colour."""
PATTERN_BYTES = 128
PATTERN_BITS = 32


def read_line_style(item: Dataset) -> LineStyle | None:
    for style in items(item, "LineStyleSequence")[:1]:
        thickness = [value for value in decimals(style, "LineThickness")[:1] if value > 0.0]
        return LineStyle(
            on=_read_paint(style, "On"),
            off=_read_paint(style, "Off") if "PatternOffColorCIELabValue" in style else None,
            thickness=thickness[0] if thickness else None,
            pattern=_read_line_pattern(style),
            shadow=_read_shadow(style),
        )
    return None


def read_fill_style(item: Dataset) -> FillStyle | None:
    for style in items(item, "FillStyleSequence")[:1]:
        pattern = next(iter(values_of(style, "FillPattern")), b"")
        is_stippled = text(style, "FillMode") == "STIPPELED" and isinstance(pattern, bytes)
        return FillStyle(
            on=_read_paint(style, "On"),
            off=_read_paint(style, "Off") if "PatternOffColorCIELabValue" in style else None,
            pattern=pattern if is_stippled and len(pattern) == PATTERN_BYTES else None,
        )
    return None


def read_text_style(item: Dataset) -> TextStyle | None:
    """All of it but the font's name, which is not followed: what it names is not at hand here."""
    for style in items(item, "TextStyleSequence")[:1]:
        return TextStyle(
            color=_read_color(style, "TextColorCIELabValue"),
            horizontal=Horizontal.__members__.get(text(style, "HorizontalAlignment")),
            vertical=Vertical.__members__.get(text(style, "VerticalAlignment")),
            is_bold=text(style, "Bold") == "Y",
            is_italic=text(style, "Italic") == "Y",
            is_underlined=text(style, "Underlined") == "Y",
            shadow=_read_shadow(style),
        )
    return None


def _read_paint(style: Dataset, which: str) -> Paint:
    return Paint(_read_color(style, f"Pattern{which}ColorCIELabValue"), _read_opacity(style, f"Pattern{which}Opacity"))


def _read_opacity(style: Dataset, keyword: str) -> float:
    opacity = [*decimals(style, keyword)[:1], 1.0][0]
    return min(max(opacity, 0.0), 1.0)


def _read_line_pattern(style: Dataset) -> int | None:
    """32 bits. The standard's example, 00FFH for dashes as long as the gaps, is one of 16: those are taken twice."""
    pattern = integer(style, "LinePattern", 0)
    if text(style, "LineDashingStyle") != "DASHED" or not 0 < pattern < 1 << PATTERN_BITS:
        return None
    half = PATTERN_BITS // 2
    return pattern | pattern << half if pattern < HIGHEST else pattern


def _read_shadow(style: Dataset) -> Shadow | None:
    kind = text(style, "ShadowStyle")
    if kind not in ("NORMAL", "OUTLINED"):
        return None
    x, y = ([*decimals(style, keyword)[:1], 1.0][0] for keyword in ("ShadowOffsetX", "ShadowOffsetY"))
    color = _read_color(style, "ShadowColorCIELabValue") or (0, 0, 0)
    return Shadow(kind == "OUTLINED", (x, y), color, _read_opacity(style, "ShadowOpacity"))


def _read_color(style: Dataset, keyword: str) -> Color | None:
    """None where the style has none. Raises `BadRequest` where it has a malformed one: a colour may be what matters."""
    values = values_of(style, keyword)
    if not values:
        return None
    if len(values) != 3 or not all(isinstance(value, int) and 0 <= value <= HIGHEST for value in values):
        raise unsound(keyword)
    return from_cielab(*values)

"""The system's fonts: which of them has a character, and a line of text cut into runs of one font each."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

from PIL import ImageFont, features

from wado.errors import InternalError, Unimplemented, WadoError

FOLDERS = ("/usr/share/fonts", "/usr/share/fonts-droid-fallback", "/usr/local/share/fonts")


@dataclass(frozen=True, slots=True)
class Font:
    """A font file, the Debian package that brings it, and the smallest size in which its letters are told apart."""

    file_name: str
    package: str
    smallest_size: int = 12


FONTS = (
    Font("DejaVuSans.ttf", "fonts-dejavu-core", 9),
    Font("Loma.ttf", "fonts-tlwg-loma-ttf", 9),
    Font("DroidSansFallback.ttf", "fonts-droid-fallback"),
    Font("DroidSansFallbackFull.ttf", "fonts-droid-fallback"),
)
"""Latin, Greek, Cyrillic, Hebrew and Arabic; Thai; Korean, Japanese and Chinese; rarer Chinese. The first that has a
character is taken, and after them any Noto Sans that the system has."""

NOTO_SANS = "NotoSans*-Regular.*"
LAYOUT_LIBRARY = "libfribidi0"
_PROBE_SIZE = 24
_NO_CHARACTER = "\uffff"


@dataclass(frozen=True, slots=True)
class Run:
    text: str
    font: Font


@lru_cache(maxsize=1024)
def split_into_runs(text: str, fonts: tuple[Font, ...] = FONTS) -> tuple[Run, ...]:
    """Runs in the order of writing: one, if one font has all of the text. Raises if no font has a character."""
    clusters = split_into_clusters(text)
    for font in _present(fonts):
        if all(has_glyphs(font, cluster) for cluster in clusters):
            return (Run(text, font),)
    chosen: list[Font] = []
    for cluster in clusters:
        chosen.append(_font_for(cluster, chosen[-1] if chosen else None, fonts))
    groups = groupby(zip(chosen, clusters, strict=True), key=lambda pair: pair[0])
    return tuple(Run("".join(cluster for _, cluster in group), font) for font, group in groups)


def split_into_clusters(text: str) -> list[str]:
    """Each character with the marks that belong to it."""
    clusters: list[str] = []
    for character in text:
        if clusters and (_is_mark(character) or _is_ignorable(character)):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def has_glyphs(font: Font, cluster: str) -> bool:
    return all(_is_ignorable(character) or _has_glyph(font, character) for character in cluster)


def is_in_a_font(character: str) -> bool:
    """Whether any font of the system that is used here has the character."""
    return any(has_glyphs(font, character) for font in (*_present(FONTS), *_noto_fonts()))


@lru_cache(maxsize=64)
def load(font: Font, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_files()[font.file_name], size, layout_engine=ImageFont.Layout.RAQM)


def check_layout_library() -> None:
    """Without it, Arabic would stand in its unjoined letters and Hebrew backwards."""
    if not features.check("raqm") or not features.check("fribidi"):
        message = f"text cannot be laid out on this system: the Debian package {LAYOUT_LIBRARY} is missing"
        raise InternalError(message, parameter="annotation")


def _font_for(cluster: str, previous: Font | None, fonts: tuple[Font, ...]) -> Font:
    """The first font that has the cluster; what is no letter stays in the font of what it follows."""
    if previous and not cluster[0].isalnum() and has_glyphs(previous, cluster):
        return previous
    for font in (*_present(fonts), *_noto_fonts()):
        if has_glyphs(font, cluster):
            return font
    raise _no_font(fonts)


def _no_font(fonts: tuple[Font, ...]) -> WadoError:
    missing = sorted({font.package for font in fonts if not is_present(font)})
    if missing:
        message = f"fonts are missing on this system: the Debian packages {', '.join(missing)}"
        return InternalError(message, parameter="annotation")
    message = "the object has characters that no font of this system has; Debian's fonts-noto has more"
    return Unimplemented(message, parameter="annotation")


def is_present(font: Font) -> bool:
    return font.file_name in _files()


@cache
def _files() -> dict[str, Path]:
    """The system's font files by their names."""
    return {path.name: path for folder in FOLDERS for path in sorted(Path(folder).rglob("*.[ot]t[cf]"))}


@cache
def _present(fonts: tuple[Font, ...]) -> tuple[Font, ...]:
    return tuple(font for font in fonts if is_present(font))


@cache
def _noto_fonts() -> tuple[Font, ...]:
    return tuple(Font(name, "fonts-noto") for name in sorted(_files()) if fnmatch(name, NOTO_SANS))


@lru_cache(maxsize=16384)
def _has_glyph(font: Font, character: str) -> bool:
    """Whether the font draws the character otherwise than one that it cannot have."""
    return _drawn(font, character) != _missing_glyph(font)


@cache
def _missing_glyph(font: Font) -> tuple[tuple[int, int], bytes]:
    return _drawn(font, _NO_CHARACTER)


def _drawn(font: Font, character: str) -> tuple[tuple[int, int], bytes]:
    mask = _probe(font).getmask(character)
    return mask.size, bytes(mask)


@cache
def _probe(font: Font) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_files()[font.file_name], _PROBE_SIZE, layout_engine=ImageFont.Layout.BASIC)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Mc", "Me")


def _is_ignorable(character: str) -> bool:
    """Joiners, direction marks and variation selectors, which have no glyph of their own."""
    is_selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return is_selector or unicodedata.category(character) == "Cf"

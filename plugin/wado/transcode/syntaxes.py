"""The transfer syntaxes that pixels can be encoded in: which pixels each can hold, and what becomes of them.

What a row holds is what the tables of PS3.5 section 8.2 allow, as far as the encoder and the usual readers go with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from wado.image import compress
from wado.image.codecs import DEFLATED_IMAGE_FRAME, ENCAPSULATED_UNCOMPRESSED, RLE_LOSSLESS
from wado.image.compress import COLOR_LOSSLESS_QUALITY, LOSSLESS_QUALITY, FrameEncoder, LossyEncoder

_JPEG = "1.2.840.10008.1.2.4."
JPEG_BASELINE, JPEG_EXTENDED = f"{_JPEG}50", f"{_JPEG}51"
JPEG_XL_RECOMPRESSION = f"{_JPEG}111"

_NEVER = 101
"""Above every quality: a codec that always loses something."""

GREY = ("MONOCHROME1", "MONOCHROME2")
PALETTE = (*GREY, "PALETTE COLOR")
COLOR = ("RGB", "YBR_FULL")


class Depth(Enum):
    """What Bits Stored become, since a lossy codec may give back values beyond those that it was given."""

    AS_STORED = "as stored"
    OF_CELL = "Bits Allocated"
    OF_12 = "12, or 8 of 8"


@dataclass(frozen=True, slots=True)
class PixelSyntax:
    """A transfer syntax and its encoder.

    `photometric_interpretations` are those that it holds, `becomes` what some are called in it, `becomes_losing` where
    something is lost; `bits_allocated` are those of grey pixels, `color_bits_allocated` those of coloured ones,
    `ybr_bits_allocated` those of YBR_FULL where they are others; `least_bits_stored` and `most_bits_stored` bound the
    values. `encode_lossy` is tried first where something may be lost, and `encode` takes the frames that it leaves;
    where there is none, `encode` itself loses something if the transfer syntax does. `keeps_cells` tells that every bit
    of a cell comes back, also those that no stored value uses. `method` is the Lossy Image Compression Method (PS3.3
    C.7.6.1.1.5.1) of one that loses something, at least below the quality `lossless_from`, or `color_lossless_from` in
    colour.
    """

    encode: FrameEncoder
    name: str
    photometric_interpretations: tuple[str, ...]
    becomes: Mapping[str, str] = field(default_factory=dict)
    becomes_losing: Mapping[str, str] | None = None
    bits_allocated: tuple[int, ...] = (8, 16)
    color_bits_allocated: tuple[int, ...] = (8, 16)
    ybr_bits_allocated: tuple[int, ...] | None = None
    least_bits_stored: int = 1
    most_bits_stored: int = 16
    holds_signed: bool = True
    keeps_cells: bool = False
    may_be_by_plane: bool = False
    encode_lossy: LossyEncoder | None = None
    method: str | None = None
    lossy_depth: Depth = Depth.AS_STORED
    lossless_from: int = LOSSLESS_QUALITY
    color_lossless_from: int = _NEVER

    def is_lossy_at(self, quality: int, *, is_color: bool) -> bool:
        lossless_from = min(self.lossless_from, self.color_lossless_from) if is_color else self.lossless_from
        return self.method is not None and quality < lossless_from

    def cells_of(self, photometric_interpretation: str) -> tuple[int, ...]:
        """Bits Allocated of those pixels that it holds."""
        if photometric_interpretation == "YBR_FULL" and self.ybr_bits_allocated is not None:
            return self.ybr_bits_allocated
        return self.color_bits_allocated if photometric_interpretation in COLOR else self.bits_allocated

    def photometric_interpretation(self, decoded: str, *, is_lossy: bool) -> str:
        """What pixels of the photometric interpretation `decoded` are called in the transfer syntax."""
        becomes = self.becomes_losing if is_lossy and self.becomes_losing is not None else self.becomes
        return becomes.get(decoded, decoded)


_REVERSIBLE, _IRREVERSIBLE = {"RGB": "YBR_RCT"}, {"RGB": "YBR_ICT"}

PIXEL_SYNTAXES: dict[str, PixelSyntax] = {
    ENCAPSULATED_UNCOMPRESSED: PixelSyntax(
        compress.encode_native,
        "uncompressed",
        (*PALETTE, *COLOR),
        bits_allocated=(1, 8, 16, 32, 64),
        color_bits_allocated=(8, 16, 32),
        most_bits_stored=64,
        keeps_cells=True,
    ),
    DEFLATED_IMAGE_FRAME: PixelSyntax(
        compress.encode_deflated,
        "deflated",
        (*PALETTE, *COLOR),
        bits_allocated=(1, 8, 16, 32, 64),
        color_bits_allocated=(8, 16, 32),
        most_bits_stored=64,
        keeps_cells=True,
    ),
    RLE_LOSSLESS: PixelSyntax(  # Table 8.2.2-1
        compress.encode_rle,
        "RLE",
        (*PALETTE, *COLOR),
        ybr_bits_allocated=(8,),
        keeps_cells=True,
        may_be_by_plane=True,
    ),
    JPEG_BASELINE: PixelSyntax(  # Table 8.2.1-1
        compress.encode_jpeg_baseline,
        "JPEG baseline",
        (*GREY, *COLOR),
        becomes={"RGB": "YBR_FULL_422", "YBR_FULL": "YBR_FULL_422"},
        bits_allocated=(8,),
        color_bits_allocated=(8,),
        holds_signed=False,
        method="ISO_10918_1",
        lossy_depth=Depth.OF_CELL,
        lossless_from=_NEVER,
    ),
    JPEG_EXTENDED: PixelSyntax(  # Table 8.2.1-1
        compress.encode_jpeg_extended,
        "JPEG extended",
        GREY,
        color_bits_allocated=(),
        most_bits_stored=12,
        holds_signed=False,
        method="ISO_10918_1",
        lossy_depth=Depth.OF_12,
        lossless_from=_NEVER,
    ),
    **{
        f"{_JPEG}{suffix}": PixelSyntax(  # Table 8.2.1-2
            compress.encode_jpeg_lossless, "JPEG lossless", (*PALETTE, *COLOR)
        )
        for suffix in ("57", "70")
    },
    f"{_JPEG}80": PixelSyntax(  # Table 8.2.3-1
        compress.encode_jpeg_ls_lossless,
        "JPEG-LS",
        (*PALETTE, *COLOR),
        ybr_bits_allocated=(8,),
        least_bits_stored=2,
    ),
    f"{_JPEG}81": PixelSyntax(  # Table 8.2.3-1
        compress.encode_jpeg_ls_lossless,
        "JPEG-LS near-lossless",
        (*GREY, *COLOR),
        ybr_bits_allocated=(8,),
        least_bits_stored=2,
        encode_lossy=compress.encode_jpeg_ls,
        method="ISO_14495_1",
        lossy_depth=Depth.OF_CELL,
    ),
    f"{_JPEG}90": PixelSyntax(  # Table 8.2.4-1
        compress.encode_jpeg_2000_lossless, "JPEG 2000", (*PALETTE, *COLOR), becomes=_REVERSIBLE
    ),
    f"{_JPEG}91": PixelSyntax(  # Table 8.2.4-1
        compress.encode_jpeg_2000_lossless,
        "JPEG 2000",
        (*GREY, *COLOR),
        becomes=_REVERSIBLE,
        becomes_losing=_IRREVERSIBLE,
        encode_lossy=compress.encode_jpeg_2000,
        method="ISO_15444_1",
    ),
    **{
        f"{_JPEG}{suffix}": PixelSyntax(
            compress.encode_htj2k_lossless, "High-Throughput JPEG 2000", (*PALETTE, *COLOR), becomes=_REVERSIBLE
        )
        for suffix in ("201", "202")
    },
    f"{_JPEG}203": PixelSyntax(
        compress.encode_htj2k_lossless,
        "High-Throughput JPEG 2000",
        (*GREY, *COLOR),
        becomes=_REVERSIBLE,
        becomes_losing=_IRREVERSIBLE,
        encode_lossy=compress.encode_htj2k,
        method="ISO_15444_15",
        lossy_depth=Depth.OF_CELL,
    ),
    f"{_JPEG}110": PixelSyntax(  # Table 8.2.15-1
        compress.encode_jpeg_xl_lossless, "JPEG XL", (*GREY, "RGB"), holds_signed=False
    ),
    f"{_JPEG}112": PixelSyntax(  # Table 8.2.15-1
        compress.encode_jpeg_xl_lossless,
        "JPEG XL",
        (*GREY, "RGB"),
        becomes_losing={"RGB": "XYB"},
        holds_signed=False,
        encode_lossy=compress.encode_jpeg_xl,
        method="ISO_18181_1",
        color_lossless_from=COLOR_LOSSLESS_QUALITY,
    ),
}

RECOMPRESSIONS = {
    (JPEG_BASELINE, JPEG_XL_RECOMPRESSION): compress.recompress_jpeg,
    (JPEG_XL_RECOMPRESSION, JPEG_BASELINE): compress.restore_jpeg,
}
"""From one transfer syntax to another without decoding: every bit of a codestream comes back (PS3.5 8.2.15)."""

RECOMPRESSIBLE = frozenset({"MONOCHROME2", "RGB", "YBR_FULL", "YBR_FULL_422"})
"""Photometric interpretations of a JPEG that goes into JPEG XL as it is (PS3.5 Table 8.2.15-1); YBR_FULL is what some
writers call YBR_FULL_422."""

NEVER_LOSSY = frozenset(f"1.2.840.10008.5.1.4.1.1.{suffix}" for suffix in ("66.4", "66.7", "66.8", "481.2", "30"))
"""SOP classes whose pixels are no picture: Segmentation, Label Map Segmentation, Height Map Segmentation, RT Dose,
Parametric Map. A value that merely comes near means something else there."""

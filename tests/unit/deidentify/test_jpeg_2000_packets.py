"""Where the packets of a tile-part end, over what writers choose: nothing behind them is sent, and no bit less."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from wado.deidentify.jpeg_2000 import clean_jpeg_2000
from wado.image.codecs import CodestreamError

TEXT = b"Wort fuer Wort"
RNG = np.random.default_rng(3)
ROWS, COLUMNS = np.mgrid[:187, :141]
WAVES = (np.sin(COLUMNS / 9) + np.cos(ROWS / 7) + 2) * 56
GREY: Any = (WAVES + RNG.integers(0, 3, WAVES.shape)).astype(np.uint8)
COLOUR: Any = np.dstack([GREY, GREY[::-1], GREY[:, ::-1]])

WRITTEN: dict[str, dict[str, Any]] = {
    "plain": {},
    **{order: {"progression": order} for order in ("LRCP", "RLCP", "RPCL", "PCRL", "CPRL")},
    **{
        f"{order} in tiles and precincts": {
            "progression": order,
            "tile_size": (64, 50),
            "precinct_size": (32, 64),
            "codeblock_size": (16, 32),
        }
        for order in ("LRCP", "RLCP", "RPCL", "PCRL", "CPRL")
    },
    "layers": {"quality_layers": [40, 20, 10, 2], "irreversible": True},
    "layers in precincts": {"quality_layers": [30, 3], "precinct_size": (64, 64), "progression": "RLCP"},
    "no levels": {"num_resolutions": 1},
    "many levels": {"num_resolutions": 7},
    "away from the origin": {"offset": (13, 29), "tile_offset": (5, 7), "tile_size": (70, 90), "progression": "PCRL"},
    "pointers": {"plt": True},
}


def encoded(pixels: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG2000", no_jp2=True, **options)
    return file.getvalue()


def with_text_behind_tile_parts(codestream: bytes, text: bytes) -> bytes:
    """Behind each, as a part of it (ISO/IEC 15444-1 A.4.2)."""
    at = codestream.index(b"\xff\x90\x00\x0a")
    parts = [codestream[:at]]
    while codestream[at : at + 2] == b"\xff\x90":
        length = int.from_bytes(codestream[at + 6 : at + 10], "big")
        part = codestream[at : at + length]
        parts.append(part[:6] + (length + len(text)).to_bytes(4, "big") + part[10:] + text)
        at += length
    return b"".join([*parts, codestream[at:]])


def decoded(codestream: bytes) -> Any:
    return imagecodecs.jpeg2k_decode(codestream)


def check(codestream: bytes) -> None:
    cleaned = clean_jpeg_2000(codestream)
    assert clean_jpeg_2000(cleaned) == cleaned
    assert len(cleaned) <= len(codestream)
    assert np.array_equal(decoded(cleaned), decoded(codestream))
    with_text = with_text_behind_tile_parts(codestream, TEXT)
    assert clean_jpeg_2000(with_text) == cleaned


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("pixels", [GREY, COLOUR], ids=["grey", "colour"])
def test_nothing_is_behind_the_packets(name: str, pixels: Any) -> None:
    check(encoded(pixels, **WRITTEN[name]))


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (5, 7), (64, 64), (65, 63)])
def test_images_of_any_size(shape: tuple[int, int]) -> None:
    check(encoded(RNG.integers(0, 256, shape, np.uint8)))
    check(encoded(np.zeros(shape, np.uint8)))


@pytest.mark.parametrize("options", [{}, {"tlm": True, "tilepart": imagecodecs.HTJ2K.TILEPART.RESOLUTIONS}])
@pytest.mark.parametrize("pixels", [GREY, COLOUR, GREY.astype(np.uint16) << 6], ids=["grey", "colour", "16 bits"])
def test_high_throughput(pixels: Any, options: dict[str, Any]) -> None:
    codestream = bytes(imagecodecs.htj2k_encode(pixels, reversible=True, **options))
    cleaned = clean_jpeg_2000(codestream)
    assert np.array_equal(decoded(cleaned), pixels)
    last = codestream.rindex(b"\xff\x90\x00\x0a") + 6
    open_ended = codestream[:last] + bytes(4) + codestream[last + 4 : -2] + TEXT + codestream[-2:]
    assert clean_jpeg_2000(open_ended) == cleaned


MODES = ["-M 1", "-M 4", "-M 5", "-M 8", "-M 16", "-M 32", "-M 63", "-SOP", "-EPH", "-SOP -EPH -M 5 -r 20,5,1", "-TP R"]


@pytest.mark.skipif(shutil.which("opj_compress") is None, reason="opj_compress (libopenjp2-tools) is not installed")
@pytest.mark.parametrize("mode", MODES)
def test_modes_of_code_blocks_and_markers_in_packets(mode: str, tmp_path: Path) -> None:
    picture, coded = tmp_path / "picture.png", tmp_path / "picture.j2k"
    Image.fromarray(COLOUR).save(picture)
    command = ["opj_compress", "-i", str(picture), "-o", str(coded), "-t", "90,80", *mode.split()]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    codestream = coded.read_bytes()
    if "-TP" in mode:  # text behind a part that is not the tile's last would be in the place of its next packets
        assert np.array_equal(decoded(clean_jpeg_2000(codestream)), decoded(codestream))
    else:
        check(codestream)


def test_one_that_is_cut_within_a_packet_stays() -> None:
    codestream = encoded(GREY)
    at = codestream.index(b"\xff\x90") + 6
    cut = codestream[: len(codestream) // 2]
    cut = cut[:at] + bytes(4) + cut[at + 4 :]
    cleaned = clean_jpeg_2000(cut)
    assert cleaned[cleaned.index(b"\xff\x93") :] == cut[cut.index(b"\xff\x93") :]


def test_a_tile_of_too_many_packets_is_refused() -> None:
    codestream = encoded(GREY, precinct_size=(32, 32))
    at = codestream.index(b"\xff\x52") + 6
    with pytest.raises(CodestreamError):
        clean_jpeg_2000(codestream[:at] + b"\xff\xff" + codestream[at + 2 :])

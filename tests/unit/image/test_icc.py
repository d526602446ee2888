"""Colours of an ICC profile to sRGB (PS3.3 C.11.15), against the matrices of the profiles."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from PIL import ImageCms

from tests.support.datasets import Array, make_image, to_file
from tests.support.images import assert_equal, assert_similar, decode_picture, representation_of
from wado.image.icc import ProfileError, is_usable, to_srgb

ADOBE_RGB = np.array([[0.60974, 0.20528, 0.14919], [0.31111, 0.62567, 0.06322], [0.01947, 0.06087, 0.74457]])
SRGB = np.array([[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]])
"""XYZ of red, green and blue, one a column, adapted to D50 as profiles have them."""

D50 = (0.9642, 1.0, 0.8249)
ADOBE_GAMMA = 563 / 256


def numbers(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def matrix_profile(primaries: Array, gamma: float) -> bytes:
    """A display profile of version 2: three primaries and one curve (ICC.1:2001-04, 6.3)."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    points = {name: b"XYZ " + bytes(4) + numbers(*primaries[:, at]) for at, name in enumerate(("rXYZ", "gXYZ", "bXYZ"))}
    text = b"text" + bytes(4) + b"made for a test\0"
    description = b"desc" + bytes(4) + struct.pack(">I", 5) + b"made\0" + bytes(78) + bytes(1)
    tags = {"wtpt": b"XYZ " + bytes(4) + numbers(*D50), **points, "cprt": text, "desc": description}
    tags |= dict.fromkeys(("rTRC", "gTRC", "bTRC"), curve)
    table, content = b"", b""
    for name, value in tags.items():
        table += name.encode() + struct.pack(">II", 132 + 12 * len(tags) + len(content), len(value))
        content += value + bytes(-len(value) % 4)
    body = struct.pack(">I", len(tags)) + table + content
    header = struct.pack(">I4sI4s4s4s", 128 + len(body), bytes(4), 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    header += bytes(12) + b"acsp" + bytes(28) + numbers(*D50) + bytes(48)
    return header + body


WIDE = matrix_profile(ADOBE_RGB, ADOBE_GAMMA)
BUILT_IN = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
COLOURS = np.array([[[0, 0, 0], [255, 255, 255], [128, 128, 128], [200, 100, 50], [90, 160, 120], [60, 60, 200]]], "u1")


def by_matrices(colours: Array) -> Array:
    """From the wide gamut to sRGB: curve, primaries, inverse primaries, inverse curve."""
    linear = (colours / 255) ** ADOBE_GAMMA @ ADOBE_RGB.T @ np.linalg.inv(SRGB).T
    linear = np.clip(linear, 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    rounded: Array = np.floor(encoded * 255 + 0.5).astype(np.uint8)
    return rounded


def test_a_wide_gamut_is_converted_by_the_profiles_matrices() -> None:
    assert_similar(to_srgb(COLOURS, WIDE), by_matrices(COLOURS), 1)


def test_colours_of_a_wide_gamut_become_more_vivid_and_grey_stays_grey() -> None:
    converted = to_srgb(COLOURS, WIDE).astype(int)
    assert converted[0, 3].tolist() == pytest.approx([227, 100, 42], abs=1)
    assert np.ptp(converted[0, :3], axis=1).max() <= 1


def test_the_profile_of_srgb_changes_nothing() -> None:
    assert_similar(to_srgb(COLOURS, BUILT_IN), COLOURS, 1)


LAB = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
DAMAGED = {
    "empty": b"",
    "no profile": b"made for a test" * 20,
    "cut in the header": WIDE[:100],
    "cut in the table": WIDE[:160],
    "without curves": WIDE[:128] + struct.pack(">I", 3) + WIDE[132:],
    "of another colour space": LAB,
}


@pytest.mark.parametrize("profile", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_profile_is_told(profile: bytes) -> None:
    assert not is_usable(profile)
    with pytest.raises(ProfileError):
        to_srgb(COLOURS, profile)


@pytest.mark.parametrize(
    "profile", [value for value in DAMAGED.values() if value], ids=[name for name in DAMAGED if DAMAGED[name]]
)
def test_an_image_with_a_damaged_profile_is_shown_as_it_is_with_a_warning(profile: bytes) -> None:
    answer = representation_of(to_file(make_image(COLOURS, "RGB", ICCProfile=profile)))
    assert_equal(decode_picture(bytes(answer.body)), COLOURS)
    assert [warning for warning in answer.warnings if "ICC profile" in warning]


def test_an_image_with_a_sound_profile_is_converted_without_a_warning() -> None:
    answer = representation_of(to_file(make_image(COLOURS, "RGB", ICCProfile=WIDE)))
    assert_equal(decode_picture(bytes(answer.body)), to_srgb(COLOURS, WIDE))
    assert answer.warnings == ()


def test_the_profile_of_the_first_optical_path_counts_where_the_image_has_none() -> None:
    paths = [make_image(COLOURS, "RGB", ICCProfile=WIDE), make_image(COLOURS, "RGB", ICCProfile=BUILT_IN)]
    for path in paths:
        del path.PixelData
    answer = representation_of(to_file(make_image(COLOURS, "RGB", OpticalPathSequence=paths)))
    assert_equal(decode_picture(bytes(answer.body)), to_srgb(COLOURS, WIDE))


def test_a_profile_has_nothing_to_say_about_grey_levels() -> None:
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    answer = representation_of(to_file(make_image(grey, ICCProfile=WIDE)))
    assert_equal(decode_picture(bytes(answer.body)), grey)
    assert answer.warnings == ()

"""Colours of an ICC profile to sRGB (PS3.3 C.11.15)."""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

from wado.image.color import RGB


class ProfileError(Exception):
    """The profile is none for RGB pixels, or is damaged."""


def to_srgb(picture: RGB, profile: bytes) -> RGB:
    """The picture's colours in sRGB, by the profile's perceptual intent; raises `ProfileError`."""
    transform = compile_transform(profile)
    return np.asarray(ImageCms.applyTransform(Image.fromarray(picture), transform))


@lru_cache(maxsize=16)
def compile_transform(profile: bytes) -> ImageCms.ImageCmsTransform:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), "RGB", "RGB")
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        raise ProfileError from None


def is_usable(profile: bytes) -> bool:
    try:
        compile_transform(profile)
    except ProfileError:
        return False
    return True

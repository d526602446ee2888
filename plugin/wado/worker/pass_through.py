"""A stored JPEG baseline frame as it is, where nothing about it must change (PS3.18-2011 8.2.8)."""

from __future__ import annotations

import io

import numpy as np
from PIL import ExifTags, Image

from wado.dicom.frames import EncapsulatedFrames
from wado.dicom.stored_image import StoredImage
from wado.image.codestream import JpegHeader, read_jpeg_header
from wado.image.grayscale import compile_table
from wado.image.layout import Layout
from wado.job import Job
from wado.media_types import IMAGE_JPEG
from wado.worker.rendition import Rendition

BASELINE_FRAME = 0xC0
UPRIGHT = 1
"""Exif's Orientation of a picture that is shown as it is stored."""
_END_OF_IMAGE = b"\xff\xd9"
_LONGEST_PADDING = 14
"""Bytes behind the last marker: one farther from the end may be that of a preview in a codestream that is cut short."""


def stored_jpeg(rendition: Rendition, frame_index: int, layout: Layout) -> bytes | None:
    """The frame's codestream; none if the picture asked for is another one, or a client could read it otherwise."""
    job, image = rendition.job, rendition.image
    if job.media_type != IMAGE_JPEG or job.image_quality is not None or job.annotation or rendition.state:
        return None
    if rendition.settings.burn_in_overlays:
        return None
    if not isinstance(image.frames, EncapsulatedFrames) or not layout.is_frame(image.pixel.rows, image.pixel.columns):
        return None
    if not _is_shown_as_stored(job, image, frame_index):
        return None
    codestream = image.frames.read(rendition.source, frame_index)
    header = read_jpeg_header(codestream) if codestream.startswith(b"\xff\xd8") else None
    if header is None or not _is_read_alike(header, image) or not _is_left_alone(codestream):
        return None
    end = codestream.rfind(_END_OF_IMAGE, -_LONGEST_PADDING - len(_END_OF_IMAGE))
    return codestream[: end + len(_END_OF_IMAGE)] if end >= 0 else None


def _is_shown_as_stored(job: Job, image: StoredImage, frame_index: int) -> bool:
    """Grey: every value is its own grey level. Colour: no profile to convert from."""
    if not image.pixel.is_monochrome:
        return image.palette is None and image.icc_profile is None
    chain = image.grayscale_chain(frame_index, None)
    if job.window_width is not None or chain.voi is None or image.palette or image.pixel.bits_allocated != 8:
        return False
    return bool(np.array_equal(compile_table(1, image.pixel.cell, chain), np.arange(256)))


def _is_read_alike(header: JpegHeader, image: StoredImage) -> bool:
    """Whether the codestream is that of the frame, and anybody's decoder finds the colours in it that ours does."""
    pixel = image.pixel
    if header.frame_marker != BASELINE_FRAME or (header.rows, header.columns) != (pixel.rows, pixel.columns):
        return False
    if len(header.components) != pixel.samples_per_pixel:
        return False
    if pixel.samples_per_pixel == 1:
        return True
    return _is_ybr_to_a_browser(header) == header.is_ybr(otherwise=pixel.photometric_interpretation != "RGB")


def _is_left_alone(codestream: bytes) -> bool:
    """Whether no Exif turns the picture and no profile changes its colours.

    Browsers heed both; in DICOM the pixels lie as they are stored, and a profile is an attribute of the object.
    """
    try:
        with Image.open(io.BytesIO(codestream)) as picture:
            is_upright = picture.getexif().get(ExifTags.Base.Orientation, UPRIGHT) == UPRIGHT
            return is_upright and "icc_profile" not in picture.info
    except Exception:  # Pillow raises nearly anything for a malformed Exif
        return False


def _is_ybr_to_a_browser(header: JpegHeader) -> bool:
    """Markers count for libjpeg, then the components' names; else they are luminance and chrominance."""
    if header.has_jfif or header.adobe_transform is not None:
        return header.has_jfif or header.adobe_transform != 0
    return bytes(component[0] for component in header.components) != b"RGB"

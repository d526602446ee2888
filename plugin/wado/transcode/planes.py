"""Colours plane by plane: where an object's class asks for it and its transfer syntax leaves it open."""

from __future__ import annotations

from pydicom.dataset import Dataset

from wado.dicom.values import text

ULTRASOUND = frozenset({"1.2.840.10008.5.1.4.1.1.6.1", "1.2.840.10008.5.1.4.1.1.3.1"})
"""Ultrasound Image and Ultrasound Multi-frame Image Storage."""


def is_by_plane(dataset: Dataset, photometric_interpretation: str) -> bool:
    """Whether Planar Configuration has to be 1: in ultrasound images in YBR_FULL (PS3.3 C.8.5.6.1.16)."""
    return photometric_interpretation == "YBR_FULL" and text(dataset, "SOPClassUID") in ULTRASOUND

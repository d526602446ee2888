"""Categories of stored objects, and the media types each can be had in (PS3.18-2011 section 7)."""

from __future__ import annotations

from enum import StrEnum

APPLICATION_DICOM = "application/dicom"
APPLICATION_JSON = "application/json"
IMAGE_JPEG = "image/jpeg"
IMAGE_PNG = "image/png"
IMAGE_GIF = "image/gif"
IMAGE_JP2 = "image/jp2"
IMAGE_WEBP = "image/webp"
IMAGE_JXL = "image/jxl"
IMAGE_AVIF = "image/avif"
VIDEO_MPEG = "video/mpeg"
VIDEO_MP4 = "video/mp4"
TEXT_HTML = "text/html"

ALIASES = {"image/jpg": IMAGE_JPEG}
"""Names that clients send for a registered media type: Orthanc's DICOMweb plugin takes `image/jpg`."""

LOSSY = frozenset({IMAGE_JPEG, IMAGE_JP2, IMAGE_WEBP, IMAGE_JXL, IMAGE_AVIF, VIDEO_MPEG, VIDEO_MP4})
"""The media types for which imageQuality means something (PS3.18-2011 8.2.8)."""


class Category(StrEnum):
    """What an object is for the purpose of choosing media types."""

    SINGLE_FRAME = "single-frame image"
    MULTI_FRAME = "multi-frame image"
    TEXT = "text object"
    OTHER = "object"

    @property
    def is_image(self) -> bool:
        return self in (Category.SINGLE_FRAME, Category.MULTI_FRAME)


DEFAULT: dict[Category, str] = {
    Category.SINGLE_FRAME: IMAGE_JPEG,  # 7.1.2
    Category.MULTI_FRAME: APPLICATION_DICOM,  # 7.2.2
    Category.TEXT: TEXT_HTML,  # 7.3.2
    Category.OTHER: APPLICATION_DICOM,  # 7.4.2
}
"""The answer's media type when the request does not name one."""

_BEYOND_THE_STANDARD = (IMAGE_WEBP, IMAGE_JXL, IMAGE_AVIF)

MOVING = frozenset({IMAGE_GIF, VIDEO_MPEG, VIDEO_MP4})
"""What shows all frames of a multi-frame object."""

OFFERS: dict[Category, tuple[str, ...]] = {
    Category.SINGLE_FRAME: (IMAGE_JPEG, APPLICATION_DICOM, IMAGE_PNG, IMAGE_GIF, IMAGE_JP2, *_BEYOND_THE_STANDARD),
    # Moving pictures show every frame; a still one is that of the representative frame.
    Category.MULTI_FRAME: (
        APPLICATION_DICOM,
        IMAGE_JPEG,
        IMAGE_PNG,
        IMAGE_GIF,
        VIDEO_MPEG,
        VIDEO_MP4,
        IMAGE_JP2,
        *_BEYOND_THE_STANDARD,
    ),
    Category.TEXT: (
        TEXT_HTML,
        APPLICATION_DICOM,
        "text/plain",
        "text/xml",
        "application/pdf",
        "text/rtf",
        "application/x-hl7-cda-level-one+xml",
    ),
    Category.OTHER: (APPLICATION_DICOM,),
}
"""The media types of each category, in the server's order of preference."""

UNIMPLEMENTED = frozenset(OFFERS[Category.TEXT]) - {APPLICATION_DICOM}
"""Offered by the standard for reports; this version answers 501."""


def classify(
    sop_class_uid: str, number_of_frames: int, has_pixel_data: bool, frame_number: int | None = None
) -> Category:
    """The category of an object, or of the single frame that `frame_number` takes out of it (PS3.18-2011 7.1.1).

    A standard SOP Class decides by itself, so that clients can tell in advance (section 7); in a private one,
    pixel data make the image.
    """
    if sop_class_uid in SR_DOCUMENT_CLASSES:
        return Category.TEXT
    if sop_class_uid in NON_IMAGE_CLASSES:
        return Category.OTHER
    if not (sop_class_uid.startswith(_STORAGE) or has_pixel_data):
        return Category.OTHER
    if number_of_frames > 1 and frame_number is None:
        return Category.MULTI_FRAME
    return Category.SINGLE_FRAME


_STORAGE = "1.2.840.10008.5.1.4.1.1."


def _storage_classes(*suffixes: str) -> frozenset[str]:
    return frozenset(_STORAGE + suffix for suffix in suffixes)


SR_DOCUMENT_CLASSES = _storage_classes(
    *("88.1", "88.2", "88.3", "88.4"),  # trial: text, audio, detail, comprehensive (retired)
    *("88.11", "88.22", "88.33", "88.34", "88.35"),  # basic text, enhanced, comprehensive, 3D, extensible
    *("88.40", "88.50", "88.59"),  # procedure log, mammography CAD, key object selection
    *("88.65", "88.67", "88.68"),  # chest CAD, X-ray dose, radiopharmaceutical dose
    *("88.69", "88.70", "88.71", "88.72"),  # colon CAD, implantation plan, acquisition context, adult echo
    *("88.73", "88.74", "88.75"),  # patient dose, planned and performed imaging agent
    *("88.76", "88.77"),  # enhanced X-ray dose, waveform annotation
    *("78.6", "79.1"),  # spectacle prescription, macular grid thickness and volume
)
"""SOP Classes with the SR Document Content Module (PS3.3 A.35, PS3.6 Table A-1)."""

NON_IMAGE_CLASSES = _storage_classes(
    *("4.2", "9", "9.1"),  # spectra, curves, trial waveform
    *("9.1.1", "9.1.2", "9.1.3", "9.1.4", "9.2.1", "9.3.1", "9.4.1", "9.4.2", "9.5.1", "9.6.1", "9.6.2"),  # waveforms,
    *("9.7.1", "9.7.2", "9.7.3", "9.7.4", "9.8.1", "9.100.1", "9.100.2"),  # more of them, their presentation states
    *("8", "10", "11", "129"),  # standalone overlay, modality LUT, VOI LUT, curve (retired)
    *("11.1", "11.2", "11.3", "11.4", "11.5", "11.6", "11.7", "11.8", "11.9", "11.10", "11.11", "11.12"),  # states
    *("66", "66.1", "66.2", "66.3", "66.5", "66.6", "67", "68.1", "68.2"),  # raw data, registrations, surfaces
    *("77.1.5.3", "78.1", "78.2", "78.3", "78.4", "78.5", "78.7", "78.8", "80.1"),  # ophthalmic measurements
    *("90.1", "91.1"),  # content assessment results, microscopy annotations
    *("104.1", "104.2", "104.3", "104.4", "104.5"),  # encapsulated PDF, CDA, STL, OBJ, MTL
    *("131", "200.1", "200.2", "200.3", "200.7", "200.8", "201.1"),  # structured display, CT protocols, inventories
    *("481.3", "481.4", "481.5", "481.6", "481.7", "481.8", "481.9", "481.10", "481.11"),  # radiotherapy
    *("481.12", "481.13", "481.14", "481.15", "481.16", "481.17", "481.18", "481.19", "481.20"),
    *("481.21", "481.22", "481.25"),
    *("501.3", "501.6"),  # DICOS threat detection report, quadrupole resonance
)
"""Standard storage classes whose objects are no images (PS3.6 Table A-1)."""

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
TEXT_PLAIN = "text/plain"
TEXT_XML = "text/xml"
TEXT_RTF = "text/rtf"
APPLICATION_PDF = "application/pdf"
CDA_LEVEL_ONE = "application/x-hl7-cda-level-one+xml"
MODEL_STL = "model/stl"
MODEL_OBJ = "model/obj"
MODEL_MTL = "model/mtl"

ALIASES = {
    "image/jpg": IMAGE_JPEG,
    "application/rtf": TEXT_RTF,
    "application/xml": TEXT_XML,
    "application/cda+xml": CDA_LEVEL_ONE,
    "application/hl7-cda+xml": CDA_LEVEL_ONE,
    "application/hl7-v3+xml": CDA_LEVEL_ONE,
    "application/sla": MODEL_STL,
}
"""Names that clients send for a media type: Orthanc's DICOMweb plugin takes `image/jpg`; what CDA is called varies."""

LOSSY = frozenset({IMAGE_JPEG, IMAGE_JP2, IMAGE_WEBP, IMAGE_JXL, IMAGE_AVIF, VIDEO_MPEG, VIDEO_MP4})
"""The media types for which imageQuality means something (PS3.18-2011 8.2.8)."""


class Category(StrEnum):
    """What an object is for the purpose of choosing media types."""

    SINGLE_FRAME = "single-frame image"
    MULTI_FRAME = "multi-frame image"
    TEXT = "text object"
    ENCAPSULATED_PDF = "encapsulated PDF"
    ENCAPSULATED_CDA = "encapsulated CDA"
    ENCAPSULATED_STL = "encapsulated STL"
    ENCAPSULATED_OBJ = "encapsulated OBJ"
    ENCAPSULATED_MTL = "encapsulated MTL"
    OTHER = "object"

    @property
    def is_image(self) -> bool:
        return self in (Category.SINGLE_FRAME, Category.MULTI_FRAME)

    @property
    def with_article(self) -> str:
        return f"{'an' if self.value[0] in 'aeiou' else 'a'} {self.value}"


DEFAULT: dict[Category, str] = {
    Category.SINGLE_FRAME: IMAGE_JPEG,  # 7.1.2
    Category.MULTI_FRAME: APPLICATION_DICOM,  # 7.2.2
    Category.TEXT: TEXT_HTML,  # 7.3.2
    # The document itself is what such an object is for; 7.4.2 was written before there were more than PDF and CDA.
    Category.ENCAPSULATED_PDF: APPLICATION_PDF,
    Category.ENCAPSULATED_CDA: TEXT_XML,
    Category.ENCAPSULATED_STL: MODEL_STL,
    Category.ENCAPSULATED_OBJ: MODEL_OBJ,
    Category.ENCAPSULATED_MTL: MODEL_MTL,
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
        TEXT_PLAIN,
        TEXT_XML,
        APPLICATION_PDF,
        TEXT_RTF,
        CDA_LEVEL_ONE,
    ),
    Category.ENCAPSULATED_PDF: (APPLICATION_PDF, APPLICATION_DICOM),
    Category.ENCAPSULATED_CDA: (
        TEXT_XML,
        APPLICATION_DICOM,
        TEXT_HTML,
        TEXT_PLAIN,
        APPLICATION_PDF,
        TEXT_RTF,
        CDA_LEVEL_ONE,
    ),
    Category.ENCAPSULATED_STL: (MODEL_STL, APPLICATION_DICOM),
    Category.ENCAPSULATED_OBJ: (MODEL_OBJ, APPLICATION_DICOM),
    Category.ENCAPSULATED_MTL: (MODEL_MTL, APPLICATION_DICOM),
    Category.OTHER: (APPLICATION_DICOM,),
}
"""The media types of each category, in the server's order of preference."""


def is_text(media_type: str) -> bool:
    """Whether what is served under the media type has a character set (8.1.6)."""
    return media_type.startswith("text/") or media_type.endswith("+xml")


def decides_by_itself(sop_class_uid: str) -> bool:
    """Whether all objects of the SOP Class are known to be, or not to be, reports; images are not all known."""
    return any(
        sop_class_uid in known for known in (SR_DOCUMENT_CLASSES, ENCAPSULATED_DOCUMENT_CLASSES, NON_IMAGE_CLASSES)
    )


def classify(
    sop_class_uid: str,
    number_of_frames: int,
    has_pixel_data: bool,
    frame_number: int | None = None,
    *,
    has_content_tree: bool = False,
) -> Category:
    """The category of an object, or of the single frame that `frame_number` takes out of it (PS3.18-2011 7.1.1).

    A standard SOP Class decides by itself, so that clients can tell in advance (section 7); in one that is private, or
    newer than these tables, pixel data make the image and a content tree makes the report.
    """
    if sop_class_uid in SR_DOCUMENT_CLASSES:
        return Category.TEXT
    if sop_class_uid in ENCAPSULATED_DOCUMENT_CLASSES:
        return ENCAPSULATED_DOCUMENT_CLASSES[sop_class_uid]
    if sop_class_uid in NON_IMAGE_CLASSES:
        return Category.OTHER
    if has_content_tree and not has_pixel_data:
        return Category.TEXT
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

ENCAPSULATED_DOCUMENT_CLASSES = {
    f"{_STORAGE}104.1": Category.ENCAPSULATED_PDF,
    f"{_STORAGE}104.2": Category.ENCAPSULATED_CDA,
    f"{_STORAGE}104.3": Category.ENCAPSULATED_STL,
    f"{_STORAGE}104.4": Category.ENCAPSULATED_OBJ,
    f"{_STORAGE}104.5": Category.ENCAPSULATED_MTL,
}
"""SOP Classes with the Encapsulated Document Module (PS3.3 A.45, A.85): each says what its documents are."""

NON_IMAGE_CLASSES = _storage_classes(
    *("4.2", "9", "9.1"),  # spectra, curves, trial waveform
    *("9.1.1", "9.1.2", "9.1.3", "9.1.4", "9.2.1", "9.3.1", "9.4.1", "9.4.2", "9.5.1", "9.6.1", "9.6.2"),  # waveforms,
    *("9.7.1", "9.7.2", "9.7.3", "9.7.4", "9.8.1", "9.100.1", "9.100.2"),  # more of them, their presentation states
    *("8", "10", "11", "129"),  # standalone overlay, modality LUT, VOI LUT, curve (retired)
    *("11.1", "11.2", "11.3", "11.4", "11.5", "11.6", "11.7", "11.8", "11.9", "11.10", "11.11", "11.12"),  # states
    *("66", "66.1", "66.2", "66.3", "66.5", "66.6", "67", "68.1", "68.2"),  # raw data, registrations, surfaces
    *("77.1.5.3", "78.1", "78.2", "78.3", "78.4", "78.5", "78.7", "78.8", "80.1"),  # ophthalmic measurements
    *("90.1", "91.1"),  # content assessment results, microscopy annotations
    *("131", "200.1", "200.2", "200.3", "200.7", "200.8", "201.1"),  # structured display, CT protocols, inventories
    *("481.3", "481.4", "481.5", "481.6", "481.7", "481.8", "481.9", "481.10", "481.11"),  # radiotherapy
    *("481.12", "481.13", "481.14", "481.15", "481.16", "481.17", "481.18", "481.19", "481.20"),
    *("481.21", "481.22", "481.25"),
    *("501.3", "501.6"),  # DICOS threat detection report, quadrupole resonance
)
"""Standard storage classes whose objects are no images (PS3.6 Table A-1)."""

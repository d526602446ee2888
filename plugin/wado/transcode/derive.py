"""What an object says of itself after lossy compression (PS3.3 C.7.6.1.1.5, C.12.4.1)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from wado.dicom.frames import EncapsulatedFrames
from wado.dicom.stored_image import StoredImage
from wado.dicom.stored_object import Source
from wado.dicom.values import text, values_of
from wado.image.codecs import MAY_BE_LOSSY
from wado.image.codestream import Loss, kind_of_loss
from wado.transcode.derivation_image import add_to_each, derivation_images
from wado.transcode.elements import Replacements, element, raw_value, replacements, tag_of
from wado.transcode.explicit_vr import AddItem, Path, ReviseValue
from wado.transcode.lists_of_references import lists_of_source
from wado.transcode.syntaxes import JPEG_BASELINE, JPEG_EXTENDED, JPEG_XL_RECOMPRESSION, PixelSyntax

LONGEST_DESCRIPTION = 1024
"""Characters of a short text (PS3.5 Table 6.2-1)."""

RATIO_WIDTH = 10
"""Characters kept for a ratio that is known only when the last frame is encoded."""

ALWAYS_LOSSY = dict.fromkeys((JPEG_BASELINE, JPEG_EXTENDED, JPEG_XL_RECOMPRESSION), "ISO_10918_1")
"""Lossy Image Compression Methods of transfer syntaxes that always lose something (PS3.3 C.7.6.1.1.5.1); what was
recompressed was a JPEG before."""

METHODS: Mapping[Loss | None, str] = {
    Loss.JPEG: "ISO_10918_1",
    Loss.JPEG_LS: "ISO_14495_1",
    Loss.JPEG_2000: "ISO_15444_1",
    Loss.HIGH_THROUGHPUT_JPEG_2000: "ISO_15444_15",
    Loss.JPEG_XL: "ISO_18181_1",
}

NAMESPACE = uuid.UUID("2f6d2a53-7b0c-5d43-9a3c-6f1f4a1f8e21")
"""Of the names that UIDs of lossy versions are made of (RFC 9562 section 5.5)."""

LOSSY_COMPRESSION = ("113040", "DCM", "Lossy Compression")
"""CID 7203 of PS3.16, derivations of images."""

OPHTHALMIC_PHOTOGRAPHY = frozenset({"1.2.840.10008.5.1.4.1.1.77.1.5.1", "1.2.840.10008.5.1.4.1.1.77.1.5.2"})
"""SOP classes of 8 and 16 bits, whose derived images have to say how in the third value of Image Type (PS3.3
C.8.17.2.1.4)."""
COMPRESSED = b"COMPRESSED"
"""The one Defined Term that there is, MONTAGE, says something else; others may be used beside it."""

UNCOMPRESSED_PREDECESSOR = ("121320", "DCM", "Uncompressed predecessor")
LOSSY_PREDECESSOR = ("121330", "DCM", "Lossy compressed predecessor")
"""CID 7202 of PS3.16, purposes of reference to a source image."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Elements in place of stored ones, by tag; items behind those of sequences, by path; and values that become others
    at any depth, by tag.
    """

    replacements: Replacements = field(default_factory=dict)
    added_items: Mapping[Path, AddItem] = field(default_factory=dict)
    revised_values: Mapping[int, ReviseValue] = field(default_factory=dict)


def derived_uid(sop_instance_uid: str, transfer_syntax_uid: str, quality: int) -> str:
    """The UID of a lossy version: the same for the same request, on any node and day (PS3.5 B.2, a UUID's UID).

    So two answers to it are one object, and an archive that has it already has it once.
    """
    return f"2.25.{uuid.uuid5(NAMESPACE, f'{sop_instance_uid} {transfer_syntax_uid} {quality}').int}"


def describe_derivation(image: StoredImage, source: Source, syntax: PixelSyntax, quality: int, new_uid: str) -> Changes:
    """What is said anew in the lossy version. The last ratio is left open: `ratio_value` gives it when it is known."""
    assert syntax.method
    dataset = image.stored_object.dataset
    methods, ratios = _history(image, source)
    changed = replacements(
        {
            "ImageType": _derived_image_type(dataset),
            "SOPInstanceUID": new_uid,
            "LossyImageCompression": "01",
            "LossyImageCompressionMethod": "\\".join([*methods, syntax.method]),
            "LossyImageCompressionRatio": "\\".join([*ratios, " " * RATIO_WIDTH]),
            # Other values than those that were there; nobody needs them (type 3).
            "SmallestImagePixelValue": None,
            "LargestImagePixelValue": None,
            "SmallestPixelValueInSeries": None,
            "LargestPixelValueInSeries": None,
        }
    )
    description = f"Lossy compression: {syntax.name}, quality {quality} of 100"
    was_lossy = bool(methods) or _is_said_to_be_lossy(dataset)
    added = {
        "DerivationCodeSequence": _code(LOSSY_COMPRESSION),
        "SourceImageSequence": _source_image(dataset, was_lossy=was_lossy),
    }
    added_items = {(tag_of(keyword),): add_to_each(attributes) for keyword, attributes in added.items()}
    derivation = Dataset()
    derivation.DerivationDescription = description
    derivation.SourceImageSequence = Sequence([added["SourceImageSequence"]])
    derivation.DerivationCodeSequence = Sequence([added["DerivationCodeSequence"]])
    return Changes(
        changed | _derivation_description(dataset, description),
        added_items | derivation_images(dataset, image.pixel.number_of_frames, derivation) | lists_of_source(dataset),
        {tag_of("FrameType"): _derived_frame_type},
    )


def ratio_value(image: StoredImage, source: Source, ratio: float) -> bytes:
    """Lossy Image Compression Ratio with this compression's at its end, as long as its place holder."""
    number = f"{ratio:.2f}"[:RATIO_WIDTH].ljust(RATIO_WIDTH)
    _, ratios = _history(image, source)
    return element("LossyImageCompressionRatio", "\\".join([*ratios, number])).value


def describe_stored_loss(image: StoredImage, source: Source) -> Replacements:
    """`stored_loss` as elements to put in place of stored ones."""
    return replacements(stored_loss(image, source))


def stored_loss(image: StoredImage, source: Source) -> dict[str, str]:
    """That the stored codestreams lost something, where the object leaves that to them and they are no more."""
    if not _untold_method(image, source):
        return {}
    (method,), (ratio,) = _history(image, source)
    return {
        "LossyImageCompression": "01",
        "LossyImageCompressionMethod": method,
        "LossyImageCompressionRatio": ratio,
    }


def _untold_method(image: StoredImage, source: Source) -> str | None:
    """The method by which the stored codestreams lost something that the object itself does not tell of.

    Where the transfer syntax leaves it open, the first codestream says it, if its format does.
    """
    stored_object = image.stored_object
    uid = stored_object.transfer_syntax_uid
    is_coded = isinstance(image.frames, EncapsulatedFrames) and uid in (MAY_BE_LOSSY | ALWAYS_LOSSY.keys())
    if not is_coded or _is_said_to_be_lossy(stored_object.dataset):
        return None
    assert isinstance(image.frames, EncapsulatedFrames)
    return ALWAYS_LOSSY.get(uid) or METHODS.get(kind_of_loss(image.frames.read(source, 0)))


def _history(image: StoredImage, source: Source) -> tuple[list[str], list[str]]:
    """The methods and ratios of earlier compressions, as many of either: their order tells which go together."""
    dataset = image.stored_object.dataset
    methods = [str(value) for value in values_of(dataset, "LossyImageCompressionMethod")]
    ratios = [str(value) for value in values_of(dataset, "LossyImageCompressionRatio")]
    if untold := _untold_method(image, source):
        methods, ratios = [untold], [f"{_stored_ratio(image):.2f}"]
    steps = max(len(methods), len(ratios))
    return methods + [""] * (steps - len(methods)), ratios + [""] * (steps - len(ratios))


def _stored_ratio(image: StoredImage) -> float:
    assert isinstance(image.frames, EncapsulatedFrames)
    pixel = image.pixel
    uncompressed = pixel.rows * pixel.columns * pixel.samples_per_pixel * pixel.bits_allocated // 8
    stored = sum(span.length for spans in image.frames.fragments for span in spans)
    return uncompressed * pixel.number_of_frames / max(1, stored)


def _derived_frame_type(value: bytes) -> bytes:
    """The Frame Type of a functional group, whose first value goes with that of Image Type (PS3.3 C.8.16.1.1)."""
    _, *others = value.rstrip(b" \0").split(b"\\")
    derived = b"\\".join([b"DERIVED", *others])
    return derived + b" " * (len(derived) % 2)


def _derived_image_type(dataset: Dataset) -> bytes:
    """DERIVED, and the other values as they are (PS3.3 C.7.6.1.1.2)."""
    _, *others = raw_value(dataset, "ImageType").split(b"\\")
    others = others or [b"SECONDARY"]
    if text(dataset, "SOPClassUID") in OPHTHALMIC_PHOTOGRAPHY and not any(others[1:2]):
        others[1:2] = [COMPRESSED]
    return b"\\".join([b"DERIVED", *others])


def _derivation_description(dataset: Dataset, description: str) -> Replacements:
    """Behind what is written there, in whatever character set; left out if there is no room for it."""
    stored = raw_value(dataset, "DerivationDescription")
    addition = description.encode("ascii")
    whole = stored + b"; " + addition if stored else addition
    if len(whole) > LONGEST_DESCRIPTION:
        return {}
    described = element("DerivationDescription", whole)
    return {described.tag: described}


def _is_said_to_be_lossy(dataset: Dataset) -> bool:
    return text(dataset, "LossyImageCompression") == "01"


def _source_image(dataset: Dataset, *, was_lossy: bool) -> Dataset:
    source = Dataset()
    source.ReferencedSOPClassUID = text(dataset, "SOPClassUID")
    source.ReferencedSOPInstanceUID = text(dataset, "SOPInstanceUID")
    source.PurposeOfReferenceCodeSequence = Sequence(
        [_code(LOSSY_PREDECESSOR if was_lossy else UNCOMPRESSED_PREDECESSOR)]
    )
    return source


def _code(code: tuple[str, str, str]) -> Dataset:
    attributes = Dataset()
    attributes.CodeValue, attributes.CodingSchemeDesignator, attributes.CodeMeaning = code
    return attributes

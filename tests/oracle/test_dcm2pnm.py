"""Our pictures against those that DCMTK makes of the same files, within one grey level.

The files are those that come with pydicom, and a larger collection where it lies beside the repository.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from tests.support.datasets import pydicom_files, sample_files
from tests.support.dcmtk import picture_by_dcmtk
from tests.support.images import assert_similar, greatest_difference, picture_of
from wado.dicom.stored_image import StoredImage, read_stored_image
from wado.dicom.stored_object import BytesSource, inflate, read_stored_object
from wado.errors import WadoError
from wado.image.grayscale import LookupTable
from wado.image.resize import Picture

REFUSED = {
    "JPEG2000-embedded-sequence-delimiter.dcm": "the codestream's width is overwritten by a delimiter",
    "MR_truncated.dcm": "the pixel data are cut short",
    "meta_missing_tsyntax.dcm": "has pixel data and nothing that describes them",
    "nested_priv_SQ.dcm": "has pixel data and nothing that describes them",
    "no_meta.dcm": "begins with a byte too many, so that nothing stands where it should",
}
"""What we make no picture of."""

NO_SUPPLEMENTAL_PALETTE = "a blood flow whose supplemental palette DCMTK does not have: it shows it in grey"
RANGE_WITH_PADDING = "has no window, and DCMTK stretches its range to the padding"

WRONG = {
    "rtdose_expb.dcm": "DCMTK turns the two words of 32 bits round each by itself; in Little Endian it agrees with us",
    "rtdose_expb_1frame.dcm": "as rtdose_expb.dcm",
    "dcm4che__YBR_FULL-RLE.dcm": "DCMTK is up to 2 off the formula of YBR_FULL in every sixth sample, we are at most 1",
    "fodicom__GH195.dcm": "named RGB, but JFIF with subsampled chrominance, which DCMTK does not convert",
    "gcp__example.dcm": "named RGB, but JFIF, which DCMTK does not convert: its paper is not white",
    "cs3d__CTImage.dcm_JPEGLSLossyTransferSyntax_1.2.840.10008.1.2.4.81.dcm": "its rescale is UN: DCMTK has none",
    "cs3d__CTImage.dcm_JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90.dcm": "as the one in JPEG-LS",
    "cs3d__CTImage.dcm_JPEG2000TransferSyntax_1.2.840.10008.1.2.4.91.dcm": "as the one in JPEG-LS",
    "liver_j2k.dcm": "pydicom decodes single bits to bytes that DCMTK reads as bits; GDCM and DCMTK agree with us",
    "liver_nonbyte_aligned_j2k.dcm": "as liver_j2k.dcm",
    "fodicom__D_CLUNIE_CT1_RLE_FRAGS.dcm": RANGE_WITH_PADDING,
    "dicomparser__CT0012.explicit_little_endian.dcm": NO_SUPPLEMENTAL_PALETTE,
    "dicomparser__CT0012.fragmented_no_bot_jpeg_lossless.57.dcm": NO_SUPPLEMENTAL_PALETTE,
    "dicomparser__CT0012.fragmented_no_bot_jpeg_lossless.70.dcm": NO_SUPPLEMENTAL_PALETTE,
    "dicomparser__CT0012.fragmented_no_bot_jpeg_ls.80.dcm": NO_SUPPLEMENTAL_PALETTE,
    "dicomparser__CT0012.fragmented_no_bot_jpeg_ls.81.dcm": NO_SUPPLEMENTAL_PALETTE,
    "dicomparser__CT0012.not_fragmented_bot_jpeg_ls.80.dcm": NO_SUPPLEMENTAL_PALETTE,
    "dicomparser__CT0012.not_fragmented_bot_rle.dcm": NO_SUPPLEMENTAL_PALETTE,
    "dicomparser__CT0012.not_fragmented_no_bot_jpeg_ls.80.dcm": NO_SUPPLEMENTAL_PALETTE,
    "dicomparser__CT0012.not_fragmented_no_bot_rle.dcm": NO_SUPPLEMENTAL_PALETTE,
    "dicomparser__CT1_UNC.explicit_little_endian.dcm": RANGE_WITH_PADDING,
    "dicomparser__CT1_UNC.fragmented_bot_jpeg_ls.80.dcm": RANGE_WITH_PADDING,
    "dicomparser__CT1_UNC.fragmented_no_bot_jpeg_ls.80.dcm": RANGE_WITH_PADDING,
    "dicomparser__CT1_UNC.not_fragmented_bot_jpeg_ls.80.dcm": RANGE_WITH_PADDING,
    "pylibjpeg-data__TOSHIBA_J2K_SIZ1_PixRep0.dcm": "unsigned by its attributes, signed by its codestream, and by eye",
}
"""Where we differ and are right: by a third decoder, the formula, the same object in another encoding, or by eye."""

NO_OPINION = {
    "SC_rgb_jpeg.dcm": "DCMTK stops at the implicit VRs of a file that names an explicit transfer syntax",
    "SC_rgb_32bit.dcm": "DCMTK has no colours of 32 bits; reduced by GDCM, they agree with ours",
    "SC_rgb_32bit_2frame.dcm": "DCMTK has no colours of 32 bits",
    "SC_rgb_expb_32bit.dcm": "DCMTK has no colours of 32 bits",
    "SC_rgb_expb_32bit_2frame.dcm": "DCMTK has no colours of 32 bits",
    "parametric_map_float.dcm": "DCMTK has no float pixels",
    "parametric_map_double_float.dcm": "DCMTK has no float pixels",
    "gdcm-US-ALOKA-16.dcm": "DCMTK has no segmented palettes; expanded by GDCM, it agrees with us",
    "gdcm-US-ALOKA-16_big.dcm": "DCMTK has no segmented palettes",
    "liver_rle.dcm": "DCMTK has no single bits in RLE",
    "liver_nonbyte_aligned_rle.dcm": "DCMTK has no single bits in RLE",
    "dcm4che__will-jxl.dcm": "neither DCMTK nor pydicom has JPEG XL",
    "JLSL_08_07_0_1F.dcm": "DCMTK refuses JPEG-LS of 7 bits",
    "fodicom__GH1376.dcm": "names an uncompressed transfer syntax, but holds JPEG lossless",
    "emri_small_jpeg_2k_lossless_too_short.dcm": "pydicom finds no element in it",
    "dicomparser__CT0012.fragmented_no_bot_jpeg_baseline.51.dcm": "no offset table: DCMTK finds the first frame only",
    "dicomparser__CT0012.fragmented_no_bot_jpeg_lossless.57.dcm": "no offset table: DCMTK finds the first frame only",
    "dicomparser__CT0012.fragmented_no_bot_jpeg_lossless.70.dcm": "no offset table: DCMTK finds the first frame only",
    "dicomparser__CT0012.fragmented_no_bot_jpeg_ls.80.dcm": "no offset table: DCMTK finds the first frame only",
    "dicomparser__CT0012.fragmented_no_bot_jpeg_ls.81.dcm": "no offset table: DCMTK finds the first frame only",
    "dicomparser__IM00001.fragmented_no_bot_jpeg_baseline.50.dcm": "no offset table: DCMTK finds the first frame only",
    "hevc_main51.dcm": "DCMTK has no videos",
    "mpeg2_mpml.dcm": "DCMTK has no videos",
    "mpeg4_avc41.dcm": "DCMTK has no videos",
}
"""Frames that DCMTK makes no picture of."""

REFUSED_FRAMES = {("fodicom__multiframe.dcm", 140): "the last tile's codestream is smaller than the object says"}

TOLERANCE = 1

DECODED_BY_PYDICOM = ("1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.201")
"""JPEG 2000, which DCMTK does not have: pydicom decodes, and DCMTK shows."""


def name_of(path: Path) -> str:
    """The name that the file has at its origin."""
    return path.name.removeprefix("pydicom__").removeprefix("pydicomdata__")


def has_pixels(path: Path) -> bool:
    source = inflate(BytesSource(path.read_bytes()))
    content = source.read(0, source.size)
    tags = (b"\xe0\x7f\x10\0", b"\x7f\xe0\0\x10", b"\xe0\x7f\x08\0", b"\xe0\x7f\x09\0")
    return any(tag in content for tag in tags)


def identity(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


PYDICOM = [path for path in pydicom_files() if has_pixels(path)]
NAMES = {path.name for path in PYDICOM}
COLLECTION = [path for path in sample_files("4_images") if name_of(path) not in NAMES and has_pixels(path)]


@pytest.fixture(autouse=True)
def _pydicom_may_warn() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def read(path: Path) -> StoredImage:
    source = BytesSource(path.read_bytes())
    return read_stored_image(read_stored_object(source), inflate(source))


def options_for(image: StoredImage, frame_number: int) -> list[str]:
    """What makes DCMTK show what we show: the first VOI LUT, else the first window, else the whole range."""
    options = ["-O", "+F", str(frame_number)]
    if not image.pixel.is_monochrome:
        return options
    voi = image.grayscale_chain(frame_number - 1, None).voi
    if voi is None and image.stored_object.dataset.get("SegmentationType") == "FRACTIONAL":
        greatest = image.stored_object.dataset.MaximumFractionalValue
        return [*options, "+Ww", str((greatest + 1) / 2), str(greatest + 1)]  # LINEAR from 0 to that
    if voi is None:
        return [*options, "+Wm"]
    if isinstance(voi, LookupTable):
        return [*options, "+Wl", "1"]
    if "WindowCenter" in image.stored_object.dataset:
        return [*options, "+Wi", "1"]
    return [*options, "+Ww", *window_in_functional_groups(image.stored_object.dataset, frame_number)]


def window_in_functional_groups(dataset: Dataset, frame_number: int) -> list[str]:
    """The frame's own window, else that of all frames; DCMTK does not look there."""
    groups = dataset.PerFrameFunctionalGroupsSequence[frame_number - 1]
    groups = groups if "FrameVOILUTSequence" in groups else dataset.SharedFunctionalGroupsSequence[0]
    window = groups.FrameVOILUTSequence[0]
    return [str(first_of(window.WindowCenter)), str(first_of(window.WindowWidth))]


def first_of(value: Any) -> Any:
    return value[0] if isinstance(value, MultiValue) else value


def second_opinion(path: Path, image: StoredImage, frame_number: int, folder: Path) -> Picture | None:
    uid = image.stored_object.transfer_syntax_uid
    options = options_for(image, frame_number)
    if uid not in DECODED_BY_PYDICOM:
        return picture_by_dcmtk(path, uid, *options)
    pytest.importorskip("openjpeg", reason="pydicom decodes JPEG 2000 with pylibjpeg-openjpeg, which is not installed")
    decoded = folder / f"{path.stem}.dcm"
    if not decoded.exists():
        dataset = pydicom.dcmread(path)
        if "PixelData" not in dataset:
            return None
        dataset.decompress(generate_instance_uid=False)
        dataset.save_as(decoded)
    return picture_by_dcmtk(decoded, dataset_syntax(decoded), *options)


def dataset_syntax(path: Path) -> str:
    return str(pydicom.filereader.read_file_meta_info(path).TransferSyntaxUID)


def some_frames(image: StoredImage) -> list[int]:
    last = image.pixel.number_of_frames
    return sorted({1, last // 2 + 1, last})


def compare(path: Path, folder: Path) -> None:
    if name_of(path) in REFUSED:
        with pytest.raises(WadoError):
            picture_of(path)
        return
    image = read(path)
    for frame_number in some_frames(image):
        if (name_of(path), frame_number) in REFUSED_FRAMES:
            with pytest.raises(WadoError):
                picture_of(path, frame_number=frame_number)
            continue
        ours = picture_of(path, frame_number=frame_number)
        theirs = second_opinion(path, image, frame_number, folder)
        if theirs is None:
            assert name_of(path) in NO_OPINION, f"DCMTK makes no picture of frame {frame_number}"
            continue
        theirs = theirs[..., 0] if theirs.ndim > ours.ndim else theirs
        if name_of(path) in WRONG:
            theirs = np.broadcast_to(theirs[..., None], ours.shape) if theirs.ndim < ours.ndim else theirs
            assert greatest_difference(ours, theirs) > TOLERANCE, "this is no exception any more"
        else:
            assert_similar(ours, theirs, TOLERANCE)


@pytest.mark.parametrize("path", PYDICOM, ids=identity)
def test_pydicoms_files_look_as_dcmtk_shows_them(path: Path, tmp_path: Path) -> None:
    compare(path, tmp_path)


@pytest.mark.skipif(not COLLECTION, reason="there is no collection of images beside the repository")
@pytest.mark.parametrize("path", COLLECTION, ids=identity)
def test_the_collections_files_look_as_dcmtk_shows_them(path: Path, tmp_path: Path) -> None:
    compare(path, tmp_path)

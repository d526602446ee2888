"""The sample files: pydicom's own test files, which the Python environment holds already.

Many of pydicom's files are one object in several encodings, and an archive keeps one of each: these are all different.
"""

from pathlib import Path

CT_SAMPLE = "1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322"
"""The SOP Instance UID of CT_small.dcm."""

NAMES = (
    # CT: uncompressed, JPEG 2000
    "CT_small.dcm",
    "693_J2KI.dcm",
    "J2K_pixelrep_mismatch.dcm",
    # MR: JPEG-LS; with overlays
    "MR_small_jpeg_ls_lossless.dcm",
    "examples_overlay.dcm",
    # ultrasound: RGB, palette, JPEG 2000, big endian; 30 frames in JPEG
    "examples_rgb_color.dcm",
    "examples_palette.dcm",
    "examples_jpeg2k.dcm",
    "ExplVR_BigEnd.dcm",
    "examples_ybr_color.dcm",
    # nuclear medicine: 12 bit JPEG, JPEG 2000
    "JPEG-lossy.dcm",
    "JPEG2000.dcm",
    # secondary capture: deflated, RLE with two frames, JPEG in every colour space and sampling, odd size
    "image_dfl.dcm",
    "SC_rgb_rle_2frame.dcm",
    "SC_ybr_full_422_uncompressed.dcm",
    "SC_rgb_jpeg_dcmtk.dcm",
    "SC_rgb_jpeg_lossy_gdcm.dcm",
    "SC_rgb_dcmtk_+eb+cr.dcm",
    "SC_rgb_dcmtk_+eb+cy+n1.dcm",
    "SC_rgb_dcmtk_+eb+cy+np.dcm",
    "SC_rgb_dcmtk_+eb+cy+s2.dcm",
    "SC_rgb_dcmtk_+eb+cy+s4.dcm",
    "SC_jpeg_no_color_transform.dcm",
    "SC_rgb_jpeg_app14_dcmd.dcm",
    "SC_rgb_jpeg_dcmd.dcm",
    "SC_rgb_gdcm_KY.dcm",
    "GDCMJ2K_TextGBR.dcm",
    "SC_rgb_small_odd.dcm",
    "SC_rgb_small_odd_jpeg.dcm",
    # structured reports
    "test-SR.dcm",
    "reportsi.dcm",
    # segmentation, radiotherapy dose with 15 frames, radiotherapy plan, electrocardiogram
    "liver_1frame.dcm",
    "rtdose.dcm",
    "rtplan.dcm",
    "waveform_ecg.dcm",
)


def sample_files(root: Path) -> list[Path]:
    """Those that the installed pydicom has."""
    folders = sorted(root.glob(".venv/lib/python3*/site-packages/pydicom/data/test_files"))
    return [folder / name for folder in folders for name in NAMES if (folder / name).is_file()]

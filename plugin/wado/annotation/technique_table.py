"""What an annotation shows of an image's acquisition, by modality: rows to read, and to add to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """An attribute, and what its value is multiplied by to be in the quantity's unit.

    `sequence` is where it stands if not in the object itself: a functional group of a multi-frame object (PS3.3
    C.7.6.16), or a sequence of one item.
    """

    keyword: str
    sequence: str = ""
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number above 0; the first of its sources that has one counts. One above `largest` is in some other unit."""

    label: str
    unit: str
    sources: tuple[Source, ...]
    largest: float = 1e9


@dataclass(frozen=True, slots=True)
class Wording:
    """A text; the first of its sources that has one counts."""

    label: str
    sources: tuple[Source, ...]


Row = tuple[Quantity | Wording, ...]
"""What stands together on a line."""

_EXPOSURE_GROUP = "CTExposureSequence"
_RADIOPHARMACEUTICAL = "RadiopharmaceuticalInformationSequence"

TUBE_VOLTAGE = Quantity("", "kV", (Source("KVP"), Source("KVP", "CTXRayDetailsSequence")))
TUBE_CURRENT = Quantity(
    "",
    "mA",
    (
        Source("XRayTubeCurrentInmA", _EXPOSURE_GROUP),
        Source("XRayTubeCurrentInmA"),
        Source("XRayTubeCurrent"),
        Source("XRayTubeCurrentInuA", scale=0.001),
    ),
)
EXPOSURE = Quantity(
    "",
    "mAs",
    (
        Source("ExposureInmAs", _EXPOSURE_GROUP),
        Source("ExposureInmAs"),
        Source("ExposureInuAs", scale=0.001),
        Source("Exposure"),
    ),
)
ECHO_TIME = Quantity("TE", "ms", (Source("EffectiveEchoTime", "MREchoSequence"), Source("EchoTime")))
REPETITION_TIME = Quantity(
    "TR", "ms", (Source("RepetitionTime", "MRTimingAndRelatedParametersSequence"), Source("RepetitionTime"))
)
INVERSION_TIME = Quantity("TI", "ms", (Source("InversionTimes", "MRModifierSequence"), Source("InversionTime")))
FLIP_ANGLE = Quantity(
    "Flip angle", "°", (Source("FlipAngle", "MRTimingAndRelatedParametersSequence"), Source("FlipAngle"))
)
FIELD_STRENGTH = Quantity("", "T", (Source("MagneticFieldStrength"),), largest=30.0)
VIEW = Wording("View", (Source("ViewPosition"), Source("CodeMeaning", "ViewCodeSequence")))
FRAME_TIME = Quantity("Frame time", "ms", (Source("FrameTime"),))
FRAME_DURATION = Quantity("Frame duration", "s", (Source("ActualFrameDuration", scale=0.001),))
RADIONUCLIDE = Wording("", (Source("CodeMeaning", f"{_RADIOPHARMACEUTICAL}/RadionuclideCodeSequence"),))
RADIOPHARMACEUTICAL = Wording("", (Source("Radiopharmaceutical", _RADIOPHARMACEUTICAL),))
DOSE_IN_BECQUEREL = Quantity("", "MBq", (Source("RadionuclideTotalDose", _RADIOPHARMACEUTICAL, scale=1e-6),))
DOSE_IN_MEGABECQUEREL = Quantity("", "MBq", (Source("RadionuclideTotalDose", _RADIOPHARMACEUTICAL),), largest=1e5)
MECHANICAL_INDEX = Quantity("MI", "", (Source("MechanicalIndex"),))
THERMAL_INDEX = Quantity("TIS", "", (Source("SoftTissueThermalIndex"),))
DEPTH = Quantity("Depth", "mm", (Source("DepthOfScanField"),))
HEART_RATE = Quantity("Heart rate", "/min", (Source("HeartRate"),))
COMPRESSION_FORCE = Quantity("Compression", "N", (Source("CompressionForce"),))
COMPRESSED_THICKNESS = Quantity("", "mm", (Source("BodyPartThickness"),))

SLICE_THICKNESS = Quantity(
    "Thickness", "mm", (Source("SliceThickness", "PixelMeasuresSequence"), Source("SliceThickness"))
)

_PROJECTION: tuple[Row, ...] = ((VIEW,), (TUBE_VOLTAGE, TUBE_CURRENT, EXPOSURE))
_MAMMOGRAPHY: tuple[Row, ...] = (*_PROJECTION, (COMPRESSION_FORCE, COMPRESSED_THICKNESS))
_ANGIOGRAPHY: tuple[Row, ...] = (*_PROJECTION, (FRAME_TIME,))

ROWS: dict[str, tuple[Row, ...]] = {
    "CT": ((TUBE_VOLTAGE, TUBE_CURRENT, EXPOSURE),),
    "MR": ((REPETITION_TIME, ECHO_TIME), (INVERSION_TIME, FLIP_ANGLE), (FIELD_STRENGTH,)),
    "CR": _PROJECTION,
    "DX": _PROJECTION,
    "DR": _PROJECTION,
    "IO": _PROJECTION,
    "PX": _PROJECTION,
    "MG": _MAMMOGRAPHY,
    "XA": _ANGIOGRAPHY,
    "RF": _ANGIOGRAPHY,
    "US": ((MECHANICAL_INDEX, THERMAL_INDEX), (DEPTH,), (HEART_RATE,), (FRAME_TIME,)),
    "NM": ((RADIOPHARMACEUTICAL,), (RADIONUCLIDE, DOSE_IN_MEGABECQUEREL), (FRAME_DURATION,)),
    "PT": ((RADIOPHARMACEUTICAL,), (RADIONUCLIDE, DOSE_IN_BECQUEREL), (FRAME_DURATION,)),
}
"""The lines of each modality (PS3.3 C.7.3.1.1.1)."""

"""What an annotation says of hand-made objects, line by line."""

from __future__ import annotations

import io
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset

from tests.support.datasets import CHARSET_FILES, make_object, pydicom_files, to_file
from wado.annotation.content import read_annotation
from wado.annotation.fonts import split_into_runs
from wado.annotation.geometry import read_directions
from wado.annotation.model import NO_BREAK, Annotation, EdgeLetters, Line, Rank, ShownImage

BOTH = ("patient", "technique")
AXIAL = ShownImage(horizontal=(1, 0, 0), vertical=(0, 1, 0))


def item(**attributes: Any) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def anonymous(**attributes: Any) -> Dataset:
    """An object that says nothing but what is given."""
    return make_object(**{"PatientName": "", "PatientID": "", **attributes})


def texts(lines: tuple[Line, ...]) -> list[str]:
    """A number and its unit are kept on one line, which is not looked at here."""
    return [line.text.replace(NO_BREAK, " ") for line in lines]


def read(dataset: Dataset, frame_index: int = 0, shown: ShownImage = AXIAL) -> Annotation:
    return read_annotation(dataset, frame_index, BOTH, shown)


def test_the_patient_is_on_the_top_left() -> None:
    dataset = make_object(
        PatientName="Yamada^Tarou=山田^太郎",
        PatientID="4711",
        PatientBirthDate="19501231",
        PatientSex="M",
        PatientAge="075Y",
    )
    assert read(dataset).top_left == (
        Line("Yamada, Tarou", Rank.IDENTITY),
        Line("山田 太郎", Rank.SPELLING),
        Line(f"ID{NO_BREAK}4711", Rank.IDENTITY),
        Line(f"Born{NO_BREAK}1950-12-31, M, 75Y", Rank.DETAIL),
    )


def test_each_kind_comes_alone() -> None:
    dataset = make_object(Modality="CT", StudyDescription="Thorax", SeriesNumber=1, ImageLaterality="L")
    patient = read_annotation(dataset, 0, ("patient",), AXIAL)
    technique = read_annotation(dataset, 0, ("technique",), AXIAL)
    assert patient == Annotation(top_left=patient.top_left)
    assert technique.top_left == ()
    assert read(dataset) == Annotation(
        patient.top_left, technique.top_right, technique.bottom_left, technique.bottom_right, technique.edges
    )


def test_study_and_series_are_on_the_top_right() -> None:
    dataset = anonymous(
        InstitutionName="Hospital",
        StudyDate="20261121",
        StudyTime="101112.5",
        StudyDescription="Thorax",
        SeriesDate="20261122",
        SeriesDescription="Lung",
    )
    assert texts(read(dataset).top_right) == [
        "Hospital",
        "Study 2026-11-21 10:11:12",
        "Thorax",
        "Series 2026-11-22",
        "Lung",
    ]


def test_the_image_and_how_it_is_shown_is_on_the_bottom_right() -> None:
    dataset = anonymous(SeriesNumber=3, InstanceNumber=12, SliceLocation="-77.25", SliceThickness="2.5")
    shown = ShownImage(number_of_frames=1, window=(-600.0, 1500.0))
    assert texts(read(dataset, shown=shown).bottom_right) == [
        "Series 3",
        "Image 12",
        "Position -77.25 mm",
        "Thickness 2.5 mm",
        "C -600 W 1500",
    ]


def test_a_frame_is_counted_from_one() -> None:
    assert texts(read(anonymous(), 1, ShownImage(number_of_frames=20)).bottom_right) == ["Frame 2 of 20"]


def test_nothing_is_said_of_an_object_that_says_nothing() -> None:
    assert read(anonymous(), shown=ShownImage()) == Annotation()


RADIOPHARMACEUTICAL = item(
    Radiopharmaceutical="FDG",
    RadionuclideTotalDose="370000000",
    RadionuclideCodeSequence=[item(CodeMeaning="^18^Fluorine")],
)
TECHNETIUM = item(RadionuclideTotalDose="740", RadionuclideCodeSequence=[item(CodeMeaning="^99m^Technetium")])


@pytest.mark.parametrize(
    ("modality", "attributes", "lines"),
    [
        ("CT", {"KVP": "120", "XRayTubeCurrent": 200, "Exposure": 150}, ["120 kV  200 mA  150 mAs"]),
        ("CT", {"KVP": "120"}, ["120 kV"]),
        ("CT", {"KVP": "-120", "XRayTubeCurrent": 0}, []),
        (
            "MR",
            {
                "RepetitionTime": "4000",
                "EchoTime": "4.76",
                "InversionTime": "150",
                "FlipAngle": "90",
                "MagneticFieldStrength": "1.5",
            },
            ["TR 4000 ms  TE 4.76 ms", "TI 150 ms  Flip angle 90°", "1.5 T"],
        ),
        ("MR", {"MagneticFieldStrength": "15000"}, []),
        ("CR", {"ViewPosition": "PA", "KVP": "125", "Exposure": 2}, ["View PA", "125 kV  2 mAs"]),
        ("DX", {"ExposureInuAs": 1500, "Exposure": 1}, ["1.5 mAs"]),
        ("DX", {"ViewCodeSequence": [item(CodeMeaning="lateral")]}, ["View lateral"]),
        (
            "MG",
            {"ViewPosition": "MLO", "KVP": "28", "CompressionForce": "120", "BodyPartThickness": "45"},
            ["View MLO", "28 kV", "Compression 120 N  45 mm"],
        ),
        (
            "XA",
            {"KVP": "80", "XRayTubeCurrentInmA": 500.0, "FrameTime": "66.7"},
            ["80 kV  500 mA", "Frame time 66.7 ms"],
        ),
        (
            "US",
            {"MechanicalIndex": "1.1", "SoftTissueThermalIndex": "0.4", "DepthOfScanField": 160, "HeartRate": 72},
            ["MI 1.1  TIS 0.4", "Depth 160 mm", "Heart rate 72 /min"],
        ),
        ("US", {"FrameTime": "33.333"}, ["Frame time 33.33 ms"]),
        (
            "PT",
            {"RadiopharmaceuticalInformationSequence": [RADIOPHARMACEUTICAL], "ActualFrameDuration": 180000},
            ["FDG", "^18^Fluorine  370 MBq", "Frame duration 180 s"],
        ),
        ("NM", {"RadiopharmaceuticalInformationSequence": [TECHNETIUM]}, ["^99m^Technetium  740 MBq"]),
        ("OT", {"KVP": "120"}, []),
    ],
)
def test_each_modality_has_its_technique(modality: str, attributes: dict[str, Any], lines: list[str]) -> None:
    assert texts(read(anonymous(Modality=modality, **attributes)).bottom_left) == [modality, *lines]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"ImageLaterality": "R"}, "Right"),
        ({"Laterality": "L"}, "Left"),
        ({"ImageLaterality": "B", "Laterality": "L"}, "Both sides"),
        ({"ImageLaterality": "U"}, None),
        ({"ImageLaterality": "X"}, None),
        ({}, None),
    ],
)
def test_the_side_of_the_patient_is_a_marker(attributes: dict[str, str], expected: str | None) -> None:
    expected_lines = (Line(expected, Rank.MARKER),) if expected else ()
    assert read(anonymous(**attributes)).bottom_left == expected_lines


def enhanced(*frames: Dataset, shared: Dataset | None = None, **attributes: Any) -> Dataset:
    return anonymous(
        NumberOfFrames=len(frames),
        PerFrameFunctionalGroupsSequence=list(frames),
        SharedFunctionalGroupsSequence=[shared or Dataset()],
        **attributes,
    )


def test_functional_groups_of_the_frame_and_shared_ones_are_read() -> None:
    frames = [
        item(
            FrameAnatomySequence=[item(FrameLaterality=side)],
            PlanePositionSequence=[item(ImagePositionPatient=[-100, -100, position])],
            MREchoSequence=[item(EffectiveEchoTime=echo_time)],
        )
        for side, position, echo_time in (("R", 10, 80.0), ("L", 12.5, 90.0))
    ]
    shared = item(
        PlaneOrientationSequence=[item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])],
        PixelMeasuresSequence=[item(SliceThickness="2.5")],
        MRTimingAndRelatedParametersSequence=[item(RepetitionTime="500", FlipAngle="20")],
    )
    dataset = enhanced(*frames, shared=shared, Modality="MR", SliceLocation="99", MagneticFieldStrength="3")
    annotation = read(dataset, 1, ShownImage(number_of_frames=2))
    assert texts(annotation.bottom_left) == ["Left", "MR", "TR 500 ms  TE 90 ms", "Flip angle 20°", "3 T"]
    assert texts(annotation.bottom_right) == ["Frame 2 of 2", "Position 12.5 mm", "Thickness 2.5 mm"]
    assert read_directions(dataset, 1) == ((1, 0, 0), (0, 1, 0))


def test_the_functional_group_of_the_frame_counts_before_the_shared_one_and_that_before_the_object() -> None:
    right, left = (item(FrameAnatomySequence=[item(FrameLaterality=side)]) for side in "RL")
    assert texts(read(enhanced(right, shared=left)).bottom_left) == ["Right"]
    anatomy = [item(FrameLaterality="R")]
    assert texts(read(enhanced(item(), shared=left, FrameAnatomySequence=anatomy)).bottom_left) == ["Left"]


def test_the_exposure_of_an_enhanced_ct_is_read() -> None:
    frame = item(
        CTXRayDetailsSequence=[item(KVP="100")],
        CTExposureSequence=[item(XRayTubeCurrentInmA=250.0, ExposureInmAs=125.5)],
    )
    assert texts(read(enhanced(frame, Modality="CT")).bottom_left) == ["CT", "100 kV  250 mA  125.5 mAs"]


def test_the_position_along_the_normal_stands_in_for_slice_location() -> None:
    sagittal = anonymous(ImageOrientationPatient=[0, 1, 0, 0, 0, -1], ImagePositionPatient=[30, -100, 100])
    assert texts(read(sagittal).bottom_right) == ["Position -30 mm"]


def test_frames_that_share_one_position_are_shown_without() -> None:
    assert texts(read(anonymous(SliceLocation="5", NumberOfFrames=3)).bottom_right) == []


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"ImageOrientationPatient": [1, 0, 0, 0, 0, -1]}, ("L", "F")),
        ({"PatientOrientation": ["A", "F"]}, ("A", "F")),
        ({"PatientOrientation": ["AR", "FL"]}, ("AR", "FL")),
        ({"ImageOrientationPatient": [0, 1, 0, 0, 0, -1], "PatientOrientation": ["L", "F"]}, ("P", "F")),
        ({"ImageOrientationPatient": [0, 0, 0, 0, 0, 0]}, None),
        ({"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]}, None),
        ({"ImageOrientationPatient": [1, 0, 0]}, None),
        ({"PatientOrientation": ["A"]}, None),
        ({"PatientOrientation": ["LE", "V"]}, None),
        ({"PatientOrientation": ["R", "H"], "AnatomicalOrientationType": "BIPED"}, ("R", "H")),
        ({"ImageOrientationPatient": [1, 0, 0, 0, 1, 0], "AnatomicalOrientationType": "QUADRUPED"}, None),
        ({"DetectorInformationSequence": [item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])]}, ("L", "P")),
        ({}, None),
    ],
)
def test_where_rows_and_columns_run_to(attributes: dict[str, Any], expected: tuple[str, str] | None) -> None:
    dataset = anonymous(**attributes)
    directions = read_directions(dataset, 0)
    if expected is None:
        assert directions is None
        return
    assert directions
    edges = read(dataset, shown=ShownImage(horizontal=directions[0], vertical=directions[1])).edges
    assert (edges.right, edges.bottom) == expected


def test_letters_belong_to_the_technique() -> None:
    assert read_annotation(anonymous(), 0, ("patient",), AXIAL).edges == EdgeLetters()
    assert read_annotation(anonymous(), 0, ("technique",), AXIAL).edges == EdgeLetters("R", "L", "A", "P")


NAMES = {
    "chrArab": ["قباني, لنزار"],
    "chrFren": ["Buc, Jérôme"],
    "chrGerm": ["Äneas, Rüdiger"],
    "chrGreek": ["Διονυσιος"],
    "chrH31": ["Yamada, Tarou", "山田 太郎", "やまだ たろう"],
    "chrH32": ["ﾔﾏﾀﾞ, ﾀﾛｳ", "山田 太郎", "やまだ たろう"],
    "chrHbrw": ["שרון, דבורה"],
    "chrI2": ["Hong, Gildong", "洪 吉洞", "홍 길동"],
    "chrRuss": ["Люкceмбypг"],
    "chrX1": ["Wang, XiaoDong", "王 小東"],
    "chrX2": ["Wang, XiaoDong", "王 小东"],
}


@pytest.mark.parametrize("name", NAMES)
def test_names_are_decoded_by_their_character_set(name: str) -> None:
    dataset = pydicom.dcmread(CHARSET_FILES / f"{name}.dcm")
    lines = read(dataset).top_left
    assert texts(lines)[: len(NAMES[name])] == NAMES[name]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", pydicom_files(), ids=lambda path: path.name)
def test_every_file_has_an_annotation_that_can_be_drawn(path: Any) -> None:
    dataset = pydicom.dcmread(path, force=True)
    for line in read(dataset, shown=ShownImage(3, (1.0, 2.0))).lines:
        assert line.text.strip()
        assert split_into_runs(line.text)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("character_set", "stored", "shown"),
    [
        ("ISO_IR 192", b"M\xfcller", "Müller"),
        ("ISO_IR 192", b"A\xd0\xb4\xffB", "A\u0434\\xffB"),
        ("ISO 2022 IR 87", b"A\x1b$BB", "A\\x42"),
    ],
)
def test_bytes_that_are_no_characters_are_read_as_what_they_must_be_or_seen(
    character_set: str, stored: bytes, shown: str
) -> None:
    file = to_file(anonymous(SpecificCharacterSet=character_set, PatientID="FILLING", PatientName="FILLING^X"))
    file = file.replace(b"FILLING ", stored.ljust(8)).replace(b"FILLING^X ", stored.ljust(10))
    lines = texts(read(pydicom.dcmread(io.BytesIO(file))).top_left)
    assert len(lines) == 2 and all(shown in line for line in lines)


def test_a_number_is_not_parted_from_its_unit() -> None:
    lines = read(anonymous(Modality="CT", KVP="120", SliceThickness="5", SliceLocation="1")).lines
    assert not any(" kV" in line.text or " mm" in line.text for line in lines)

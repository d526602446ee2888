"""The names of answers."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from wado.front.entity_tags import WITHOUT_EFFECT, EntityTags, digest_of_package, tag_of_content
from wado.job import DeviceRegions, Job, OtherObject, WorkerSettings
from wado.settings import Settings

JOB = Job("uuid", 100, "single-frame image", "image/jpeg")
DICOM = replace(JOB, media_type="application/dicom", anonymize=True)

CHANGES: dict[str, Any] = {
    "attachment": "another uuid",
    "size": 101,
    "category": "multi-frame image",
    "media_type": "image/png",
    "frame_number": 2,
    "rows": 10,
    "columns": 10,
    "region": (0.0, 0.0, 0.5, 1.0),
    "annotation": ("patient",),
    "window_center": 40.0,
    "window_width": 400.0,
    "image_quality": 90,
    "transfer_syntaxes": ("*",),
    "anonymize": True,
    "charsets": ("UTF-8",),
    "presentation_uid": "1.2.3",
    "others": (OtherObject("1.2.3", "uuid of another", 5),),
    "missing": ("1.2.3",),
}

SETTINGS: dict[str, Any] = {
    "maximum_pixels": 1,
    "maximum_animation_pixels": 1,
    "image_quality": 89,
    "burn_in_overlays": True,
    "anonymize_options": ("RetainUIDs",),
    "anonymize_regions": (DeviceRegions("ACME", "SonoMat", 480, 640, ((0, 0, 640, 40),)),),
    "anonymize_refuses_faces": True,
}


def tag(job: Job = JOB, program: str = "1.0", **settings: Any) -> str:
    return EntityTags(Settings(**settings), program).of(job)


def test_a_name_is_a_strong_entity_tag() -> None:
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag())


def test_every_field_of_the_job_makes_another_name() -> None:
    assert CHANGES.keys() == {field.name for field in fields(Job)}
    names = {tag(replace(JOB, **{name: value})) for name, value in CHANGES.items()}
    assert len(names | {tag()}) == len(CHANGES) + 1


def test_every_setting_that_changes_answers_makes_another_name() -> None:
    assert SETTINGS.keys() == {field.name for field in fields(WorkerSettings)} - WITHOUT_EFFECT
    names = {tag(**{name: value}) for name, value in SETTINGS.items()}
    assert len(names | {tag()}) == len(SETTINGS) + 1


def test_what_changes_no_answer_changes_no_name() -> None:
    assert tag(worker_memory=512, frame_cache=0, workers=3, timeout=1, answer_cache=0, root="/other") == tag()


def test_another_program_makes_another_name() -> None:
    assert tag(program="1.1") != tag()


def test_the_key_is_in_the_names_of_de_identified_objects_alone() -> None:
    keys = ("a key of the site", "another key of it")
    assert tag(JOB, anonymize_key=keys[0]) == tag(JOB, anonymize_key=keys[1]) == tag(JOB)
    assert tag(DICOM, anonymize_key=keys[0]) != tag(DICOM, anonymize_key=keys[1])


def test_the_same_is_named_the_same_by_every_server() -> None:
    changes: dict[str, Any] = {**SETTINGS, "anonymize_key": "a key of the site"}
    assert tag(DICOM, **changes) == tag(replace(DICOM), **changes)


def test_other_content_has_another_name() -> None:
    assert tag_of_content(b"[]") == tag_of_content(b"[]") != tag_of_content(b"[ ]")


@pytest.mark.parametrize("name", ["module.py", "table.tsv", "folder/module.py"])
def test_every_file_of_the_package_is_in_its_digest(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder" / "__pycache__").mkdir(parents=True)
    for each in ("module.py", "table.tsv", "folder/module.py"):
        (tmp_path / each).write_text("1")
    before = digest_of_package(str(tmp_path))
    (tmp_path / "folder" / "__pycache__" / "module.pyc").write_text("2")
    assert digest_of_package(str(tmp_path)) == before
    (tmp_path / name).write_text("2")
    assert digest_of_package(str(tmp_path)) != before


def test_the_packages_own_digest_is_always_the_same() -> None:
    assert digest_of_package() == digest_of_package()

"""The site's settings as a policy."""

from __future__ import annotations

import pytest

from tests.support.datasets import make_object
from tests.support.worker_settings import worker_settings
from wado.deidentify.options import OPTION_NAMES, Option
from wado.deidentify.policy import Policy
from wado.errors import InternalError
from wado.job import DeviceRegions

REGIONS = DeviceRegions("ACME", "SonoMat", 480, 640, ((0, 0, 640, 40),))


def test_a_policy_is_what_the_settings_say() -> None:
    settings = worker_settings(
        anonymize_key="a secret of a site", anonymize_options=OPTION_NAMES, anonymize_refuses_faces=True
    )
    policy = Policy.of(settings)
    assert policy.key == b"a secret of a site"
    assert policy.options == frozenset(Option)
    assert policy.refuses_faces


def test_without_a_key_nothing_is_de_identified() -> None:
    with pytest.raises(InternalError, match="AnonymizeKey"):
        Policy.of(worker_settings())


@pytest.mark.parametrize(
    ("rows", "columns", "model", "is_meant"),
    [(480, 640, "SonoMat", True), (480, 640, "SONOMAT ", True), (600, 640, "SonoMat", False), (480, 640, "CT", False)],
)
def test_regions_are_those_of_the_device_and_the_size(rows: int, columns: int, model: str, is_meant: bool) -> None:
    dataset = make_object(Manufacturer="ACME", ManufacturerModelName=model, Rows=rows, Columns=columns)
    assert bool(Policy(b"key", devices=(REGIONS,)).regions_for(dataset)) == is_meant

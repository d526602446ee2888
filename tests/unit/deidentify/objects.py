"""Data sets with one attribute or a few, as they come out of a file."""

from __future__ import annotations

import io
from typing import Any

import pydicom
from pydicom import config
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileDataset

from tests.support.datasets import make_object, to_file
from wado.deidentify.options import Option
from wado.deidentify.policy import Policy
from wado.deidentify.walk import Walk

KEY = b"a secret of the tests"


def policy(*options: Option) -> Policy:
    return Policy(KEY, frozenset(options))


def walk_of(*options: Option, keeps_uids: bool = False) -> Walk:
    return Walk(policy(*options), "patient", keeps_uids=keeps_uids)


def stored(**attributes: Any) -> FileDataset:
    """An object of the attributes, written and read again: its elements are raw bytes."""
    return pydicom.dcmread(io.BytesIO(to_file(make_object(**attributes))))


def element(tag: int, vr: str, value: Any) -> DataElement:
    return DataElement(tag, vr, value, validation_mode=config.IGNORE)


def item(**attributes: Any) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def code(value: str, meaning: str, scheme: str = "DCM") -> Dataset:
    return item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)

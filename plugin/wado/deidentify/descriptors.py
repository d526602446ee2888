"""Descriptions without anything that could say who it is about (PS3.15 E.3.5, Clean Descriptors).

No program can tell a name in free text. So the other way round: only words that PS3.16 itself has in the meaning of a
code stay, and numbers of up to three digits; and of those words none that is a part of the patient's own identity.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Any

_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_LONGEST_NUMBER = 3

_ABBREVIATIONS = """
abd adc ant ap ax axial b0 bold brn cor coronal ct cta ctv dce dti dwi epi fatsat fl fl2d fl3d flair fs fse gre ir iv
kub lat ld li lt mip mpr mr mra mri mrv ob obl oblique pa pd pelv pet po post pre re ri rt sag sagittal se spgr spine
stir sub swi t1 t1w t2 t2w tfe thk thx tof tra transverse tse w wo wwo xa
"""
"""What descriptions of series are made of besides."""

_BODY_PARTS = """
abdomenpelvis acjoint bileduct chestabdomen chestabdpelvis circleofwillis coronaryartery cspine ctspine headneck lspine
lsspine neckchest neckchestabdomen neckchestabdpelv opticcanal radiusulna sijoint sspine tibiafibula tlspine tmj tspine
wholebody
"""
"""Defined Terms of Body Part Examined that run several words together (PS3.16 Table L-1)."""


@lru_cache(maxsize=1)
def vocabulary() -> frozenset[str]:
    """The words of the meanings of all codes that pydicom knows, in lower case: some 9,000."""
    import pydicom.sr._concepts_dict  # large, and needed for this option only

    concepts: Any = pydicom.sr._concepts_dict.concepts
    by_code = (codes for scheme in concepts.values() for codes in scheme.values())
    meanings = " ".join(meaning for codes in by_code for meaning, *_ in codes.values())
    return frozenset([*_ABBREVIATIONS.split(), *_BODY_PARTS.split(), *_LETTERS.findall(meanings.lower())])


def cleaned(text: str, identity: Collection[str]) -> str:
    """The text's known words and small numbers in their order; `identity` are words, in lower case, that go as well."""
    words = (word for word in _WORD.findall(text) if _may_stay(word.lower(), identity))
    return " ".join(words)


def _may_stay(word: str, identity: Collection[str]) -> bool:
    if word in identity:
        return False
    return len(word) <= _LONGEST_NUMBER if word.isdigit() else word in vocabulary()

"""The same pseudonyms in every process that has the key, and others with another key."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from pydicom.uid import UID

from wado.deidentify.pseudonyms import LONGEST_SHIFT, Pseudonyms

KEY = b"0123456789abcdef"
PLUGIN = Path(__file__).parents[3] / "plugin"


def hmac_by_hand(key: bytes, message: bytes) -> bytes:
    """RFC 2104 section 2, with SHA-256."""
    padded = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in padded) + inner).digest()


def test_a_uid_is_128_bits_of_the_hmac() -> None:
    number = int.from_bytes(hmac_by_hand(KEY, b"uid\x001.2.3")[:16], "big")
    assert Pseudonyms(KEY).uid("1.2.3") == f"2.25.{number}"


def test_another_process_makes_the_same() -> None:
    text = "from wado.deidentify.pseudonyms import Pseudonyms as P; p = P(b'0123456789abcdef');"
    text += "print(p.uid('1.2.3'), p.patient('Müller'), p.days_back('Müller'))"
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(PLUGIN)!r}); {text}"]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    here = Pseudonyms(KEY)
    assert finished.stdout.split() == [here.uid("1.2.3"), here.patient("Müller"), str(here.days_back("Müller"))]


def test_another_key_makes_others() -> None:
    here, there = Pseudonyms(KEY), Pseudonyms(b"fedcba9876543210")
    assert here.uid("1.2.3") != there.uid("1.2.3")
    assert here.patient("4711") != there.patient("4711")


@pytest.mark.parametrize("original", ["1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.4.1.1", ""])
def test_the_standards_own_uids_stay(original: str) -> None:
    assert Pseudonyms(KEY).uid(original) == original


def test_new_identifiers_are_valid() -> None:
    pseudonyms = Pseudonyms(KEY)
    for number in range(200):
        assert UID(pseudonyms.uid(f"1.2.{number}")).is_valid
        assert len(pseudonyms.patient(str(number))) == 16
        assert 1 <= pseudonyms.days_back(str(number)) <= LONGEST_SHIFT

"""Elements made of values."""

from __future__ import annotations

import pytest

from wado.errors import NotAcceptable
from wado.transcode.elements import element


def test_values_have_an_even_length_and_the_padding_of_their_vr() -> None:
    assert element("LossyImageCompressionRatio", "10.25").value == b"10.25 "
    assert element("SOPInstanceUID", "1.2.3").value == b"1.2.3\0"
    assert element("BitsAllocated", 16).value == b"\x10\0"


def test_malformed_text_of_the_object_is_refused_by_its_name_alone() -> None:
    with pytest.raises(NotAcceptable, match=r"Lossy Image Compression Ratio \(0028,2112\) is malformed") as error:
        element("LossyImageCompressionRatio", "10\xff")
    assert "\xff" not in str(error.value)

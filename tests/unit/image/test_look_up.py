"""Look-up in tables over all words of a cell."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.images import assert_equal
from wado.image.look_up import CHUNK, SMALLEST_PAIRED, look_up


@pytest.mark.parametrize("length", [1, CHUNK - 1, CHUNK, CHUNK + 1, SMALLEST_PAIRED, 3 * CHUNK + 7, 6 * CHUNK + 6])
@pytest.mark.parametrize("kind", ["u1", "u2"])
@pytest.mark.parametrize("entry", ["u1", "u4"])
def test_look_up_is_the_same_across_the_borders_of_its_chunks(length: int, kind: str, entry: str) -> None:
    entries = np.random.default_rng(1).integers(0, 256, 65536).astype(entry)
    words = (np.arange(length) * 7919).astype(kind).reshape(1, length)
    assert_equal(look_up(entries, words), entries[words])


def test_look_up_takes_words_that_do_not_lie_side_by_side() -> None:
    entries = np.arange(256, dtype=np.uint8)[::-1].copy()
    words = np.arange(24, dtype=np.uint8).reshape(4, 6).T
    assert_equal(look_up(entries, words), entries[words])

"""How names of persons are written (PS3.5 6.2.1), in pictures and in reports alike."""

from __future__ import annotations

from collections.abc import Sequence


def write_group(components: Sequence[str], index: int) -> str:
    """A component group: "Family, Given Middle, Prefix, Suffix", as lists of patients have it.

    In the second and third group, ideographic and phonetic, the family name goes first without a comma, as is customary
    where there are such groups. Components beyond the five of the standard are kept.
    """
    family, given, middle, *others = (*components, "", "", "")
    if index:
        return " ".join(filter(None, components))
    return ", ".join(filter(None, (family, " ".join(filter(None, (given, middle))), *others)))

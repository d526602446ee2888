"""A stored object with all of its strings in the character set that is asked for (PS3.18-2011 8.1.6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import BinaryIO

from pydicom.tag import Tag

from wado.character_sets.names import CharacterSet, find_character_set
from wado.dicom.stored_object import FileSource, Source, inflate, read_stored_object
from wado.errors import NotAcceptable
from wado.job import Job, Representation
from wado.transcode.changed import Render, render_changed
from wado.transcode.part10 import data_set_offset, write_meta_header
from wado.transcode.recode_text import CLAUSE, TextRecoder, Unheld
from wado.transcode.rewrite import NO_SIGNATURES, encoding_of

MOST_TAGS = 5
"""Attributes that a warning names."""


def render_recoded(job: Job, source: FileSource, render: Render) -> Representation:
    """What `render` makes of the object in the first of the job's character sets that holds all of it."""
    warnings: tuple[str, ...] = ()

    def write(file: BinaryIO) -> None:
        nonlocal warnings
        warnings = write_recoded(source, file, job.charsets)

    representation = render_changed(replace(job, charsets=()), source, write, render)
    return replace(representation, warnings=(*warnings, *representation.warnings))


def write_recoded(source: Source, file: BinaryIO, names: Iterable[str]) -> tuple[str, ...]:
    """Write a whole Part 10 file in the stored transfer syntax, or inflated; gives back warnings for the client.

    Raises `NotAcceptable` where none of the sets holds every value, or where a value cannot be read without a guess.
    """
    source = inflate(source)
    complaint = "DICOM has no such character set"
    for character_set in filter(None, map(find_character_set, names)):
        if character_set.defined_terms:
            file.seek(0)
            file.truncate()
            try:
                return _warnings(_write(source, file, character_set))
            except Unheld as error:
                complaint = error.complaint
    raise NotAcceptable(f"{complaint}; charset=UTF-8 has all", parameter="charset", clause=CLAUSE)


def _write(source: Source, file: BinaryIO, character_set: CharacterSet) -> TextRecoder:
    stored_object = read_stored_object(source)
    write_meta_header(file, stored_object.dataset, stored_object.transfer_syntax_uid)
    offset = data_set_offset(source)
    with source.open() as content:
        content.seek(offset)
        encoding = encoding_of(stored_object, source, offset)
        recoder = TextRecoder(content, file, encoding, source.size, character_set)
        recoder.copy()
    return recoder


def _warnings(recoder: TextRecoder) -> tuple[str, ...]:
    signatures = (NO_SIGNATURES,) if recoder.has_left_out_signatures else ()
    tags = [str(Tag(tag)) for tag in recoder.misdeclared]
    if not tags:
        return signatures
    named = ", ".join(tags[:MOST_TAGS]) + (f" and {len(tags) - MOST_TAGS} more" if len(tags) > MOST_TAGS else "")
    misdeclared = (
        f"charset: text that is not in the character set which the object declares was read in its own: {named}"
    )
    return (misdeclared, *signatures)

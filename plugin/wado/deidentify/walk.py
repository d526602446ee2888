"""Through a data set, element by element and item by item: what the profile says of each is done to it.

What cannot be read goes: nothing is kept that was not looked at. What is kept stays in the bytes that it was stored in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum

from pydicom.dataset import Dataset

from wado.deidentify.content import TEXT_VALUE, clean_item, dummy_code, is_code
from wado.deidentify.descriptors import cleaned
from wado.deidentify.elements import (
    TEXT_VRS,
    bytes_of,
    character_set_of,
    creator_of,
    items_of,
    left_as_stored,
    put_dummy,
    put_nothing,
    replace,
    strings_of,
    texts_of,
    vr_of,
)
from wado.deidentify.identity import Identity
from wado.deidentify.options import Option
from wado.deidentify.policy import Policy
from wado.deidentify.profile import NEVER_NEW, Action, action_for, basic_action_for, is_known
from wado.deidentify.safe_private import is_safe
from wado.deidentify.values import REMOVED, moved_back
from wado.deidentify.well_formed import is_well_formed

PATIENT_NAME, PATIENT_ID = 0x00100010, 0x00100020
REFERENCED_STUDY_SEQUENCE = 0x00081110
CONTENT_SEQUENCE, GRAPHIC_ANNOTATION_SEQUENCE = 0x0040A730, 0x00700001
CURVES_AND_OVERLAYS, PIXELS = (0x50, 0x60), 0x7F
"""Of a group's number, the first byte."""

DEEPEST = 64
"""Levels of sequences in sequences: what is deeper goes."""


class Mode(Enum):
    """How the items of a sequence are taken: as the table lists their attributes, as content without values, or as a
    dummy of which only the shape stays."""

    AS_LISTED = "as listed"
    CONTENT = "content"
    DUMMY = "dummy"


class Walk:
    """One object's way. `identity` collects what went; `keeps_uids` leaves every UID as it is."""

    def __init__(self, policy: Policy, patient: str, *, keeps_uids: bool) -> None:
        self._options = policy.options
        self._pseudonyms = policy.pseudonyms
        self._patient = patient
        self._keeps_uids = keeps_uids
        self._character_set = b""
        self._days = self._pseudonyms.days_back(patient)
        self.identity = Identity()

    def data_set(self, dataset: Dataset, mode: Mode = Mode.AS_LISTED, depth: int = 0) -> None:
        """De-identify the data set, or an item of `depth` sequences."""
        with self._reading(dataset):
            for tag in sorted(map(int, dataset.keys())):
                try:
                    self._element(dataset, tag, mode, depth)
                except MemoryError:
                    raise
                except Exception:  # pydicom raises nearly anything for a malformed element: it goes unseen
                    del dataset[tag]
        _drop_lonely_creators(dataset)
        if mode is not Mode.DUMMY and ("ValueType" in dataset or TEXT_VALUE in dataset):
            keeps_values = mode is Mode.AS_LISTED
            clean_item(dataset, self._options, keeps_values=keeps_values, clean=self._clean_text)

    def remember_names(self, dataset: Dataset) -> None:
        """Take note of everybody's name before any text is cleaned: descriptions come first."""
        with self._reading(dataset):
            for tag in list(map(int, dataset.keys())):
                try:
                    vr = vr_of(dataset, tag)
                except MemoryError:
                    raise
                except Exception:  # a malformed element, which goes when its turn comes
                    continue
                if vr == "PN":
                    self._remember(dataset, tag, vr)
                elif vr == "SQ" and not tag >> 16 & 1:
                    for item in items_of(dataset, tag) or ():
                        self.remember_names(item)

    @contextmanager
    def _reading(self, dataset: Dataset) -> Iterator[None]:
        """Its text has the character set of its own, if it says one."""
        outer = self._character_set
        self._character_set = character_set_of(dataset, outer)
        try:
            yield
        finally:
            self._character_set = outer

    def _element(self, dataset: Dataset, tag: int, mode: Mode, depth: int) -> None:
        if tag >> 16 & 1:
            self._private(dataset, tag, depth)
        else:
            self._public(dataset, tag, mode, depth)

    def _public(self, dataset: Dataset, tag: int, mode: Mode, depth: int) -> None:
        vr = vr_of(dataset, tag)
        if tag in (PATIENT_NAME, PATIENT_ID):
            self._pseudonym(dataset, tag, vr)
            return
        action = action_for(tag, vr, self._options)
        if tag >> 24 in CURVES_AND_OVERLAYS:
            action = Action.REMOVE  # with all that tells of them; a program cannot tell what is drawn there
        if tag >> 24 == PIXELS:
            action = Action.REMOVE  # the object's own are not in it here: nobody looked for what is burned in
        if depth and tag == REFERENCED_STUDY_SEQUENCE and action is Action.REMOVE:
            action = Action.EMPTY  # Type 2 in the requests of a report (PS3.3 C.17.2)
        if vr == "SQ" and action is not Action.REMOVE:
            self._sequence(dataset, tag, action, mode, depth)
        elif action is Action.KEEP and mode is Mode.DUMMY and vr in TEXT_VRS:
            _ACTIONS[Action.DUMMY](self, dataset, tag, vr)
        else:
            _ACTIONS[action](self, dataset, tag, vr)

    def _sequence(self, dataset: Dataset, tag: int, action: Action, mode: Mode, depth: int) -> None:
        items = items_of(dataset, tag)
        if action is Action.EMPTY:
            self._remember(dataset, tag, "SQ")
            put_nothing(dataset, tag, "SQ")
        elif items is None or depth >= DEEPEST:
            self._remove(dataset, tag, "SQ")
        elif action is Action.DUMMY and tag == GRAPHIC_ANNOTATION_SEQUENCE:
            self._remember(dataset, tag, "SQ")
            replace(dataset, tag, "SQ", [self._dummy_annotation(item, depth) for item in items])
        else:
            self._items(dataset, tag, items, _mode_of_items(tag, action, mode), depth)

    def _items(self, dataset: Dataset, tag: int, items: list[Dataset], mode: Mode, depth: int) -> None:
        kept = []
        for item in items:
            is_no_content = mode is Mode.CONTENT and tag == CONTENT_SEQUENCE and "ValueType" not in item
            item_mode = Mode.DUMMY if is_no_content else mode
            if item_mode is Mode.DUMMY and is_code(item):
                self._remember_item(item)
                kept.append(dummy_code())
            else:
                self.data_set(item, item_mode, depth + 1)
                kept.append(item)
        if any(is_dummy is not item for is_dummy, item in zip(kept, items, strict=True)):
            replace(dataset, tag, "SQ", kept)

    def _dummy_annotation(self, item: Dataset, depth: int) -> Dataset:
        """An annotation of the same layer and images that only says that there was one (PS3.3 C.10.5)."""
        annotation, words = Dataset(), Dataset()
        for keyword in ("ReferencedImageSequence", "GraphicLayer"):
            if keyword in item:
                annotation[keyword] = item[keyword]
        self.data_set(annotation, depth=depth + 1)
        words.UnformattedTextValue = REMOVED
        words.AnchorPointAnnotationUnits = "DISPLAY"
        words.AnchorPoint = [0.0, 0.0]
        words.AnchorPointVisibility = "N"
        annotation.TextObjectSequence = [words]
        return annotation

    def _private(self, dataset: Dataset, tag: int, depth: int) -> None:
        """Nothing private stays but what the standard's table calls safe, and then looked at like everything else."""
        element = tag & 0xFFFF
        is_retained = Option.RETAIN_SAFE_PRIVATE in self._options
        if is_retained and 0x10 <= element <= 0xFF:
            return  # a creator: it goes if nothing of its block is left
        if not is_retained or not is_safe(creator_of(dataset, tag), tag):
            del dataset[tag]
            return
        vr = vr_of(dataset, tag)
        if vr == "SQ":
            self._sequence(dataset, tag, Action.KEEP, Mode.AS_LISTED, depth)
        elif vr == "UI" and Option.RETAIN_UIDS not in self._options:
            self._new_uid(dataset, tag, vr)
        elif not is_well_formed(dataset, tag, vr):
            self._remove(dataset, tag, vr)

    def _pseudonym(self, dataset: Dataset, tag: int, vr: str) -> None:
        """Patient's Name and Patient ID of the patient that this data set tells of, an item maybe of another one."""
        self._remember(dataset, tag, vr)
        with left_as_stored(dataset):  # the name comes first: the ID is still the stored one
            own = next(iter(strings_of(dataset, PATIENT_ID)), "")
        replace(dataset, tag, vr, self._pseudonyms.patient(own or self._patient))

    def _remove(self, dataset: Dataset, tag: int, vr: str) -> None:
        self._remember(dataset, tag, vr)
        del dataset[tag]

    def _empty(self, dataset: Dataset, tag: int, vr: str) -> None:
        self._remember(dataset, tag, vr)
        put_nothing(dataset, tag, vr)

    def _dummy(self, dataset: Dataset, tag: int, vr: str) -> None:
        """A dummy where there is a value: an attribute that may be empty was allowed to be."""
        self._remember(dataset, tag, vr)
        if vr == "UI":
            self._new_uid(dataset, tag, vr)
        elif bytes_of(dataset, tag).strip(b" \0") or vr not in TEXT_VRS:
            put_dummy(dataset, tag, vr)

    def _new_uid(self, dataset: Dataset, tag: int, vr: str) -> None:
        if self._keeps_uids:
            return
        self._remember(dataset, tag, "UI")
        new = [self._pseudonyms.uid(uid) for uid in strings_of(dataset, tag)]
        replace(dataset, tag, "UI", new[0] if len(new) == 1 else new)

    def _keep(self, dataset: Dataset, tag: int, vr: str) -> None:
        """Unless nobody knows what it is: bytes without a VR cannot be looked at, nor can what is not of its VR."""
        if (vr == "UN" and not is_known(tag)) or not is_well_formed(dataset, tag, vr):
            self._remove(dataset, tag, vr)

    def _clean(self, dataset: Dataset, tag: int, vr: str) -> None:
        """Dates move, text is cleaned; what can be neither is taken as without the option."""
        if vr in ("DA", "DT", "TM"):
            self._remember(dataset, tag, vr)
            values = [moved_back(vr, value, self._days) for value in strings_of(dataset, tag)]
        elif vr in TEXT_VRS - {"AE", "PN", "UR"}:
            texts = texts_of(dataset, tag, vr, self._character_set)
            values = [self._clean_text(value, otherwise="") for value in texts]
            if values != texts:
                self._remember(dataset, tag, vr)
        else:
            values = []
        if values and all(values):
            replace(dataset, tag, vr, values[0] if len(values) == 1 else values)
        else:
            _ACTIONS[basic_action_for(tag, vr)](self, dataset, tag, vr)

    def _clean_text(self, value: str, otherwise: str = REMOVED) -> str:
        """The text's harmless words, where the site wants them."""
        if Option.CLEAN_DESCRIPTORS not in self._options:
            return otherwise
        return cleaned(value, self.identity.names) or otherwise

    def _remember(self, dataset: Dataset, tag: int, vr: str) -> None:
        """Take note of what goes, of everything in a sequence too."""
        if vr != "SQ":
            texts = texts_of(dataset, tag, vr, self._character_set)
            self.identity.remember(vr, bytes_of(dataset, tag), texts)
            return
        for item in items_of(dataset, tag) or ():
            self._remember_item(item)

    def _remember_item(self, item: Dataset) -> None:
        with self._reading(item):
            for tag in list(map(int, item.keys())):
                if not tag >> 16 & 1 and tag not in NEVER_NEW:
                    self._remember(item, tag, vr_of(item, tag))


_ACTIONS: dict[Action, Callable[[Walk, Dataset, int, str], None]] = {
    Action.REMOVE: Walk._remove,
    Action.EMPTY: Walk._empty,
    Action.DUMMY: Walk._dummy,
    Action.NEW_UID: Walk._new_uid,
    Action.KEEP: Walk._keep,
    Action.CLEAN: Walk._clean,
}


def _mode_of_items(tag: int, action: Action, mode: Mode) -> Mode:
    """That of the sequence they are in, unless the table says something else of this one."""
    if action is Action.DUMMY:
        return Mode.CONTENT if tag == CONTENT_SEQUENCE else Mode.DUMMY
    return Mode.AS_LISTED if action is Action.CLEAN else mode


def _drop_lonely_creators(dataset: Dataset) -> None:
    tags = [tag for tag in map(int, dataset.keys()) if tag >> 16 & 1]
    blocks = {(tag & 0xFFFF0000) | (tag >> 8 & 0xFF) for tag in tags if tag & 0xFFFF > 0xFF}
    for tag in tags:
        if tag & 0xFFFF <= 0xFF and tag not in blocks:
            del dataset[tag]

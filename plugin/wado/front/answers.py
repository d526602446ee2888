"""What was answered last, so that it need not be made again."""

from __future__ import annotations

import threading
from collections import OrderedDict

from wado.job import Needs, Representation

Outcome = Representation | Needs
"""What becomes of a job: the answer, or the names of the other objects that it takes."""

LARGEST_SHARE = 8
"""One outcome takes an eighth of the room at most, so that no single one drives out all others."""

KNOWN = 16_384
"""Names of answers kept in mind when the answers themselves are not: some 3 MB."""

ENTRY_OVERHEAD = 1024
"""Bytes that an outcome takes beside its body: its name, its place in the table, its media type and header fields."""

REFERENCE_OVERHEAD = 320
"""Bytes that the pair of UIDs of another object takes."""


class Answers:
    """Outcomes by the entity tags that name their bytes, at most `bound` bytes of them; 0 keeps none.

    What was used last stays. `hits` and `misses` count the answers looked for, `bytes` and `entries` are what is kept.
    A tag names what an answer is made of: nothing here is ever out of date, only of no more use.
    """

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self.hits = self.misses = 0
        self.bytes = 0
        self._outcomes: OrderedDict[str, Outcome] = OrderedDict()
        self._known: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def entries(self) -> int:
        return len(self._outcomes)

    def get(self, entity_tag: str) -> Outcome | None:
        with self._lock:
            outcome = self._outcomes.get(entity_tag)
            if outcome is None:
                self.misses += 1
                return None
            self._outcomes.move_to_end(entity_tag)
            if isinstance(outcome, Representation):
                self.hits += 1
            return outcome

    def at_hand(self, entity_tag: str) -> Representation | None:
        """The answer if it is kept; what is not leaves no trace."""
        with self._lock:
            outcome = self._outcomes.get(entity_tag)
            if not isinstance(outcome, Representation):
                return None
            self._outcomes.move_to_end(entity_tag)
            self.hits += 1
            return outcome

    def peek(self, entity_tag: str) -> Outcome | None:
        """As `get`, without any trace."""
        return self._outcomes.get(entity_tag)

    def put(self, entity_tag: str, outcome: Outcome, *, is_easily_had: bool = False) -> None:
        """Keep the outcome, if there is room; one that is easily had again, from the second time on."""
        size = size_of(outcome) if is_in_memory(outcome) else self.bound + 1
        with self._lock:
            is_new = entity_tag not in self._known
            if isinstance(outcome, Representation):
                self._know(entity_tag)
            if entity_tag in self._outcomes or (is_easily_had and is_new):
                return
            if size > self.bound // LARGEST_SHARE:
                return
            self._outcomes[entity_tag] = outcome
            self.bytes += size
            while self.bytes > self.bound:
                self.bytes -= size_of(self._outcomes.popitem(last=False)[1])

    def is_known(self, entity_tag: str) -> bool:
        """Whether there was an answer of that name, though it need not be kept any more."""
        return entity_tag in self._known

    def _know(self, entity_tag: str) -> None:
        self._known[entity_tag] = None
        self._known.move_to_end(entity_tag)
        if len(self._known) > KNOWN:
            self._known.popitem(last=False)


def is_in_memory(outcome: Outcome) -> bool:
    """Whether it can be sent more than once: a body that is an open file is for one answer."""
    return isinstance(outcome, Needs) or isinstance(outcome.body, (bytes, bytearray, memoryview))


def size_of(outcome: Outcome) -> int:
    """The bytes of memory that it takes to keep the outcome."""
    if isinstance(outcome, Needs):
        return ENTRY_OVERHEAD + REFERENCE_OVERHEAD * len(outcome.references)
    texts = (*outcome.warnings, *(part for header in outcome.headers for part in header))
    return ENTRY_OVERHEAD + len(outcome.body) + sum(map(len, texts))

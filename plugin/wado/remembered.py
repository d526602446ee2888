"""The values used last, up to a bound."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    """At most `bound` values, the one longest unused given up first. Safe to use from several threads."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()
        self.hits = 0
        self.misses = 0

    def get(self, key: Key) -> Value | None:
        with self._lock:
            value = self._values.get(key)
            if value is None:
                self.misses += 1
            else:
                self.hits += 1
                self._values.move_to_end(key)
            return value

    def peek(self, key: Key) -> Value | None:
        """As `get`, without any trace."""
        return self._values.get(key)

    def put(self, key: Key, value: Value) -> None:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            if len(self._values) > self._bound:
                self._values.popitem(last=False)

    @property
    def entries(self) -> int:
        return len(self._values)

    @property
    def bytes(self) -> None:
        """Values are counted, not weighed."""
        return None

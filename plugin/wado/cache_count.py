"""What a cache tells of itself, in the front and in the workers."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class ObservedCache(Protocol):
    """Any cache with these four. `bytes` is none where the values are not weighed."""

    @property
    def hits(self) -> int: ...
    @property
    def misses(self) -> int: ...
    @property
    def entries(self) -> int: ...
    @property
    def bytes(self) -> int | None: ...


class CacheCount(NamedTuple):
    """How a cache stands: what it counted since it was made, and what it has now."""

    hits: int
    misses: int
    entries: int
    bytes: int | None

    @classmethod
    def of(cls, cache: ObservedCache) -> CacheCount:
        return cls(cache.hits, cache.misses, cache.entries, cache.bytes)

    def plus(self, other: CacheCount) -> CacheCount:
        """Of two caches together."""
        weights = [weight for weight in (self.bytes, other.bytes) if weight is not None]
        return CacheCount(
            self.hits + other.hits,
            self.misses + other.misses,
            self.entries + other.entries,
            sum(weights) if weights else None,
        )

    def emptied(self) -> CacheCount:
        """Of a cache that is gone: what was counted stays counted."""
        return CacheCount(self.hits, self.misses, 0, None if self.bytes is None else 0)


NamedCounts = tuple[tuple[str, CacheCount], ...]


def add_up(*parts: NamedCounts) -> dict[str, CacheCount]:
    """The counts of caches of the same name together."""
    total: dict[str, CacheCount] = {}
    for name, count in (item for part in parts for item in part):
        total[name] = total[name].plus(count) if name in total else count
    return total

"""Decoded frames that are kept for the next request, up to a bound of bytes."""

from __future__ import annotations

from collections import OrderedDict

from wado.image.codecs import DecodedFrame

FrameKey = tuple[str, int, int]
"""The attachment, which names the object's bytes; the frame's index; how many times its sides were halved."""


ENTRY_OVERHEAD = 1024
"""Bytes that a frame takes beside its words: more than these, where it has few pixels."""


class KeptFrames:
    """The frames used last. For a worker's one thread.

    `hits` and `misses` count what was asked for, `bytes` are what it takes to keep the frames.
    """

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self.hits = self.misses = self.bytes = 0
        self._frames: OrderedDict[FrameKey, DecodedFrame] = OrderedDict()

    @property
    def entries(self) -> int:
        return len(self._frames)

    def get(self, key: FrameKey) -> DecodedFrame | None:
        frame = self._frames.get(key)
        if frame is None:
            self.misses += 1
            return None
        self.hits += 1
        self._frames.move_to_end(key)
        return frame

    def put(self, key: FrameKey, frame: DecodedFrame) -> None:
        """Give up the frames that are longest unused for it; one that is larger than the bound is not kept."""
        size = size_of(frame)
        if key in self._frames or size > self.bound:
            return
        self._frames[key] = frame
        self.bytes += size
        while self.bytes > self.bound:
            self.bytes -= size_of(self._frames.popitem(last=False)[1])

    def clear(self) -> None:
        self._frames.clear()
        self.bytes = 0


def size_of(frame: DecodedFrame) -> int:
    """The bytes of memory that it takes to keep the frame."""
    return ENTRY_OVERHEAD + frame.words.nbytes

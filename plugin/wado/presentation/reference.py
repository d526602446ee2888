"""Which images and frames a presentation state, or an item in it, is about (PS3.3 C.11.11, Table 10-3)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FrameReference:
    """One frame of one image; `frame_number` counts from 1."""

    sop_instance_uid: str
    frame_number: int

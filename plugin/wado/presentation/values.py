"""What is said of a presentation state that cannot be applied."""

from __future__ import annotations

from pydicom.datadict import dictionary_description
from pydicom.tag import Tag

from wado.errors import BadRequest


def unsound(keyword: str, complaint: str = "is absent or malformed") -> BadRequest:
    """The error for a state that cannot be applied because of one attribute."""
    return refusal(f"{dictionary_description(keyword)} {Tag(keyword)} {complaint}")


def refusal(reason: str) -> BadRequest:
    """The error for a state that cannot be applied to what is asked for."""
    message = f"this presentation state cannot be applied: {reason}"
    return BadRequest(message, parameter="presentationUID", clause="8.2.9")

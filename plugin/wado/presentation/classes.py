"""Which presentation states are served (PS3.4 B.5, N.1), and what images each of them is for."""

from __future__ import annotations

from enum import Enum

from wado.errors import BadRequest
from wado.image.pixels import ImagePixel


class StateClass(Enum):
    """Their names as PS3.6 Annex A has them, without what they have in common."""

    GRAYSCALE = "Grayscale"
    COLOR = "Color"
    PSEUDO_COLOR = "Pseudo-Color"
    BLENDING = "Blending"
    ADVANCED_BLENDING = "Advanced Blending"


SERVED = {
    "1.2.840.10008.5.1.4.1.1.11.1": StateClass.GRAYSCALE,
    "1.2.840.10008.5.1.4.1.1.11.2": StateClass.COLOR,
    "1.2.840.10008.5.1.4.1.1.11.3": StateClass.PSEUDO_COLOR,
    "1.2.840.10008.5.1.4.1.1.11.4": StateClass.BLENDING,
    "1.2.840.10008.5.1.4.1.1.11.8": StateClass.ADVANCED_BLENDING,
}

FOR_MONOCHROME = (StateClass.GRAYSCALE, StateClass.PSEUDO_COLOR)


def find_class(sop_class_uid: str) -> StateClass:
    """The class of the state; raises `BadRequest` for one that is not served, and for what is no state at all."""
    state_class = SERVED.get(sop_class_uid)
    if state_class is None:
        *names, last = (served.value for served in StateClass)
        served = f"{', '.join(names)} and {last} Softcopy Presentation States"
        raise BadRequest(
            f"the object is none of the presentation states that are served: {served} are",
            parameter="presentationUID",
            clause="8.2.9",
        )
    return state_class


def check_image(state_class: StateClass, pixel: ImagePixel, *, has_supplemental_palette: bool) -> None:
    """Raises `BadRequest` where the class is not for such an image (PS3.3 A.33, PS3.4 N.2); blending ones take any."""
    if state_class in FOR_MONOCHROME and not pixel.is_monochrome:
        raise _unsuitable(state_class, "a colour image")
    if state_class is StateClass.COLOR and pixel.is_monochrome:
        raise _unsuitable(state_class, "an image of grey levels")
    if state_class is StateClass.COLOR and has_supplemental_palette:
        raise _unsuitable(state_class, "an image with a supplemental palette")


def _unsuitable(state_class: StateClass, image: str) -> BadRequest:
    message = f"a {state_class.value} Softcopy Presentation State cannot be applied to {image} (PS3.4 N.2)"
    return BadRequest(message, parameter="presentationUID", clause="8.2.9")

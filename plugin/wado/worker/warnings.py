"""What an answer tells beside its picture: the texts of its Warning header (RFC 7234 section 5.5)."""

from __future__ import annotations

from collections.abc import Mapping

from wado.annotation.content import has_doubtful_text
from wado.image.layout import Layout
from wado.media_types import LOSSY
from wado.worker.annotations import find_annotation_warnings
from wado.worker.rendition import Rendition

DOUBTFUL_TEXT = "text of this {} is not in the character set that it declares: it is read as what it most likely is"


def find_warnings(rendition: Rendition, layouts: Mapping[int, Layout]) -> tuple[str, ...]:
    """Parameters that the standard lets be given and that had nothing to act on; and what is wrong with the object.

    `layouts` are those of the frames that the answer shows, by their indices.
    """
    job, image = rendition.job, rendition.image
    warnings = []
    if job.window_width is not None and not image.pixel.is_monochrome:
        warnings.append("windowCenter and windowWidth have no effect: this is a colour image")
    if job.frame_number not in (None, 1) and image.pixel.number_of_frames == 1:
        warnings.append("frameNumber has no effect: this object has one frame")
    if job.image_quality is not None and job.media_type not in LOSSY:
        warnings.append(f"imageQuality has no effect: {job.media_type} takes none")
    if job.annotation:
        warnings += find_annotation_warnings(rendition, layouts)
    if job.annotation and has_doubtful_text(image.stored_object.dataset, job.annotation):
        warnings.append(f"annotation: {DOUBTFUL_TEXT.format('image')}")
    if rendition.state is not None and rendition.state.has_doubtful_text:
        warnings.append(DOUBTFUL_TEXT.format("presentation state"))
    has_profile_of_state = rendition.state is not None and rendition.state.icc_profile is not None
    if image.has_damaged_profile and not has_profile_of_state:
        warnings.append("the ICC profile of this image is damaged: its colours are shown as sRGB")
    return tuple(warnings)

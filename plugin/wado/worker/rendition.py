"""What the pictures of an answer are made of and from."""

from __future__ import annotations

from dataclasses import dataclass

from wado.dicom.grayscale_chain import read_function
from wado.dicom.stored_image import CenterAndWidth, StoredImage
from wado.dicom.stored_object import Source
from wado.errors import BadRequest
from wado.image.grayscale import LINEAR, Window
from wado.job import Job, WorkerSettings
from wado.presentation.displayed_area import DisplayedArea
from wado.presentation.state import FrameState, StoredState
from wado.worker.others import OtherObjects


@dataclass(frozen=True, slots=True)
class Rendition:
    """The job and its image, the presentation state where it has one, and the other images that the job brought.

    `shared_range` is what the frames of a moving picture are shown in that have no window.
    """

    job: Job
    settings: WorkerSettings
    image: StoredImage
    source: Source
    others: OtherObjects
    state: StoredState | None = None
    shared_range: Window | None = None

    def frame_state(self, frame_index: int) -> FrameState | None:
        """What the presentation state says of the frame; raises `BadRequest` where it cannot be applied to it."""
        return self.state.for_frame(self.image, frame_index) if self.state else None

    def area(self, frame_index: int) -> DisplayedArea | None:
        """What the presentation state shows of the frame; raises `BadRequest` where it is not for it."""
        return self.state.area(self.image, frame_index) if self.state else None

    def window(self, frame_index: int) -> CenterAndWidth | None:
        """The request's window where it has grey levels to act on. Raises `BadRequest` for one that is too narrow."""
        job, image = self.job, self.image
        if job.window_center is None or job.window_width is None or not image.pixel.is_monochrome:
            return None
        if job.window_width < 1 and read_function(image.stored_object.dataset, frame_index) == LINEAR:
            message = "must be 1 or more for this image (PS3.3 C.11.2.1.2)"
            raise BadRequest(message, parameter="windowWidth", clause="8.2.6")
        return job.window_center, job.window_width

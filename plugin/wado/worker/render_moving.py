"""All frames of a multi-frame image as an animation or a video."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from wado.dicom.cine import Cine, read_cine
from wado.dicom.shown_frame import cell_of
from wado.dicom.stored_image import StoredImage, VideoFrames
from wado.dicom.stored_object import Source
from wado.dicom.values import unfit
from wado.errors import BadRequest
from wado.image.animation import write_gif
from wado.image.codecs import CodestreamError, DecodedFrame
from wado.image.grayscale import Window, find_extremes, full_range
from wado.image.layout import Layout
from wado.image.resize import Picture
from wado.job import Job, Representation, WorkerSettings
from wado.media_types import IMAGE_GIF
from wado.request.parameters import BY_NAME
from wado.spooled import SpooledFile
from wado.video.bit_stream import BitStream
from wado.video.encode import write_video
from wado.video.streams import is_encoded_anew, write_stream
from wado.worker.layout import choose_layout, choose_layouts, name_of_size
from wado.worker.picture import finish_picture
from wado.worker.rendition import Rendition
from wado.worker.warnings import find_warnings

CHUNK = 1024 * 1024


def render_moving(rendition: Rendition) -> Representation:
    job, image, settings = rendition.job, rendition.image, rendition.settings
    cine, left_out = choose_frames(rendition)
    layouts = find_layouts(rendition, cine)
    layout = layouts[cine.frame_indices[0]]
    quality = job.image_quality or settings.image_quality
    if isinstance(image.frames, VideoFrames) and is_handed_out(rendition, cine, layout):
        stream, most = image.frames.open(rendition.source), image.pixel.number_of_frames
        if _is_encoded_anew(stream, job.media_type):
            check_bound(job, layout, cine, settings)
        warnings = find_warnings(rendition, layouts)
        return _in_file(
            job, warnings, stream.size, lambda file: write_stream(file, stream, job.media_type, quality, most)
        )
    check_bound(job, layout, cine, settings)
    warnings = (*find_warnings(rendition, layouts), *left_out)
    pictures = make_pictures(rendition, cine, layouts)
    pixels = layout.rows * layout.columns * len(cine.frame_indices)  # a byte each is more than any of them takes
    if job.media_type == IMAGE_GIF:
        return _in_file(job, warnings, pixels, lambda file: _write_animation(file, pictures, cine))
    return _in_file(
        job, warnings, pixels, lambda file: write_video(file, pictures, cine.durations, job.media_type, quality)
    )


def choose_frames(rendition: Rendition) -> tuple[Cine, tuple[str, ...]]:
    """What the image shows, without the frames that the presentation state is not about; and what to tell of those."""
    image, state = rendition.image, rendition.state
    cine = read_cine(image.stored_object.dataset, image.pixel.number_of_frames)
    if state is None:
        return cine, ()
    reasons = {index: state.why_left_out(image, index) for index in dict.fromkeys(cine.frame_indices)}
    left_out = {index for index, reason in reasons.items() if reason}
    if len(left_out) == len(reasons):
        return cine, ()  # the state refuses the first of them, and says why
    counted = Counter(reasons[index] for index in sorted(left_out))
    return cine.without(left_out), tuple(f"frames left out: {count}, {reason}" for reason, count in counted.items())


def find_layouts(rendition: Rendition, cine: Cine) -> dict[int, Layout]:
    """Of each frame that is shown, by its index; without a presentation state all have the same."""
    job, image, settings = rendition.job, rendition.image, rendition.settings
    frame_indices = tuple(dict.fromkeys(cine.frame_indices))
    areas = [area for area in map(rendition.area, frame_indices) if area]
    if not areas:
        return dict.fromkeys(frame_indices, choose_layout(job, image, frame_indices[0], settings))
    return dict(zip(frame_indices, choose_layouts(job, image, frame_indices, settings, areas), strict=True))


def is_handed_out(rendition: Rendition, cine: Cine, layout: Layout) -> bool:
    """Whether a stored video is the answer without being decoded: nothing about its pictures must change."""
    job, image = rendition.job, rendition.image
    is_straight = cine.frame_indices == tuple(range(image.pixel.number_of_frames))
    is_whole = (layout.rows, layout.columns) == (image.pixel.rows, image.pixel.columns) and job.region is None
    is_changed = job.annotation or job.image_quality is not None or rendition.settings.burn_in_overlays
    has_window = job.window_width is not None and image.pixel.is_monochrome
    is_plain = is_whole and not is_changed and not has_window and rendition.state is None
    return job.media_type != IMAGE_GIF and is_straight and is_plain


def check_bound(job: Job, layout: Layout, cine: Cine, settings: WorkerSettings) -> None:
    """Refuse more pixels than MaximumAnimationPixels, of which the size asked for is to blame where there is one."""
    pixels = layout.rows * layout.columns * len(cine.frame_indices)
    if pixels <= settings.maximum_animation_pixels:
        return
    message = (
        f"the {len(cine.frame_indices)} pictures would have {pixels} pixels together; "
        f"the setting MaximumAnimationPixels allows {settings.maximum_animation_pixels}"
    )
    if not (job.rows or job.columns):
        raise BadRequest(f"{message}; rows or columns make them smaller")
    parameter = name_of_size(job, layout.rows)
    raise BadRequest(message, parameter=parameter, clause=BY_NAME[parameter].clause)


def make_pictures(rendition: Rendition, cine: Cine, layouts: Mapping[int, Layout]) -> Iterator[Picture]:
    """One picture after the other, in the order of the cine."""
    rendition = replace(rendition, shared_range=find_shared_range(rendition, tuple(dict.fromkeys(cine.frame_indices))))
    frames = read_frames(rendition.image, rendition.source, cine.frame_indices)
    for frame_index in cine.frame_indices:
        frame = next(frames, None)
        if frame is None:
            raise unfit("PixelData", "holds fewer frames than Number of Frames says")
        yield finish_picture(rendition, frame, frame_index, layouts[frame_index])


def find_shared_range(rendition: Rendition, frame_indices: tuple[int, ...]) -> Window | None:
    """That of all frames without a window, which takes reading them once more; none where they all have one.

    In the range of each by itself the picture would flicker, and hide that a tracer comes and goes. Single bits have
    the same range in any frame.
    """
    image = rendition.image
    if rendition.state is not None or not image.pixel.is_monochrome or image.pixel.cell.bits_stored == 1:
        return None
    chains = {index: image.grayscale_chain(index, rendition.window(index)) for index in frame_indices}
    without = tuple(index for index, chain in chains.items() if chain.voi is None)
    frames = read_frames(image, rendition.source, without) if without else ()
    extremes = [
        find_extremes(frame.words, cell_of(image, frame), chains[index])
        for index, frame in zip(without, frames, strict=False)
    ]
    return full_range(*extremes) if extremes else None


def read_frames(image: StoredImage, source: Source, frame_indices: tuple[int, ...]) -> Iterator[DecodedFrame]:
    """The frames in that order; those of a video are decoded one after the other as long as they follow each other.

    They are kept where all of them can be, and leave room for others.
    """
    in_order = tuple(range(frame_indices[0], frame_indices[0] + len(frame_indices)))
    if isinstance(image.frames, VideoFrames) and frame_indices == in_order:
        return islice(image.read_frames(source), frame_indices[0], frame_indices[0] + len(frame_indices))
    if image.kept and len(set(frame_indices)) * image.pixel.words_bytes > image.kept.bound // 2:
        image = replace(image, kept=None)
    return (image.read_frame(source, frame_index) for frame_index in frame_indices)


def _write_animation(descriptor: int, pictures: Iterator[Picture], cine: Cine) -> None:
    with open(descriptor, "wb", buffering=CHUNK, closefd=False) as file:
        write_gif(file, pictures, cine.durations)


def _is_encoded_anew(stream: BitStream, media_type: str) -> bool:
    try:
        return is_encoded_anew(stream, media_type)
    except CodestreamError:
        raise unfit("PixelData", "cannot be decoded") from None


def _in_file(job: Job, warnings: tuple[str, ...], expected_size: int, write: Callable[[int], None]) -> Representation:
    with SpooledFile(expected_size) as file:
        try:
            write(file.descriptor)
        except CodestreamError:
            raise unfit("PixelData", "cannot be decoded") from None
        return Representation(job.media_type, body_size=file.size, file=file.take(), warnings=warnings)

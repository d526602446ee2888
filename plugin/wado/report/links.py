"""Where the objects are that a report refers to, and their URLs in this very service (PS3.18-2011 section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote

from wado.media_types import IMAGE_JPEG, classify
from wado.report.model import Head, Reference, Referenced

THUMBNAIL_ROWS = 256
THUMBNAIL_COLUMNS = 320


@dataclass(frozen=True, slots=True)
class Links:
    """`places` are the objects whose study and series the report tells, by their UIDs."""

    places: Mapping[str, Reference]

    def find(self, reference: Reference) -> Reference | None:
        """The reference with its study and series; none where the report does not tell them."""
        if reference.study and reference.series:
            return reference
        place = self.places.get(reference.sop_instance_uid)
        return replace(reference, study=place.study, series=place.series) if place else None

    def object_url(self, reference: Reference) -> str:
        """Relative to any URL of the service; empty where it cannot be known."""
        place = self.find(reference)
        if place is None or not place.sop_instance_uid:
            return ""
        study, series, instance = map(_quoted, (place.study, place.series, place.sop_instance_uid))
        return f"?requestType=WADO&studyUID={study}&seriesUID={series}&objectUID={instance}"

    def image_urls(self, image: Referenced) -> tuple[str, str]:
        """A thumbnail and the whole picture, of the first frame referred to and in its presentation state."""
        url = self.object_url(image.reference)
        if not (url and is_image(image.reference)):
            return "", ""
        url += f"&contentType={IMAGE_JPEG}"
        if image.frames:
            url += f"&frameNumber={image.frames[0]}"
        state = self.find(image.presentation_state) if image.presentation_state else None
        if state:
            url += f"&presentationUID={_quoted(state.sop_instance_uid)}&presentationSeriesUID={_quoted(state.series)}"
        return f"{url}&rows={THUMBNAIL_ROWS}&columns={THUMBNAIL_COLUMNS}", url


def find_links(head: Head) -> Links:
    """Out of the evidence, the predecessors and the identical documents (PS3.3 C.17.2)."""
    told = (*head.identical_documents, *head.predecessors, *head.other_evidence, *head.current_evidence)
    return Links({reference.sop_instance_uid: reference for reference in told if reference.study and reference.series})


def is_image(reference: Reference) -> bool:
    return _is_image_class(reference.sop_class_uid)


@lru_cache(maxsize=256)
def _is_image_class(sop_class_uid: str) -> bool:
    return classify(sop_class_uid, 1, has_pixel_data=False).is_image


@lru_cache(maxsize=1024)
def _quoted(uid: str) -> str:
    """The UID in a query; what stands in its place in a malformed object can be anything."""
    return quote(uid, safe="")

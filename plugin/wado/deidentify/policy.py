"""What the site has decided about de-identification, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydicom.dataset import Dataset

from wado.deidentify.options import Option
from wado.deidentify.pseudonyms import Pseudonyms
from wado.dicom.values import integer, text
from wado.errors import InternalError
from wado.job import DeviceRegions, WorkerSettings

Rectangle = tuple[int, int, int, int]
"""Left, top, width, height, in pixels."""


@dataclass(frozen=True, slots=True)
class Policy:
    """`devices` are those whose images have the rectangles given blanked; `refuses_faces` refuses heads as volumes."""

    key: bytes
    options: frozenset[Option] = frozenset()
    devices: tuple[DeviceRegions, ...] = field(default=())
    refuses_faces: bool = False

    @staticmethod
    def of(settings: WorkerSettings) -> Policy:
        """Raises `InternalError` where there is no key: names without a secret could be found by trying."""
        if not settings.anonymize_key:
            raise InternalError("the site has no key for anonymize; its log and the setting AnonymizeKey say more")
        return Policy(
            settings.anonymize_key.encode("utf-8"),
            frozenset(Option(name) for name in settings.anonymize_options),
            settings.anonymize_regions,
            settings.anonymize_refuses_faces,
        )

    @property
    def pseudonyms(self) -> Pseudonyms:
        return Pseudonyms(self.key)

    def regions_for(self, dataset: Dataset) -> tuple[Rectangle, ...]:
        """The rectangles to blank in images of this device and size; none where the site has named none."""
        device = (
            text(dataset, "Manufacturer").casefold(),
            text(dataset, "ManufacturerModelName").casefold(),
            integer(dataset, "Rows", 0),
            integer(dataset, "Columns", 0),
        )
        return next((regions.rectangles for regions in self.devices if _device_of(regions) == device), ())


def _device_of(regions: DeviceRegions) -> tuple[str, str, int, int]:
    return regions.manufacturer.casefold(), regions.model.casefold(), regions.rows, regions.columns

"""The options of the Basic Profile that a site can choose (PS3.15 Table E.1-1, PS3.16 CID 7050).

Nothing is imported here but the standard library: the front checks the site's settings with these names.
"""

from __future__ import annotations

from enum import Enum


class Option(Enum):
    """Name in the settings; column of the table, code and meaning (CID 7050) behind it."""

    RETAIN_LONGITUDINAL_TEMPORAL_INFORMATION = "RetainLongitudinalTemporalInformation"
    RETAIN_PATIENT_CHARACTERISTICS = "RetainPatientCharacteristics"
    RETAIN_DEVICE_IDENTITY = "RetainDeviceIdentity"
    RETAIN_INSTITUTION_IDENTITY = "RetainInstitutionIdentity"
    RETAIN_UIDS = "RetainUIDs"
    RETAIN_SAFE_PRIVATE = "RetainSafePrivate"
    CLEAN_DESCRIPTORS = "CleanDescriptors"
    CLEAN_STRUCTURED_CONTENT = "CleanStructuredContent"
    CLEAN_GRAPHICS = "CleanGraphics"

    @property
    def column(self) -> str:
        return _RECORDS[self][0]

    @property
    def code(self) -> str:
        return _RECORDS[self][1]

    @property
    def meaning(self) -> str:
        return _RECORDS[self][2]


_RECORDS = {
    Option.RETAIN_LONGITUDINAL_TEMPORAL_INFORMATION: (
        "retain_modified_dates",
        "113107",
        "Retain Longitudinal Temporal Information Modified Dates Option",
    ),
    Option.RETAIN_PATIENT_CHARACTERISTICS: (
        "retain_patient_characteristics",
        "113108",
        "Retain Patient Characteristics Option",
    ),
    Option.RETAIN_DEVICE_IDENTITY: ("retain_device_id", "113109", "Retain Device Identity Option"),
    Option.RETAIN_INSTITUTION_IDENTITY: ("retain_institution_id", "113112", "Retain Institution Identity Option"),
    Option.RETAIN_UIDS: ("retain_uid", "113110", "Retain UIDs Option"),
    Option.RETAIN_SAFE_PRIVATE: ("retain_safe_private", "113111", "Retain Safe Private Option"),
    Option.CLEAN_DESCRIPTORS: ("clean_descriptors", "113105", "Clean Descriptors Option"),
    Option.CLEAN_STRUCTURED_CONTENT: ("clean_structured_content", "113104", "Clean Structured Content Option"),
    Option.CLEAN_GRAPHICS: ("clean_graphics", "113103", "Clean Graphics Option"),
}

OPTION_NAMES = tuple(option.value for option in Option)

BASIC_PROFILE = ("113100", "Basic Application Confidentiality Profile")
CLEAN_PIXEL_DATA = ("113101", "Clean Pixel Data Option")
"""Recorded where the site's regions were blanked; no setting of its own."""

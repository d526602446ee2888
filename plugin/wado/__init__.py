"""WADO-URI (DICOM PS3.18) for Orthanc."""

VERSION = "0.1.0"

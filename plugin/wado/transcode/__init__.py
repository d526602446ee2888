"""Stored objects as DICOM files in another transfer syntax."""

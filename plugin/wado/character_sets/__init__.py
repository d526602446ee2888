"""Character sets: their names for clients, for DICOM and for Python; reading stored text, writing documents and values.

Of the standard library alone: the front uses the names, the workers the rest.
"""

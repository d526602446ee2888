"""A stored object as a report."""

from __future__ import annotations

from wado.dicom.element_tree import read_element_tree
from wado.dicom.stored_object import Source
from wado.report.model import Report
from wado.report.read_attributes import read_attributes
from wado.report.read_content import read_content
from wado.report.read_head import read_head


def read_report(source: Source) -> Report:
    """Raises `NotAcceptable` for what cannot be read.

    Some objects in this category have no content tree, such as spectacle prescriptions (PS3.3 A.58) and macular grids
    (A.59): all their attributes are shown instead.
    """
    data_set = read_element_tree(source)
    root = read_content(data_set)
    attributes = () if root else read_attributes(data_set)
    return Report(read_head(data_set, root), root, attributes)

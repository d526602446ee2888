"""Encapsulated documents: small ones of each kind, and the objects that hold them (PS3.3 A.45, A.85)."""

from __future__ import annotations

import struct
from typing import Any

from pydicom.dataset import Dataset

from tests.support.datasets import make_object

_STORAGE = "1.2.840.10008.5.1.4.1.1."

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

CDA_NAMESPACE = "urn:hl7-org:v3"
SIGNED = (
    "<legalAuthenticator><time value='20200304'/><signatureCode code='S'/><assignedEntity><id nullFlavor='UNK'/>"
    "<assignedPerson><name><given>Ann</given><family>Reader</family></name></assignedPerson></assignedEntity>"
    "</legalAuthenticator>"
)


def make_cda(*sections: str, encoding: str = "UTF-8", header: str = SIGNED) -> bytes:
    """A document of these sections, each its title and narrative in mark-up."""
    body = "".join(f"<component><section>{section}</section></component>" for section in sections)
    text = (
        f"<?xml version='1.0' encoding='{encoding}'?>\n"
        f"<ClinicalDocument xmlns='{CDA_NAMESPACE}'><code code='18748-4' displayName='Imaging report'/>"
        "<title>Chest CT</title><effectiveTime value='20200304101500+0100'/><languageCode code='en-GB'/>"
        "<recordTarget><patientRole><id extension='4711'/><patient><name><family>Müller</family><given>Zoë</given>"
        "</name><administrativeGenderCode code='F'/><birthTime value='19700102'/></patient></patientRole>"
        f"</recordTarget>{header}<component><structuredBody>{body}</structuredBody></component></ClinicalDocument>"
    )
    return text.encode(encoding)


CDA = make_cda("<title>Findings</title><text><paragraph>No nodule &gt; 3 mm</paragraph></text>")

STL_TEXT = b"solid cube\n facet normal 0 0 1\n endfacet\nendsolid cube\n"
STL = bytes(80) + struct.pack("<L", 2) + bytes(2 * 50)
OBJ = b"mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"
MTL = b"newmtl red\nKd 1 0 0\n"

KINDS: dict[str, tuple[str, str, bytes]] = {
    "PDF": ("104.1", "application/pdf", PDF),
    "CDA": ("104.2", "text/xml", CDA),
    "STL": ("104.3", "model/stl", STL),
    "OBJ": ("104.4", "model/obj", OBJ),
    "MTL": ("104.5", "model/mtl", MTL),
}
"""The end of the SOP Class UID, the media type and an example of each."""


def encapsulate_document(kind: str, content: bytes | None = None, **attributes: Any) -> Dataset:
    """The object with the document, or the example of its kind, padded to an even length as it has to be."""
    suffix, media_type, example = KINDS[kind]
    document = example if content is None else content
    general: dict[str, Any] = {
        "Modality": "DOC",
        "DocumentTitle": "A document",
        "EncapsulatedDocument": document + bytes(len(document) % 2),
        "MIMETypeOfEncapsulatedDocument": media_type,
        "EncapsulatedDocumentLength": len(document),
    }
    made = make_object(_STORAGE + suffix)
    for keyword, value in (general | attributes).items():
        if value is not None:
            setattr(made, keyword, value)
    return made

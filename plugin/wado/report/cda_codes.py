"""How HL7 names what DICOM has codes for: code systems, sexes, the parts of names, moments."""

from __future__ import annotations

import re

from wado.report.model import Code, Person
from wado.report.xml_text import escape, escape_attribute

CODE_SYSTEMS = {
    "DCM": "1.2.840.10008.2.16.4",
    "SCT": "2.16.840.1.113883.6.96",
    "SNM3": "2.16.840.1.113883.6.51",
    "99SDM": "2.16.840.1.113883.6.53",
    "LN": "2.16.840.1.113883.6.1",
    "UCUM": "2.16.840.1.113883.6.8",
    "RADLEX": "2.16.840.1.113883.6.256",
    "I9": "2.16.840.1.113883.6.42",
    "I9C": "2.16.840.1.113883.6.2",
    "I10": "2.16.840.1.113883.6.3",
    "C4": "2.16.840.1.113883.6.12",
    "C5": "2.16.840.1.113883.6.82",
    "FMA": "2.16.840.1.113883.6.119",
    "UMLS": "2.16.840.1.113883.6.86",
    "ISO639_2": "2.16.840.1.113883.6.100",
    "ISO3166_1": "2.16.840.1.113883.6.17",
    "RFC5646": "2.16.840.1.113883.6.316",
}
"""Object identifiers of coding schemes, by Coding Scheme Designator (PS3.16 Table 8-1).

Not SRT: its values, such as T-32000, are none of SNOMED CT's.
"""

SEXES = {"M": "Male", "F": "Female"}
ADMINISTRATIVE_GENDER = "2.16.840.1.113883.5.1"
CONFIDENTIALITY = "2.16.840.1.113883.5.25"

_UID = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+")
_CODE = re.compile(r"\S+")
_MOMENT = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?: (\d\d)(?::(\d\d)(?::(\d\d))?)?)?)?)?(?:\.\d+)?(?: ?([+-]\d\d):?(\d\d))?"
)
_NAME_PARTS = ("family", "given", "given", "prefix", "suffix")
_NAME_USES = ("ABC", "IDE", "SYL")
"""Alphabetic, ideographic and syllabic: HL7's EntityNameUse for DICOM's component groups."""


def is_uid(text: str) -> bool:
    """Whether HL7's data type UID takes it, which DICOM's malformed ones would not be."""
    return _UID.fullmatch(text) is not None


def write_code(element: str, code: Code | None, translation: str = "") -> str:
    """A CE: the code where its system is known to HL7, else what it means in words (PS3.20 5.3.2)."""
    if code is None:
        return f'<{element} nullFlavor="UNK"/>'
    system = CODE_SYSTEMS.get(code.scheme.upper(), code.scheme if is_uid(code.scheme) else "")
    meaning = f' displayName="{escape_attribute(code.meaning)}"' if code.meaning else ""
    if system and _CODE.fullmatch(code.value):
        named = f' codeSystemName="{escape_attribute(code.scheme)}"' if code.scheme else ""
        value = f'code="{escape_attribute(code.value)}" codeSystem="{system}"{named}{meaning}'
        return f"<{element} {value}>{translation}</{element}>" if translation else f"<{element} {value}/>"
    said = f"<originalText>{escape(f'{code.text} ({code.identity})' if code.identity else code.text)}</originalText>"
    return f'<{element} nullFlavor="OTH">{said}{translation}</{element}>'


def write_moment(element: str, written: str) -> str:
    """A TS out of a moment as it is written for readers; what is none has no value."""
    value = moment_of(written)
    return f'<{element} value="{value}"/>' if value else f'<{element} nullFlavor="UNK"/>'


def moment_of(written: str) -> str:
    match = _MOMENT.fullmatch(written)
    if match is None:
        return ""
    digits = "".join(part or "" for part in match.groups()[:6])
    zone = "".join(match.groups()[6:]) if match[7] and len(digits) > len("YYYYMMDDhh") else ""
    return digits + zone


def write_names(person: Person) -> str:
    """A PN for each component group; what has more components than five goes with the last."""
    names = []
    for group, use in zip(person.groups, _NAME_USES, strict=False):
        family, given, middle, prefix, suffix = (*group[:4], *([""] * (4 - len(group[:4]))), " ".join(group[4:]))
        parts = zip(_NAME_PARTS, (family, given, middle, prefix, suffix), strict=True)
        # As the name is read: prefix, given and middle, family, suffix.
        ordered = sorted(parts, key=lambda part: ("prefix", "given", "family", "suffix").index(part[0]))
        written = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in ordered if value.strip())
        if written:
            names.append(f'<name use="{use}">{written}</name>')
    return "".join(names) or '<name nullFlavor="UNK"/>'


def write_id(extension: str, root: str = "", authority: str = "") -> str:
    """An II. Without a root nobody knows who assigned it: then its null flavour says so, and the value stays."""
    if is_uid(root):
        extended = f' extension="{escape_attribute(extension)}"' if extension else ""
        return f'<id root="{root}"{extended}/>'
    if not extension:
        return '<id nullFlavor="UNK"/>'
    assigned = f' assigningAuthorityName="{escape_attribute(authority)}"' if authority else ""
    return f'<id nullFlavor="UNK" extension="{escape_attribute(extension)}"{assigned}/>'

"""Writes PS3.15 Table E.1-1 as plugin/wado/deidentify/table_e_1_1.tsv, a row for each of the table's.

The standard's own text is not needed: two packages of the Python Package Index have read it, each a part of it.
dicom-anonymizer has every row of edition 2026c with its Basic Profile action, idiscore the columns of the options of
edition 2024d. What edition 2026c has besides is below. Where the two know the same row they must agree.

    pip download --no-deps --dest /tmp/wheels dicom-anonymizer==2.1.0 idiscore==1.2.0
    python3 scripts/confidentiality_profile.py /tmp/wheels            (with --check it writes nothing)
"""

import ast
import re
import sys
import zipfile
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent / "plugin" / "wado" / "deidentify" / "table_e_1_1.tsv"

ROWS_WHEEL, ROWS_FILE = "dicom_anonymizer-2.1.0", "dicomanonymizer/dicom_anonymization_databases/dicomfields_2026c.py"
OPTIONS_WHEEL, OPTIONS_FILE = "idiscore-1.2.0", "idiscore/_public_dicom.py"

ACTIONS = {
    "D_TAGS": "D",
    "Z_TAGS": "Z",
    "X_TAGS": "X",
    "U_TAGS": "U",
    "Z_D_TAGS": "Z/D",
    "X_Z_TAGS": "X/Z",
    "X_D_TAGS": "X/D",
    "X_Z_D_TAGS": "X/Z/D",
    "X_Z_U_STAR_TAGS": "X/Z/U*",
}

CODES = {
    "REMOVE": "X",
    "EMPTY": "Z",
    "DUMMY": "D",
    "UID": "U",
    "KEEP": "K",
    "CLEAN": "C",
    "REMOVE_OR_EMPTY": "X/Z",
    "REMOVE_OR_DUMMY": "X/D",
    "EMPTY_OR_DUMMY": "Z/D",
    "REMOVE_OR_EMPTY_OR_DUMMY": "X/Z/D",
    "REMOVE_OR_EMPTY_OR_UID": "X/Z/U*",
}

OPTIONS = (
    "retain_safe_private",
    "retain_uid",
    "retain_device_id",
    "retain_institution_id",
    "retain_patient_characteristics",
    "retain_full_dates",
    "retain_modified_dates",
    "clean_descriptors",
    "clean_structured_content",
    "clean_graphics",
)
"""The table's columns behind that of the Basic Profile, in its order."""

_DATES = {"retain_full_dates": "K", "retain_modified_dates": "C"}
_DESCRIPTOR = {"clean_descriptors": "C"}
_CHARACTERISTIC = {"retain_patient_characteristics": "K"}
_DEVICE = {"retain_device_id": "K"}

NEWER_ROWS: dict[str, dict[str, str]] = {
    "00081301": _DESCRIPTOR,
    "00081302": _DESCRIPTOR,
    "00081303": _DESCRIPTOR,
    "00081304": _DESCRIPTOR,
    "00100011": {},
    "00100012": {},
    "00100013": {},
    "00100014": {},
    "00100015": {},
    "00100016": _DESCRIPTOR,
    "00100041": {},
    "00100042": {"retain_patient_characteristics": "C", "clean_descriptors": "C"},
    "00100043": _CHARACTERISTIC,
    "00100044": {},
    "00100045": _DESCRIPTOR,
    "00100046": _CHARACTERISTIC,
    "00100047": _CHARACTERISTIC,
    "00102162": _CHARACTERISTIC,
    "00181010": _DEVICE,
    "00181011": _DEVICE,
    "003A0020": _DESCRIPTOR,
    "003A0203": _DESCRIPTOR,
    "003A020C": _DESCRIPTOR,
    "00400556": _DESCRIPTOR,
    "0040A034": _DATES,
    "0040A035": _DATES,
    "0040B020": {"clean_structured_content": "C"},
    "0040B034": _DATES,
    "0040B036": _DATES,
    "0040B03B": _DESCRIPTOR,
    "0040B03F": _DESCRIPTOR,
    "0040E012": {},
    "00700006": _DESCRIPTOR,
}
"""The options of the rows that are newer than idiscore's edition."""

MISSED_OPTIONS: dict[str, dict[str, str]] = {"00321033": _DESCRIPTOR}
"""What idiscore does not have of its rows: Requesting Service."""

PATTERNS = {"50000000FF000000": "50XXXXXX", "60004000FF00FFFF": "60XX4000", "60003000FF00FFFF": "60XX3000"}
"""Group, element and the bits of each that count."""

_LIST_OR_ROW = re.compile(r"(\w+_TAGS) = \[|\(((?:\s*0x[0-9A-F]{4},?)+)\s*\),\s*# (.+)")

PRIVATE = "PRIVATE"
"""The row of all attributes of odd groups."""

Rows = dict[str, tuple[str, str]]
Columns = dict[str, dict[str, str]]


def source_of(wheels: Path, wheel: str, name: str) -> str:
    """A file of the package."""
    with zipfile.ZipFile(next(wheels.glob(f"{wheel}-*.whl"))) as archive:
        return archive.read(name).decode("utf-8")


def rows_of(source: str) -> Rows:
    """Name and Basic Profile action by tag, or by the pattern of tags."""
    rows: Rows = {PRIVATE: ("Private Attributes", "X")}
    action = ""
    for list_name, tag, name in _LIST_OR_ROW.findall(source):
        if list_name:
            action = ACTIONS.get(list_name, "")
        else:
            key = "".join(re.findall(r"0x([0-9A-F]{4})", tag))
            rows[PATTERNS.get(key, key)] = (name.strip(), action)
    return rows


def columns_of(source: str) -> Columns:
    """Column by column, the actions by tag."""
    columns: Columns = {}
    for statement in ast.parse(source).body:
        if not (isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call)):
            continue
        rules = next((word.value for word in statement.value.keywords if word.arg == "rules"), None)
        if isinstance(rules, ast.List) and isinstance(statement.targets[0], ast.Name):
            columns[statement.targets[0].id] = dict(rule_of(rule) for rule in rules.elts)
    return columns


def rule_of(rule: ast.expr) -> tuple[str, str]:
    assert isinstance(rule, ast.Tuple)
    identifier, action = rule.elts
    assert isinstance(identifier, ast.Call) and isinstance(action, ast.Attribute)
    argument = identifier.args[0] if identifier.args else None
    tag = str(argument.value).upper() if isinstance(argument, ast.Constant) else PRIVATE
    return tag, CODES[action.attr]


def disagreements(rows: Rows, columns: Columns) -> list[str]:
    """What the two packages, and the rows above, do not say alike."""
    basic = columns["basic_profile"]
    found = [
        f"{tag}: {rows[tag][1]} or {basic[tag]}" for tag in rows.keys() & basic.keys() if rows[tag][1] != basic[tag]
    ]
    found += [f"{tag}: in {OPTIONS_WHEEL} only" for tag in basic.keys() - rows.keys()]
    found += [f"{tag}: no options known" for tag in rows.keys() - basic.keys() - NEWER_ROWS.keys()]
    found += [f"{tag}: no longer newer" for tag in NEWER_ROWS.keys() & basic.keys()]
    found += [
        f"{tag}: no longer missed"
        for tag, missed in MISSED_OPTIONS.items()
        if any(tag in columns[option] for option in missed)
    ]
    return sorted(found)


def table(rows: Rows, columns: Columns) -> str:
    lines = ["\t".join(("tag", "name", "basic_profile", *OPTIONS))]
    for tag in sorted(rows):
        name, action = rows[tag]
        own = NEWER_ROWS.get(tag) or MISSED_OPTIONS.get(tag, {})
        options = [own.get(option) or columns[option].get(tag, "") for option in OPTIONS]
        lines.append("\t".join((tag, name, action, *options)))
    return "\n".join(lines) + "\n"


def main() -> None:
    wheels = Path(sys.argv[1])
    rows = rows_of(source_of(wheels, ROWS_WHEEL, ROWS_FILE))
    columns = columns_of(source_of(wheels, OPTIONS_WHEEL, OPTIONS_FILE))
    if found := disagreements(rows, columns):
        raise SystemExit("\n".join(found))
    text = table(rows, columns)
    if "--check" not in sys.argv:
        TABLE.write_text(text, encoding="utf-8")
    elif TABLE.read_text(encoding="utf-8") != text:
        raise SystemExit(f"{TABLE.name} is not what this script writes")
    print(f"{TABLE.name}: {len(rows)} rows")


if __name__ == "__main__":
    main()

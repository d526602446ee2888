"""What each character set is called: the table to read first.

PS3.18-2011 8.1.6 names them as IANA does, where IANA prefers a name for MIME, and else as DICOM does; Annex D maps the
ones to the others. The Defined Terms are those of PS3.3 C.12.1.1.2.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CharacterSet:
    """A row: the name that answers bear, Python's codec, IANA's aliases, and Specific Character Set (0008,0005).

    `defined_terms` are the values to write, the first of them empty for ISO-IR 6; none where DICOM has no such set.
    """

    name: str
    codec: str
    aliases: tuple[str, ...] = ()
    defined_terms: tuple[str, ...] = ()

    @property
    def holds_everything(self) -> bool:
        return self.codec in ("utf-8", "gb18030")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CHARACTER_SETS: tuple[CharacterSet, ...] = (
    CharacterSet("UTF-8", "utf-8", _words("utf8 csUTF8 unicode-1-1-utf-8"), ("ISO_IR 192",)),
    CharacterSet("GB18030", "gb18030", _words("csGB18030"), ("GB18030",)),
    CharacterSet(
        "ISO-8859-1",
        "iso8859-1",
        _words("ISO_8859-1:1987 iso-ir-100 ISO_8859-1 ISO8859-1 latin1 l1 IBM819 CP819 csISOLatin1"),
        ("ISO_IR 100",),
    ),
    CharacterSet(
        "ISO-8859-2",
        "iso8859-2",
        _words("ISO_8859-2:1987 iso-ir-101 ISO_8859-2 ISO8859-2 latin2 l2 csISOLatin2"),
        ("ISO_IR 101",),
    ),
    CharacterSet(
        "ISO-8859-3",
        "iso8859-3",
        _words("ISO_8859-3:1988 iso-ir-109 ISO_8859-3 ISO8859-3 latin3 l3 csISOLatin3"),
        ("ISO_IR 109",),
    ),
    CharacterSet(
        "ISO-8859-4",
        "iso8859-4",
        _words("ISO_8859-4:1988 iso-ir-110 ISO_8859-4 ISO8859-4 latin4 l4 csISOLatin4"),
        ("ISO_IR 110",),
    ),
    CharacterSet(
        "ISO-8859-5",
        "iso8859-5",
        _words("ISO_8859-5:1988 iso-ir-144 ISO_8859-5 ISO8859-5 cyrillic csISOLatinCyrillic"),
        ("ISO_IR 144",),
    ),
    CharacterSet(
        "ISO-8859-6",
        "iso8859-6",
        _words("ISO_8859-6:1987 iso-ir-127 ISO_8859-6 ISO8859-6 ECMA-114 ASMO-708 arabic csISOLatinArabic"),
        ("ISO_IR 127",),
    ),
    CharacterSet(
        "ISO-8859-7",
        "iso8859-7",
        _words("ISO_8859-7:1987 iso-ir-126 ISO_8859-7 ISO8859-7 ELOT_928 ECMA-118 greek greek8 csISOLatinGreek"),
        ("ISO_IR 126",),
    ),
    CharacterSet(
        "ISO-8859-8",
        "iso8859-8",
        _words("ISO_8859-8:1988 iso-ir-138 ISO_8859-8 ISO8859-8 hebrew csISOLatinHebrew"),
        ("ISO_IR 138",),
    ),
    # The same codes, and the order of reading said to be that of the characters (RFC 1556).
    CharacterSet("ISO-8859-8-I", "iso8859-8", _words("ISO_8859-8-I csISO88598I"), ("ISO_IR 138",)),
    CharacterSet(
        "ISO-8859-9",
        "iso8859-9",
        _words("ISO_8859-9:1989 iso-ir-148 ISO_8859-9 ISO8859-9 latin5 l5 csISOLatin5"),
        ("ISO_IR 148",),
    ),
    CharacterSet(
        "ISO-8859-15",
        "iso8859-15",
        _words("ISO_8859-15 ISO8859-15 iso-ir-203 Latin-9 latin9 csISO885915"),
        ("ISO_IR 203",),
    ),
    CharacterSet("TIS-620", "tis-620", _words("csTIS620 ISO-8859-11"), ("ISO_IR 166",)),
    CharacterSet("ISO-2022-JP", "iso2022_jp", _words("csISO2022JP"), ("", "ISO 2022 IR 87")),
    CharacterSet(
        "ISO-2022-JP-2",
        "iso2022_jp_2",
        _words("csISO2022JP2"),
        (
            *("", "ISO 2022 IR 87", "ISO 2022 IR 100", "ISO 2022 IR 126", "ISO 2022 IR 58", "ISO 2022 IR 149"),
            "ISO 2022 IR 159",
        ),
    ),
    CharacterSet("Shift_JIS", "shift_jis", _words("MS_Kanji csShiftJIS shift-jis sjis")),
    CharacterSet("Windows-31J", "cp932", _words("csWindows31J cp932")),
    CharacterSet("EUC-JP", "euc_jp", _words("Extended_UNIX_Code_Packed_Format_for_Japanese csEUCPkdFmtJapanese")),
    CharacterSet("ISO-2022-KR", "iso2022_kr", _words("csISO2022KR"), ("", "ISO 2022 IR 149")),
    CharacterSet(
        "EUC-KR",
        "euc_kr",
        _words("csEUCKR iso-ir-149 KS_C_5601-1987 KS_C_5601-1989 KSC_5601 korean"),
        ("", "ISO 2022 IR 149"),
    ),
    CharacterSet("GBK", "gbk", _words("CP936 MS936 windows-936 csGBK"), ("GBK",)),
    CharacterSet("GB2312", "gb2312", _words("csGB2312 GB_2312-80 iso-ir-58 chinese"), ("", "ISO 2022 IR 58")),
    CharacterSet("Big5", "big5", _words("csBig5")),
    CharacterSet("ISO-8859-10", "iso8859-10", _words("ISO_8859-10:1992 iso-ir-157 latin6 l6 csISOLatin6")),
    CharacterSet("ISO-8859-13", "iso8859-13", _words("csISO885913 ISO_8859-13")),
    CharacterSet(
        "ISO-8859-14", "iso8859-14", _words("ISO_8859-14:1998 ISO_8859-14 iso-ir-199 latin8 l8 iso-celtic csISO885914")
    ),
    CharacterSet(
        "ISO-8859-16", "iso8859-16", _words("ISO_8859-16:2001 ISO_8859-16 iso-ir-226 latin10 l10 csISO885916")
    ),
    *(
        CharacterSet(f"windows-{number}", f"cp{number}", (f"cp{number}", f"cswindows{number}"))
        for number in range(1250, 1259)
    ),
    CharacterSet("windows-874", "cp874", _words("cp874 cswindows874")),
    CharacterSet("KOI8-R", "koi8-r", _words("csKOI8R")),
    CharacterSet("KOI8-U", "koi8-u", _words("csKOI8U")),
    CharacterSet(
        "US-ASCII",
        "ascii",
        _words("iso-ir-6 ANSI_X3.4-1968 ANSI_X3.4-1986 ISO_646.irv:1991 ISO646-US us IBM367 cp367 csASCII ascii"),
        ("",),
    ),
)
"""Every character set that documents can be written in, in the server's order of preference."""

JIS_X_0201 = CharacterSet("JIS_X0201", "", _words("X0201 csHalfWidthKatakana"), ("ISO_IR 13",))
"""Of DICOM objects alone: a reader of documents would not expect a yen sign in the place of a backslash."""

DICOM_CHARACTER_SETS = (*(row for row in CHARACTER_SETS if row.defined_terms), JIS_X_0201)
"""Those that DICOM objects can be written in."""

DEFAULT_CHARACTER_SET = CHARACTER_SETS[0]

_DEFINED_TERMS = {
    **{terms[0]: row for row in reversed(CHARACTER_SETS) if len(terms := row.defined_terms) == 1 and terms[0]},
    **{terms[-1]: row for row in reversed(CHARACTER_SETS) if len(terms := row.defined_terms) > 1},
    "ISO_IR 6": CHARACTER_SETS[-1],
    "ISO_IR 13": JIS_X_0201,
}
_BY_NAME = {
    name.lower(): row
    for row in (*CHARACTER_SETS, JIS_X_0201)
    for name in (
        row.name,
        *row.aliases,
        *(term for term, its_row in _DEFINED_TERMS.items() if its_row is row),
        *(term.replace("ISO_IR", "ISO 2022 IR") for term, its_row in _DEFINED_TERMS.items() if its_row is row),
    )
}


def find_character_set(name: str) -> CharacterSet | None:
    """The set of that name: IANA's or DICOM's, in upper or lower case."""
    return _BY_NAME.get(name.lower())

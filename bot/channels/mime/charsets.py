"""Bytes to text by an allow-list of charsets; nobody's mail is lost to a wrong label."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_DOS: Final = ("437", "850", "852", "855", "858", "862", "866", "874", "932", "936", "949", "950")
_ISO: Final = tuple(str(number) for number in range(1, 17) if number != 12)  # noqa: PLR2004 - there is no ISO 8859-12
_WINDOWS: Final = tuple(str(number) for number in range(1250, 1259))

# What a label means is what browsers take it for: ISO 8859-1 is written by people who have Windows-1252.
CODECS: Final[Mapping[str, str]] = MappingProxyType(
    {f"iso-8859-{number}": f"iso8859-{number}" for number in _ISO}
    | {f"iso8859-{number}": f"iso8859-{number}" for number in _ISO}
    | {f"windows-{number}": f"cp{number}" for number in _WINDOWS}
    | {f"cp{number}": f"cp{number}" for number in (*_WINDOWS, *_DOS)}
    | {f"cp-{number}": f"cp{number}" for number in (*_WINDOWS, *_DOS)}
    | {f"ibm{number}": f"cp{number}" for number in _DOS if int(number) < 874}  # noqa: PLR2004 - IBM's code pages
    | {
        "utf-8": "utf-8",
        "utf8": "utf-8",
        "utf-8-sig": "utf-8-sig",
        "utf8mb4": "utf-8",
        "unicode-1-1-utf-8": "utf-8",
        "us-ascii": "ascii",
        "ascii": "ascii",
        "ansi_x3.4-1968": "ascii",
        "iso-8859-1": "cp1252",
        "iso8859-1": "cp1252",
        "iso_8859-1": "cp1252",
        "latin1": "cp1252",
        "latin-1": "cp1252",
        "iso_8859-15": "iso8859-15",
        "latin9": "iso8859-15",
        "iso-8859-8-i": "iso8859-8",
        "utf-16": "utf-16",
        "utf-16le": "utf-16-le",
        "utf-16be": "utf-16-be",
        "utf-32": "utf-32",
        "utf-7": "utf-7",
        "koi8-r": "koi8-r",
        "koi8-u": "koi8-u",
        "macintosh": "mac-roman",
        "x-mac-roman": "mac-roman",
        "gb2312": "gb18030",
        "gbk": "gb18030",
        "gb18030": "gb18030",
        "hz-gb-2312": "hz",
        "big5": "big5",
        "big5-hkscs": "big5hkscs",
        "shift_jis": "cp932",
        "shift-jis": "cp932",
        "iso-2022-jp": "iso2022_jp_ext",
        "iso-2022-kr": "iso2022_kr",
        "euc-jp": "euc_jp",
        "euc-kr": "cp949",
        "ks_c_5601-1987": "cp949",
        "tis-620": "tis-620",
    }
)
HOSTILE: Final = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "unicode-escape", "undefined"})
"""Python codecs no mail client writes: one megabyte of punycode takes over forty seconds."""

_TOKEN: Final = re.compile(r"[!#$%&'+\-.0-9A-Z^_`a-z{}~]+")


def is_plain_label(label: str) -> bool:
    """Say whether a charset label is a token (RFC 2045 5.1) that names no trap."""
    return _TOKEN.fullmatch(label) is not None and label.lower() not in HOSTILE


def decode(content: bytes, label: str) -> str:
    """Decode by the label if it is known and true, else as UTF-8, else as Windows-1252; never fails."""
    for codec in (CODECS.get(label.lower()), "utf-8"):
        try:
            if codec is not None:
                return content.decode(codec)
        except UnicodeError:
            continue  # a wrong label; the next one may be right
    return content.decode("cp1252", "replace")

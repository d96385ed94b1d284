"""Contact data as a vCard 4.0 (RFC 6350), which every address book takes in."""

from typing import Final

from bot.core.records import Customer

_ESCAPED: Final = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n", "\r": ""})
_LONGEST: Final = 75
"""Octets of a line, without its end (RFC 6350 3.2)."""


def write_vcard(customer: Customer) -> str:
    """Return the card of a customer; a customer without a name is called by their address or number."""
    name = customer.name or next(iter(customer.emails), customer.number)
    lines = ["BEGIN:VCARD", "VERSION:4.0", f"FN:{_escaped(name)}"]
    lines += [f"EMAIL:{_escaped(email)}" for email in customer.emails]
    lines += [f"TEL;VALUE=uri:tel:{_escaped(phone)}" for phone in customer.phones]
    if customer.language:
        lines.append(f"LANG:{_escaped(customer.language)}")
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCARD"])


def _escaped(value: str) -> str:
    return value.translate(_ESCAPED)


def _folded(line: str) -> str:
    """Fold a long line between characters; what goes on begins with a space."""
    pieces: list[str] = []
    piece = ""
    for sign in line:
        if len((piece + sign).encode("utf-8", "replace")) > _LONGEST - bool(pieces):
            pieces.append(piece)
            piece = ""
        piece += sign
    return "\r\n ".join([*pieces, piece])

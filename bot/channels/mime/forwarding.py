"""The person inside a forwarded mail: a colleague sends on what reached them elsewhere."""

from collections.abc import Sequence
from typing import Final

from bot.channels.mime.addresses import address_in, mailboxes
from bot.channels.mime.header_block import HeaderBlock, bare, read_header_block
from bot.channels.mime.phrases import FORWARD_PREFIXES
from bot.channels.mime.quotation import divide, separator_kind, unquote
from bot.channels.mime.words import one_line
from bot.core.messages import MAIL, Forwarded, Handle

_LONGEST_NAME: Final = 200
_LONGEST_SUBJECT: Final = 500


def is_forward_subject(subject: str) -> bool:
    """Say whether a subject begins as forwarded mail does: FW, WG, TR, Doorst."""
    return subject.lower().startswith(FORWARD_PREFIXES)


def read_forwarded(text: str, subject: str) -> Forwarded | None:
    """Find a forwarded mail written out in a text; a mail that is only quoted is none."""
    lines = text.split("\n")
    start = _start(lines, is_forward_subject(subject))
    if start is None:
        return None
    block = next(
        (block for at in range(start, min(start + 4, len(lines))) if (block := read_header_block(lines, at))), None
    )
    if block is None:
        return None
    body = "\n".join(lines[block.after :])
    if lines[block.after - 1].lstrip().startswith(">"):
        body = unquote(body)
    return _forwarded(block, body)


def _start(lines: Sequence[str], forwards: bool) -> int | None:
    for at, line in enumerate(lines):
        if not line.strip():
            continue
        kind = separator_kind(line)
        if kind == "forwarded" or (kind and forwards):
            return at + 1
        if forwards and ":" in line and (block := read_header_block(lines, at)) and block.is_certain:
            return at
    return None


def _forwarded(block: HeaderBlock, body: str) -> Forwarded:
    author = block.values["from"]
    box = next((box for box in mailboxes(author.encode()) if box.address), None)
    address = box.address if box else address_in(author)
    name = box.name if box and box.name else bare(author).partition("<")[0].partition("[")[0]
    text = divide(body).text or body
    return Forwarded(
        sender=Handle(MAIL, address) if address else None,
        name=one_line(name.replace(address, "") if address else name, _LONGEST_NAME).strip("'\" "),
        subject=one_line(block.values.get("subject", ""), _LONGEST_SUBJECT),
        text=text.strip(),
    )

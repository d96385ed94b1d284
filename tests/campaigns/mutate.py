"""Mutated mails: every one is read or parked, and nothing else ever happens: 0 crashes, 0 dropped."""

import json
import random
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.channels.mime.message import parse
from bot.channels.mime.prescan import prescan
from bot.channels.sender_auth.authenticate import authenticate
from bot.channels.sender_auth.resolver import StaticResolver
from bot.core.errors import Unparsable
from bot.core.messages import MAIL, Inbound, Message
from tests.campaigns.mails import MAILS

Mutator = Callable[[random.Random, bytes], bytes]

_SAVE_EVERY: Final = 500
_CHARSETS: Final = (
    b"utf-8\0",
    b"punycode",
    b"idna",
    b"utf-7",
    b"utf-16",
    b"x" * 99,
    b"unicode_escape",
    b"",
    b'"',
    b"cp037",
)
_WORDS: Final = (
    b"=?utf-8?B?####?=",
    b"=?utf-8?Q?=C3?= =?utf-8?Q?=A9?=",
    b"=?x?q??=",
    b"=?",
    b"=?utf-8?b?w6k",
    b"=?idna?q?a?=",
)
_EDGES: Final = (
    b"<",
    b">",
    b'"',
    b"(",
    b")",
    b"\\",
    b",",
    b";",
    b":",
    b"@",
    b"\0",
    b"\r",
    b"\n",
    b"\x85",
    b"\xff",
    b"[",
    b"=?",
)
_ODD_FIELDS: Final = (
    *(
        b"From: evil@example.net",
        b"From : x@example.net",
        b"Message-ID: <[",
        b"Date: x",
        b"Content-Type: multipart/mixed",
    ),
    *(
        b"Content-Type: ;;;=",
        b"Content-Transfer-Encoding: x-uuencode",
        b"Content-Transfer-Encoding: base64",
        b"Subject:",
    ),
    *(
        b"Content-Disposition: attachment; filename*99999999999=x",
        b"References: " + b"<a@b>" * 300,
        b"List-Id: x",
        b":",
    ),
    *(b"Content-Type: message/rfc822", b"Auto-Submitted: ((((", b"DKIM-Signature: v=1; a=rsa-sha256; d=x; s=y; h=from"),
)


def _somewhere(rng: random.Random, raw: bytes) -> int:
    """Pick a place, more often in the header block, where parsers break."""
    head = raw.find(b"\r\n\r\n") + 1 or len(raw)
    return rng.randrange(head if rng.random() < 0.7 else len(raw) or 1)


def flip_bits(rng: random.Random, raw: bytes) -> bytes:
    """Flip a few bits."""
    changed = bytearray(raw)
    for _ in range(rng.randint(1, 8)):
        changed[_somewhere(rng, raw)] ^= 1 << rng.randrange(8)
    return bytes(changed)


def truncate(rng: random.Random, raw: bytes) -> bytes:
    """Cut the end off."""
    return raw[: _somewhere(rng, raw)]


def drop_slice(rng: random.Random, raw: bytes) -> bytes:
    """Take a piece out of the middle."""
    at = _somewhere(rng, raw)
    return raw[:at] + raw[at + rng.randint(1, 60) :]


def insert_edge(rng: random.Random, raw: bytes) -> bytes:
    """Put characters that mean something to a parser where they mean something else."""
    for _ in range(rng.randint(1, 5)):
        at = _somewhere(rng, raw)
        raw = raw[:at] + rng.choice(_EDGES) * rng.choice((1, 1, 2, 50)) + raw[at:]
    return raw


def double_field(rng: random.Random, raw: bytes) -> bytes:
    """Repeat a header line somewhere else."""
    lines = raw.split(b"\r\n")
    lines.insert(rng.randrange(len(lines)), rng.choice(lines[: 1 + len(lines) // 2]))
    return b"\r\n".join(lines)


def add_odd_field(rng: random.Random, raw: bytes) -> bytes:
    """Add a field that no client writes."""
    lines = raw.split(b"\r\n")
    lines.insert(rng.randrange(min(12, len(lines))), rng.choice(_ODD_FIELDS))
    return b"\r\n".join(lines)


def change_boundary(rng: random.Random, raw: bytes) -> bytes:
    """Damage the lines between parts, or what the header says of them."""
    if b"boundary=" not in raw:
        return raw.replace(b"\r\n\r\n", b'\r\nContent-Type: multipart/mixed; boundary="X"\r\n\r\n--X\r\n\r\n', 1)
    choices = (
        (b"--=_edge_1", b"--=_edge_2"),
        (b"boundary=", b"boundary*0="),
        (b"--\r\n", b"\r\n"),
        (b'boundary="', b"boundary="),
    )
    old, new = rng.choice(choices)
    return raw.replace(old, new, rng.choice((1, -1)))


def garble_words(rng: random.Random, raw: bytes) -> bytes:
    """Put broken encoded words into header values."""
    lines = raw.split(b"\r\n")
    at = rng.randrange(min(8, len(lines)))
    name, colon, value = lines[at].partition(b":")
    lines[at] = name + colon + b" " + b" ".join(rng.choice(_WORDS) for _ in range(rng.randint(1, 30))) + value
    return b"\r\n".join(lines)


def swap_charset(rng: random.Random, raw: bytes) -> bytes:
    """Say another charset."""
    charset = rng.choice(_CHARSETS)
    if b"charset=" in raw:
        return raw.replace(b"charset=utf-8", b"charset=" + charset)
    return raw.replace(b"\r\n\r\n", b"\r\nContent-Type: text/plain; charset=" + charset + b"\r\n\r\n", 1)


def nest(rng: random.Random, raw: bytes) -> bytes:
    """Wrap the mail in parts, a few deep or very deep."""
    depth = rng.choice((2, 10, 25, 60, 300))
    wrap = rng.choice((b"multipart/mixed; boundary=b%d", b"message/rfc822"))
    levels = [
        b"Content-Type: " + (wrap % level if b"%" in wrap else wrap) + b"\r\n\r\n--b%d\r\n" % level
        for level in range(depth)
    ]
    return b"From: a@example.org\r\n" + b"".join(levels) + raw


def change_line_ends(rng: random.Random, raw: bytes) -> bytes:
    """Write other line ends, in whole or in part."""
    new = rng.choice((b"\n", b"\r", b"\r\r\n", b"\n\r", b"\x85", b"\x0b"))
    return raw.replace(b"\r\n", new, rng.choice((-1, 1, 3, 7)))


def fold_wildly(rng: random.Random, raw: bytes) -> bytes:
    """Fold header lines where nobody does."""
    at = _somewhere(rng, raw)
    return raw[:at] + rng.choice((b"\r\n ", b"\r\n\t\r\n ", b"\r\n" + b" " * 2000)) + raw[at:]


def swell(rng: random.Random, raw: bytes) -> bytes:
    """Make one thing very long."""
    at = _somewhere(rng, raw)
    return (
        raw[:at]
        + rng.choice((b"a", b"=?utf-8?q?", b"(", b"<x@y>", b" ", b"xn--", b"\r\n ")) * rng.choice((500, 3000))
        + raw[at:]
    )


def splice(rng: random.Random, raw: bytes) -> bytes:
    """Join the beginning of one mail to the end of another."""
    other = rng.choice(list(MAILS.values()))
    return raw[: _somewhere(rng, raw)] + other[_somewhere(rng, other) :]


MUTATORS: Final[tuple[Mutator, ...]] = (
    flip_bits,
    truncate,
    drop_slice,
    insert_edge,
    double_field,
    add_odd_field,
    change_boundary,
    garble_words,
    swap_charset,
    nest,
    change_line_ends,
    fold_wildly,
    swell,
    splice,
)


def mutant(seed: int, number: int) -> bytes:
    """Return one mutated mail; the same numbers give the same bytes."""
    rng = random.Random(f"{seed}/{number}")
    raw = rng.choice(list(MAILS.values()))
    for mutate in rng.choices(MUTATORS, k=rng.randint(1, 4)):
        raw = mutate(rng, raw) or b"\r\n"
    return raw


def judge(raw: bytes) -> str:
    """Read one mail as the desk would and say what came of it; whatever else is raised is a crash."""
    inbound = Inbound(
        MAIL, "campaign", "1", datetime(2025, 2, 3, tzinfo=UTC), [raw], peer="192.0.2.1", envelope_from="a@example.org"
    )
    try:
        prescan(inbound.raw)
        message = parse(inbound)
    except Unparsable:
        return "parked"
    authenticate(inbound, StaticResolver({}))
    if not isinstance(message, Message):
        raise TypeError(f"parse returned {type(message).__name__}")
    return "read"


def run(seed: int, count: int, state_dir: Path) -> Mapping[str, int]:
    """Judge `count` mutants, going on where an earlier run of this seed stopped; crashes are kept with their bytes."""
    state = state_dir / f"mutate-{seed}.json"
    tally: Counter[str] = Counter({"read": 0, "parked": 0, "crashed": 0})
    tally.update(json.loads(state.read_text()) if state.exists() else {})
    for number in range(sum(tally.values()), count):
        raw = mutant(seed, number)
        try:
            tally[judge(raw)] += 1
        except Exception:  # noqa: BLE001 - anything at all is what this campaign looks for
            tally["crashed"] += 1
            (state_dir / f"mutate-{seed}-{number}.eml").write_bytes(raw)
            (state_dir / f"mutate-{seed}-{number}.txt").write_text(traceback.format_exc())
        if (number + 1) % _SAVE_EVERY == 0 or number + 1 == count:
            state.write_text(json.dumps(tally))
    return tally

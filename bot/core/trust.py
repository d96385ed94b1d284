"""How far a sender is proven: one scale, graded by one pure function."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from bot.core.messages import BY_HAND, MAIL, Authentication, Oddity, Verdict

STRICT_POLICIES: Final = frozenset({"quarantine", "reject"})


class Trust(IntEnum):
    """The scale; only challenges and colleagues move it beyond `PLAUSIBLE`."""

    FORGED = 0
    CLAIMED = 1  # L0
    PLAUSIBLE = 2  # the address on record with aligned DMARC, a login, or the very handle
    PROVEN = 3  # L1: control of the address on record
    MATCHED = 4  # L2: L1 and a second proof: facts that match, or another channel on record
    VOUCHED = 5  # L3: mandate, parent or document seen by a colleague


@dataclass(frozen=True, slots=True)
class Grade:
    """A level and the reason a colleague reads beside it."""

    trust: Trust
    why: str


def grade_sender(
    channel: str,
    authentication: Authentication,
    oddities: frozenset[Oddity],
    *,
    on_record: bool,
    own_domain: bool,
) -> Grade:
    """Grade who wrote, from the evidence of the wire and the directory alone.

    `on_record` says the directory knows this address or handle; `own_domain` that the From is one of the company's.
    A temporary DNS error is not a pass; a failed DMARC condemns only where the domain asked for that
    (RFC 7489 6.3), because mailing lists and forwarders break honest mail every day.
    """
    if oddities - {Oddity.CONFUSABLE}:
        return Grade(Trust.FORGED, "malformed sender: " + ", ".join(sorted(oddities)))
    if channel in BY_HAND:
        return Grade(Trust.CLAIMED, "entered by a colleague, nothing proven")
    if channel != MAIL:
        if on_record:
            return Grade(Trust.PLAUSIBLE, "the very handle on record")
        return Grade(Trust.CLAIMED, "a handle we do not know")
    if authentication.dmarc is Verdict.FAIL and authentication.policy in STRICT_POLICIES:
        return Grade(Trust.FORGED, f"DMARC failed and the domain asks to {authentication.policy}")
    if authentication.dmarc is not Verdict.PASS:
        if own_domain:
            return Grade(Trust.FORGED, "our own domain without a DMARC pass")
        return Grade(Trust.CLAIMED, f"DMARC {authentication.dmarc}")
    if Oddity.CONFUSABLE in oddities:
        return Grade(Trust.CLAIMED, "the address resembles one on record")
    if on_record:
        return Grade(Trust.PLAUSIBLE, "the address is on record, and its mail server vouches for it (DMARC)")
    return Grade(Trust.CLAIMED, "its mail server vouches for the address (DMARC), but it is not on record")

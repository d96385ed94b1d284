"""What reaches people instead of the desk: a letter, a call, a visit, an inbox no machine may read."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.errors import BadInput
from bot.core.messages import MAIL, Handle, Way, canonical_address, is_address


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that came along, such as a scanned letter."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """Something a colleague brings in: how it came, when it reached the company, from whom, and what it says.

    `sender` is an e-mail address where the person gave one, else where else they are reached, in their own words: a
    postal address, a profile. Nothing of it is proven. `reason` says why it is entered by hand (law.md rule 1).
    """

    way: Way
    received_at: datetime
    sender: Handle
    name: str
    subject: str
    text: str
    papers: tuple[Paper, ...]
    by: str
    reason: str


def sender_of(way: Way, email: str, reach: str) -> Handle:
    """Return where whoever it came from is reached: by mail, or by the very way it came. Raises BadInput."""
    if bool(email) == bool(reach.strip()):
        raise BadInput("say where the person is reached: either an e-mail address, or a postal address or profile")
    if email and not is_address(email):
        raise BadInput(f"{email!r} is no e-mail address")
    return Handle(MAIL, canonical_address(email)) if email else Handle(way.value, " ".join(reach.split()))

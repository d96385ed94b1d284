"""What follows from one message: rights to open or move, what takes effect at once, the one thing to write now."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.core.case import Event
from bot.core.drafts import DraftKind
from bot.core.other_ways import OtherWay
from bot.core.rights import Flag, Reading, RequestType


class Measure(StrEnum):
    """What takes effect before any letter (law.md rules 2, 12, 28)."""

    SUPPRESS = "suppress"  # opt-outs and marketing objections: at once, no proof
    PROVISIONAL = "provisional"  # stop the use now, weigh it later
    ALLOW = "allow"  # take back the sender's own opt-out, which their case put in force


class Alarm(StrEnum):
    """What colleagues hear of at once, without personal data; the names are those of `letters.NoticeKind`."""

    BREACH = "breach"  # Art. 33: 72 hours from awareness
    UNSAFE = "unsafe"
    IDENTITY_THEFT = "identity_theft"
    AUTHORITY = "authority"


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from one message.

    `rights` are opened as items, or moved where the case has them, each by its event; `moves` is for the case's
    other items that can take it. `taken_back` are those the person withdraws, `step` the one thing to write now.
    `other_way` is how somebody without e-mail wants the answer.
    `doubtful` marks a reading a person has to confirm, `note` a case a person should look at although nothing moves.
    An empty decision keeps the message and does nothing.
    """

    rule: str
    why: str
    rights: tuple[tuple[RequestType, Event], ...] = ()
    moves: Event | None = None
    taken_back: frozenset[RequestType] = frozenset()
    measures: frozenset[Measure] = frozenset()
    step: DraftKind | None = None
    other_way: OtherWay | None = None
    doubtful: bool = False
    note: bool = False
    alarm: Alarm | None = None

    @property
    def concerns_a_case(self) -> bool:
        """False for mail that opens no case and moves none."""
        changes = bool(self.rights or self.taken_back) or self.moves is not None
        return changes or self.step is not None or self.note


PROVISIONAL: Final = frozenset({RequestType.RESTRICTION, RequestType.OBJECTION, RequestType.CONSENT_WITHDRAWAL})
_ALARMS: Final = {
    Flag.BREACH: Alarm.BREACH,
    Flag.UNSAFE: Alarm.UNSAFE,
    Flag.IDENTITY_THEFT: Alarm.IDENTITY_THEFT,
    Flag.AUTHORITY: Alarm.AUTHORITY,
}


def alarm_for(reading: Reading) -> Alarm | None:
    """Return the alarm a reading raises, whatever else the message asks (law.md rule 33)."""
    return next((alarm for flag, alarm in _ALARMS.items() if flag in reading.flags), None)

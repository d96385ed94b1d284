"""All that a decision may rest on."""

from dataclasses import dataclass
from typing import Final

from bot.core.case import Case
from bot.core.challenge import ChallengeOutcome
from bot.core.doubting import doubt_in
from bot.core.fact_check import Compared
from bot.core.other_ways import OtherWay
from bot.core.proof import required_trust
from bot.core.rights import Flag, Reading, RequestType
from bot.core.trust import Trust

_WATCHED: Final = frozenset({Flag.BREACH, Flag.UNSAFE, Flag.IDENTITY_THEFT, Flag.AUTHORITY, Flag.PROCESSOR})
"""What a person sees even where no right is exercised."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities between deciding and handing over.

    Above `look` a person sees the message: .05 kept 99.5 % of the requests when measured, 99.9 % of the ordinary ones.
    From `likely` on there is a right for certain. From `begin` on the reading of it is good enough for a first reply,
    which discloses nothing; what the reader was not sure of is confirmed by a colleague before any answer.
    """

    likely: float = 0.95
    look: float = 0.05
    begin: float = 0.6


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a decision may rest on.

    `trust` is what this message itself shows (`core.trust`), raised to the case's only for the very handle that was
    proven; `theirs` says that it surely comes from whom the case is with. `answer` is what became of a code the
    message held. `fresh` is false for mail older than three days, which is never answered by itself. `unread` says
    that the content is only in attachments, `silent` that there is none, `names_address` that a chat message gives an
    e-mail address, `other_way` that the person has none and how they want the answer, `edited` that it changes an
    earlier message. `entered` says that a colleague brought it in, `by_hand` that the desk can't write back there.
    `undoes` says that it plainly takes back the opt-out with which the case ended.
    `compared` is what became of an answer about facts; `twice` are the rights that ask for a second proof.
    """

    reading: Reading
    trust: Trust
    automatic: str = ""
    fresh: bool = True
    unread: bool = False
    silent: bool = False
    names_address: bool = False
    other_way: OtherWay | None = None
    edited: bool = False
    undoes: bool = False
    chat: bool = False
    entered: bool = False
    by_hand: bool = False
    case: Case | None = None
    theirs: bool = False
    answer: ChallengeOutcome | None = None
    thresholds: Thresholds = Thresholds()
    compared: Compared | None = None
    twice: frozenset[RequestType] = frozenset()

    @property
    def worth_a_look(self) -> bool:
        """Whether a person should see the message at all."""
        flagged = self.reading.flags & _WATCHED
        asks = bool(self.reading.exercised) or self.reading.any_right > self.thresholds.look
        return asks or bool(flagged) or self.unread or self.entered

    @property
    def certain(self) -> bool:
        """Whether the reading is good enough to begin with."""
        reading, thresholds = self.reading, self.thresholds
        likely = reading.confidence >= thresholds.begin and reading.any_right >= thresholds.likely
        return bool(reading.exercised) and (not reading.abstain or likely)

    def is_opt_out(self, right: RequestType) -> bool:
        """Say whether a right stops mailings at once, whoever asks (law.md rule 28)."""
        marketing = right is RequestType.OBJECTION and Flag.MARKETING in self.reading.flags
        return right is RequestType.UNSUBSCRIBE or marketing

    def suffices(self, right: RequestType) -> bool:
        """Say whether what was shown is the proof that a right asks for, also where a colleague doubts who writes."""
        table = required_trust(right, self.reading, self.twice)
        return self.trust >= (table if self.is_opt_out(right) else max(table, doubt_in(self.case)))

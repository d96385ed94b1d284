"""What a person hears of an open question of ours: two reminders, and how far we are when our promise ends."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.core.case import WAITING_STATES, Case
from bot.core.drafts import SILENCING_FLAGS, Draft
from bot.core.unit import Unit
from bot.flow.correspondence import Correspondence
from bot.flow.questions import open_question
from bot.flow.windows import is_out_of_reach

REMINDER_DAYS: Final = (2, 5)
"""Days after a question when the person is reminded of it."""

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reminding:
    """Reminds people in office hours, never more than once a day, and nobody whom a flag silences."""

    correspondence: Correspondence

    def remind(self, unit: Unit, now: datetime) -> None:
        """Write what is due to everybody we wait for; looks once an hour."""
        calendar = self.correspondence.post.house.calendar
        if not calendar.office_is_open(now):
            return
        if not unit.counters.once(f"reminders:{now.astimezone(calendar.zone):%Y-%m-%dT%H}", now):
            return
        today = calendar.civil_date(now)
        for case in unit.cases.waiting():
            question = open_question(unit, case)
            unheard = _silenced(unit, case) or is_out_of_reach(unit, self.correspondence.post.house, case, now)
            if question is not None and not unheard:
                self._write(unit, case, question, calendar.civil_date(question.created_at), today, now)

    def _write(self, unit: Unit, case: Case, question: Draft, asked: date, today: date, now: datetime) -> None:
        """Write one letter at most: where our promise ends while we wait, how far we are says it all (rule 3)."""
        caps, sender = self.correspondence.post.house.caps, case.requester
        waiting = [item for item in case.items if item.state in WAITING_STATES]
        promise = min(item.promise_due for item in waiting)
        due = [days for days in REMINDER_DAYS if today >= asked + timedelta(days=days)]
        ended = asked < promise <= today
        once = f"status:{case.id}:{promise}" if ended else f"reminder:{question.id}:{max(due)}" if due else ""
        if not once or not unit.counters.once(once, now):
            return
        if not unit.counters.raise_within(f"sender:{sender}", caps.per_sender_a_day, now - _DAY, now):
            unit.audit.record(case.id, "reply_capped", "desk", now, {"step": once.partition(":")[0]})
        elif ended:
            self.correspondence.say_how_far(unit, case, asked, now)
        else:
            self.correspondence.remind(unit, case, question, asked, now)


def _silenced(unit: Unit, case: Case) -> bool:
    """Say whether somebody unsafe may read along: what one case of theirs says holds for all (law.md rule 17)."""
    theirs = (case, *unit.cases.of_requester(case.requester))
    return any(one.flags & SILENCING_FLAGS for one in theirs)

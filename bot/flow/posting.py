"""From a draft to the outbox: by itself where the policy allows, else once colleagues approved."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.core.case import WAITING_STATES, Case, Event, Item, moved
from bot.core.choice import without_chosen
from bot.core.deadlines import extended_due
from bot.core.delivery import Outgoing
from bot.core.drafts import DECIDED, Approval, Draft, DraftKind, DraftStatus, may_send_alone
from bot.core.errors import NotAllowed
from bot.core.extension import Extension
from bot.core.house import House
from bot.core.letters import Brief, Flaw, Notice, NoticeKind
from bot.core.lifting import announced, unannounced
from bot.core.messages import BY_HAND, LINK, MAIL, Handle, canonical_address
from bot.core.ports import Entropy, Writer
from bot.core.references import ID_BYTES, TOKEN_BYTES, message_id, write_id, write_token
from bot.core.unit import Unit
from bot.core.verdict import Outcome
from bot.flow.behind_link import put_behind_link
from bot.flow.challenging import put_challenge
from bot.flow.discretion import data_chosen_for, data_kept_from

POLICY: Final = "policy"
"""Who approved what left by itself."""

_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a letter is for beside its words: the items it answers, what it may tell, the mail it replies to."""

    items: tuple[Item, ...] = ()
    told: bool = False
    refuses: bool = False
    in_reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """The one way into the outbox."""

    house: House
    writer: Writer
    entropy: Entropy

    def word(self, case: Case, brief: Brief, recipient: Handle, now: datetime, purpose: Purpose) -> Draft:
        """Return the draft of one letter, bound to the case as it stands."""
        letter = self.writer.compose(brief)
        return Draft(
            id=write_id(now, self.entropy.draw(ID_BYTES)),
            case_id=case.id,
            kind=brief.kind,
            language=brief.language,
            recipient=recipient,
            subject=letter.subject,
            body=letter.body,
            html=letter.html,
            template=letter.template,
            case_version=case.version,
            created_at=now,
            items=tuple(item.id for item in purpose.items),
            rights=frozenset(item.right for item in purpose.items if item.outcome is not Outcome.WITHDRAWN),
            open_slots=letter.open_slots,
            question=brief.question,
            told=purpose.told,
            refuses=purpose.refuses,
            in_reply_to=purpose.in_reply_to,
            worded=letter.body,
            choices=letter.choices,
            sorry_for=brief.promise_due if letter.apologises else None,
        )

    def offer(self, unit: Unit, case: Case, draft: Draft, now: datetime, references: Sequence[str] = ()) -> Case:
        """Store a draft, let it leave at once where the policy allows, and return the case as it then stands."""
        alone = may_send_alone(draft.kind, self.house.leaving_alone, case.flags) and not draft.open_slots
        alone = alone and draft.recipient.channel not in BY_HAND
        alone = alone and (draft.recipient.channel == MAIL or not self.findings(unit, case, draft))
        if not (alone and self.may_leave_now(unit, now)):
            unit.drafts.add(draft)
            return case
        approved = replace(draft, status=DraftStatus.APPROVED, approvals=(Approval(POLICY, draft.seal, now),))
        unit.drafts.add(approved)
        return self.dispatch(unit, case, approved, now, references)

    def findings(self, unit: Unit, case: Case, draft: Draft) -> tuple[Flaw, ...]:
        """Return what keeps a draft from leaving: what we hold too, where it may not be told (rules 12, 42).

        What the person chose to read in this chat is let through where an answer says it, and nothing else.
        """
        kept, chosen = data_kept_from(draft, unit, case, self.house), data_chosen_for(draft, unit, case)
        return self.writer.findings(without_chosen(draft, chosen, kept), kept - chosen)

    def dispatch(self, unit: Unit, case: Case, draft: Draft, now: datetime, references: Sequence[str] = ()) -> Case:
        """Put an approved draft into the outbox with the Message-ID it keeps; nothing is sent here.

        Returns the case with the answered items on their way. Raises NotApprovable when no more
        codes may go there today.
        """
        items = tuple(self._told(self._apologised(item, draft, now), draft, now) for item in case.items)
        if draft.items or items != case.items:
            case = unit.cases.save(replace(case, items=items))
        code = ""
        if draft.carries_code:
            case, code = put_challenge(unit, self.house, case, draft, self.entropy, now)
        ident = write_id(now, self.entropy.draw(ID_BYTES))
        outgoing = Outgoing(
            id=ident,
            draft_id=draft.id,
            case_id=case.id,
            kind=draft.kind,
            recipient=draft.recipient,
            subject=draft.subject,
            body=draft.body,
            html=draft.html,
            language=draft.language,
            message_id=message_id(case.token, ident[-12:], self.house.mail_domain),
            created_at=now,
            in_reply_to=draft.in_reply_to,
            references=tuple(references),
            secret=code,
            not_before=now + self.house.undo if draft.kind in DECIDED else None,
            case_version=case.version,
            choices=draft.choices,
        )
        if draft.recipient.channel == LINK:
            outgoing = put_behind_link(unit, self.house, self.writer, self.entropy, case, outgoing, draft)
        unit.outbox.add(outgoing)
        if not case.id:
            return case  # a greeting: there is nothing yet to keep a history of
        approvers = ", ".join(given.staff for given in draft.approvals)
        facts = {"kind": draft.kind, "draft": draft.id, "seal": draft.seal}
        unit.audit.record(case.id, "queued", approvers, now, facts, {"to": str(draft.recipient)})
        return case

    def _told(self, item: Item, draft: Draft, now: datetime) -> Item:
        """Return an item once a letter about it is on its way: answered, extended, or its promise kept by our news."""
        calendar = self.house.calendar
        if item.id in draft.items:
            return moved(item, Event.APPROVED)
        if item.id in draft.concerns:
            if draft.reason is None:
                return replace(announced(item, now), outcome=None)  # that was said; the answer is still to come
            return replace(item, extension=Extension(draft.reason, extended_due(item.received_at, calendar), now))
        if draft.kind is DraftKind.STATUS and item.state in WAITING_STATES:
            return replace(item, told_on=calendar.civil_date(now))
        return item

    def _apologised(self, item: Item, draft: Draft, now: datetime) -> Item:
        """Return an item whose missed promise a letter on its way apologises for: no other does (law.md rule 3)."""
        today = self.house.calendar.civil_date(now)
        owned = item.promise_due == draft.sorry_for and item.owes_apology(today)
        return replace(item, told_on=today) if owned else item

    def refuse_while_observing(self) -> None:
        """Raise NotAllowed while the desk only observes: nothing may leave for a customer."""
        if self.house.observe:
            raise NotAllowed('the desk only observes and sends nothing: set mode = "live" under [replies] first')

    def notify(self, unit: Unit, notice: Notice, now: datetime) -> None:
        """Queue a mail to colleagues; it holds no personal data, so nobody has to approve it.

        Whoever a complaint in the case is about hears nothing of it (law.md rule 31).
        """
        case = unit.cases.by_reference(notice.reference) if notice.reference else None
        kept_away = case.complained_of if case else frozenset()
        self.notify_each(unit, notice.kind, lambda staff: None if staff in kept_away else notice, now)

    def notify_each(
        self, unit: Unit, kind: NoticeKind, notice_for: Callable[[str], Notice | None], now: datetime
    ) -> None:
        """Queue a mail to each colleague, in the words for whoever has that address; None is none."""
        most = self.house.caps.notices_an_hour
        if not unit.counters.raise_within(f"notice:{kind}", most, now - _HOUR, now):
            return  # colleagues know by now; the lists show each one
        told = ((address, notice_for(canonical_address(address))) for address in self.house.notify)
        for address, letter in ((address, self.writer.notice(notice)) for address, notice in told if notice):
            ident = write_id(now, self.entropy.draw(ID_BYTES))
            unit.outbox.add(
                Outgoing(
                    id=ident,
                    draft_id="",
                    case_id="",
                    kind=DraftKind.NOTICE,
                    recipient=Handle(MAIL, address),
                    subject=letter.subject,
                    body=letter.body,
                    html=letter.html,
                    language="en",
                    message_id=message_id(
                        write_token(self.entropy.draw(TOKEN_BYTES)), ident[-12:], self.house.mail_domain
                    ),
                    created_at=now,
                )
            )

    def may_leave_now(self, unit: Unit, now: datetime) -> bool:
        """Count one more automatic message of this hour, unless there were too many: the breaker against floods."""
        return unit.counters.raise_within("automatic", self.house.caps.automatic_an_hour, now - _HOUR, now)


def untold(item: Item, draft: Draft) -> Item:
    """Return an item whose person was not told: of more time, a restriction's end, or that a promise was missed."""
    if draft.sorry_for == item.promise_due or draft.kind is DraftKind.STATUS:
        item = replace(item, told_on=None)
    if item.id not in draft.concerns:
        return item
    return replace(item, extension=None) if draft.kind is DraftKind.EXTENSION else unannounced(item)

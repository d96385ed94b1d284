"""The answer as a draft: kept in step with its case, drafted anew whenever the case changes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.case import OPEN_STATES, Case, Item, State, is_proven, promise_spoken_of
from bot.core.deadlines import Calendar
from bot.core.delivery import DeliveryState
from bot.core.drafts import Draft, DraftKind, DraftStatus, edit
from bot.core.fill_ins import carry_over
from bot.core.identity import answer_destination
from bot.core.letters import Brief, Exchange, Finding, ItemBrief, RecordField, Residence
from bot.core.messages import LINK, Handle, Way, is_chat, read_at
from bot.core.opting_out import extent_of
from bot.core.outcomes import INTERIM, is_refused
from bot.core.packages import COPIED
from bot.core.records import Customer, Kept, record_of
from bot.core.redaction import letters_without, without
from bot.core.residence import residence_of
from bot.core.rights import RIGHTS, Correction, RequestType
from bot.core.sayable import sayable
from bot.core.trust import Trust
from bot.core.unit import Unit
from bot.flow.beside import handles_of, other_requests, stops_of
from bot.flow.carrying_out import CarryingOut, calls_for_deeds, told_before, told_of
from bot.flow.chat_account import is_about_account
from bot.flow.data_subject import own_messages, suffices, whose_data
from bot.flow.extension_letters import extended_anew
from bot.flow.first_reply import FirstReplies, item_brief
from bot.flow.opting_out import asked_in
from bot.flow.page_links import links_for
from bot.flow.posting import Post, Purpose
from bot.flow.questions import last_asked


@dataclass(frozen=True, slots=True)
class Answering:
    """Drafts what a colleague will approve: one letter for the items that are ready."""

    post: Post

    def save(self, unit: Unit, case: Case, now: datetime) -> Case:
        """Store a changed case, and draft anew what waits in it: an approval is bound to the case as it was read."""
        case = unit.cases.save(case)
        self.keep_in_step(unit, case, now)
        return case

    def keep_in_step(self, unit: Unit, case: Case, now: datetime) -> None:
        """Draft anew unless what waits fits the case as it stands and leaves nothing unsaid."""
        waiting = unit.drafts.listed(DraftStatus.WAITING, case.id)
        said = {item for draft in waiting for item in (*draft.items, *draft.concerns)}
        old = any(draft.case_version != case.version for draft in waiting)
        if old or any(item.id not in said for item in ready_items(case)):
            self.redraft(unit, case, now)

    def redraft(self, unit: Unit, case: Case, now: datetime) -> None:
        """Make waiting answers stale, draft one anew with what was filled in already, and renew what else waits."""
        covered: set[str] = set()
        before: dict[DraftKind, Draft] = {}
        for waiting in unit.drafts.listed(DraftStatus.WAITING, case.id):
            if waiting.kind in {DraftKind.ANSWER, DraftKind.INTERIM}:
                before[waiting.kind] = waiting
                unit.drafts.save(replace(waiting, status=DraftStatus.STALE))
            elif waiting.kind is DraftKind.EXTENSION:
                self._extend_anew(unit, case, waiting, now)
            else:
                covered.update(FirstReplies(self.post).renew(unit, case, waiting, now))
        ready = tuple(item for item in ready_items(case) if item.id not in covered)
        on_the_way = tuple(item for item in ready if item.outcome in INTERIM)
        ended = tuple(item for item in ready if item not in on_the_way)
        changing = [item for item in ended if calls_for_deeds(item, on_record=_on_record(unit, case, item))]
        carrying_out, corrections = CarryingOut(self.post), corrections_in(unit, case)
        carrying_out.keep_tasks(unit, case, changing, whose_data(unit, case, answer_destination(case), changing), now)
        for item in changing:
            carrying_out.tell(unit, case, item, corrections, now)
        for kind, items in ((DraftKind.ANSWER, ended), (DraftKind.INTERIM, on_the_way)):
            if items:
                fresh = self._answer(unit, case, kind, items, now)
                unit.drafts.add(self._filled_in_as(before.get(kind), fresh))

    def _extend_anew(self, unit: Unit, case: Case, waiting: Draft, now: datetime) -> None:
        """Keep an extension in step with its case, and take it back once nothing of it is open any more."""
        if waiting.case_version == case.version:
            return
        unit.drafts.save(replace(waiting, status=DraftStatus.STALE))
        fresh = extended_anew(self.post, case, waiting, now)
        if fresh is not None:
            unit.drafts.add(self._filled_in_as(waiting, fresh))

    def _filled_in_as(self, before: Draft | None, fresh: Draft) -> Draft:
        """Return a fresh answer with a colleague's facts of the one it replaces, if it goes to the same person."""
        if before is None or before.recipient != fresh.recipient:
            return fresh
        body = fresh.body if before.body == before.worded else carry_over(before.worded, before.body, fresh.body)
        html = self.post.writer.dress(body, fresh.language) if fresh.html else ""
        filled = fresh if body == fresh.body else edit(fresh, fresh.subject, body, html)
        return replace(filled, before=before.version)

    def _answer(self, unit: Unit, case: Case, kind: DraftKind, ready: tuple[Item, ...], now: datetime) -> Draft:
        recipient = answer_destination(case)
        found = whose_data(unit, case, recipient, ready)
        proven = all(suffices(unit, item, found) for item in ready)
        customer = found[0] if proven and len(found) == 1 else None
        kept, marks = own_messages(unit, case), unit.redactions.of_case(case.id)
        today, asked = self.post.house.calendar.civil_date(now), last_asked(unit, case)
        shows_data = proven and any(item.needs >= Trust.PROVEN for item in ready)
        theirs = handles_of(recipient, customer) if shows_data else ()
        ends = kind is DraftKind.ANSWER and all(one in ready for one in case.items if one.state in OPEN_STATES)
        brief = Brief(
            kind=kind,
            language=case.language,
            channel=recipient.channel,
            reference=case.reference,
            promise_due=promise_spoken_of(ready, today),
            today=today,
            asked=self.post.house.calendar.civil_date(asked) if asked else None,
            name=customer.name if customer else case.name,
            plausible=case.trust >= Trust.PLAUSIBLE,
            proven=proven,
            extent=extent_of(asked_in(unit, self.post.house, case, frozenset())),
            unsure=tuple(item.right for item in ready if item.doubtful),
            first=all(one.state is DeliveryState.TAKEN_BACK for one in unit.outbox.listed(case_id=case.id)),
            items=tuple(self._item(unit, case, item, kept) for item in ready),
            finding=_finding(case, recipient, found) if shows_data else Finding.NOT_LOOKED,
            identifier=_known_by(recipient, customer) if proven else "",
            record=self._told_on(recipient, case, without(customer, marks)) if customer and shows_data else (),
            categories=frozenset().union(*(entry.reading.categories for entry in kept if entry.reading)),
            register=tuple(unit.register.listed()),
            correspondence=self.exchanges(unit, case) if shows_data else (),
            stops=stops_of(unit, self.post.house, case, theirs),
            requests=other_requests(unit, self.post.house, case, theirs),
            late=any(item.owes_apology(today) for item in ready),
            residence=residence_of(customer.fields, customer.phones) if customer else Residence(),
            subject=next((entry.message.subject for entry in kept if entry.message), ""),
            links=links_for(unit, self.post.house, case, recipient, None, now, ends=ends),
        )
        heard = (one.message for one in reversed(kept) if one.message and one.channel == read_at(recipient).channel)
        last = next((message.message_id for message in heard), "")
        said_no = any(is_refused(item) and not (item.outcome is None and suffices(unit, item, found)) for item in ready)
        refuses = kind is DraftKind.ANSWER and said_no
        draft = self.post.word(case, brief, recipient, now, Purpose(items=ready, refuses=refuses, in_reply_to=last))
        return draft if kind is DraftKind.ANSWER else replace(draft, items=(), concerns=draft.items)

    def _item(self, unit: Unit, case: Case, item: Item, kept: Sequence[Kept]) -> ItemBrief:
        told, marks = told_of(unit.tasks.of_case(case.id), item.id), unit.redactions.of_case(case.id)
        if item.right is RequestType.INFORMATION and is_proven(item):
            told = told_before(unit, answer_destination(case))
        brief = replace(item_brief(item), corrections=_corrections(kept), recipients=told)
        if item.right not in COPIED:
            return brief
        places = tuple(dict.fromkeys(mark.place for mark in marks))
        return replace(brief, left_out=places, grounds=frozenset(mark.ground for mark in marks))

    def _told_on(self, recipient: Handle, case: Case, customer: Customer) -> tuple[RecordField, ...]:
        """Return the directory row as it may be told there: most is never said in a call, in a chat what was chosen."""
        record = record_of(customer)
        if is_chat(recipient.channel):
            return tuple(field for field in record if case.chosen and field.name in case.chosen.fields)
        return sayable(record, self.post.house.keys) if recipient.channel == Way.CALL else record

    def exchanges(self, unit: Unit, case: Case) -> tuple[Exchange, ...]:
        """Return the correspondence of this case, theirs and ours (Art. 15(3): it is data about the person too).

        What is left out of ours for somebody else's sake is not in it; a text of ours in a chat had no subject there.
        """
        calendar = self.post.house.calendar
        theirs = [
            Exchange(calendar.local(one.received_at), one.channel, one.message.subject, one.message.text, ours=False)
            for one in own_messages(unit, case)
            if one.message is not None
        ]
        written = letters_without(our_letters(unit, calendar, case), unit.redactions.of_case(case.id))
        ours = [replace(one, subject="") if is_chat(one.channel) else one for one in written]
        return tuple(sorted([*theirs, *ours], key=lambda exchange: exchange.at))


def our_letters(unit: Unit, calendar: Calendar, case: Case) -> Sequence[Exchange]:
    """Return what we wrote to where the answer goes, in a case and in those that joined it."""
    to = read_at(answer_destination(case))
    written = [one for ident in (case.id, *case.joined) for one in unit.outbox.written_to(ident, to)]
    return [replace(one, at=calendar.local(one.at)) for one in written]


def _on_record(unit: Unit, case: Case, item: Item) -> bool:
    """Say whether there is somebody whose data an item can change; without a directory that is a colleague's word."""
    return unit.directory.is_empty() or bool(whose_data(unit, case, answer_destination(case), [item]))


def ready_items(case: Case) -> tuple[Item, ...]:
    """Return the items one answer is drafted for, in the order of the law.

    The proven come first; a refusal for want of proof is drafted only where somebody was asked for one, or where a
    colleague chose what to say.
    """
    review = [item for item in case.items if item.state is State.REVIEW and _has_words(item)]
    proven = [item for item in review if is_proven(item)]
    asked_in_vain = [item for item in review if item.challenge or item.outcome]
    return tuple(sorted(proven or asked_in_vain, key=lambda item: (*RIGHTS, RequestType.OTHER).index(item.right)))


def _has_words(item: Item) -> bool:
    """Say whether there is anything to draft: for what is no right, only once a colleague said what becomes of it."""
    return item.right is not RequestType.OTHER or item.outcome is not None


def corrections_in(unit: Unit, case: Case) -> tuple[Correction, ...]:
    """Return what the person wants changed, once each."""
    return _corrections(own_messages(unit, case))


def _known_by(recipient: Handle, customer: Customer | None) -> str:
    """Return what the data are held under: who reads of their record behind a link is not on record by that chat."""
    return customer.number if customer and recipient.channel == LINK else read_at(recipient).value


def _finding(case: Case, recipient: Handle, found: Sequence[Customer]) -> Finding:
    if is_about_account(case, recipient):
        return Finding.ACCOUNT
    if len(found) > 1:
        return Finding.SEVERAL
    return Finding.ONE if found else Finding.NOTHING


def _corrections(kept: Sequence[Kept]) -> tuple[Correction, ...]:
    found = [c for entry in kept if entry.reading for c in entry.reading.corrections]
    return tuple(dict.fromkeys(found))

"""What a decision does to a case: items opened and moved, measures taken, a proof recorded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.core.case import OPEN_STATES, Case, ClockKind, Event, Item, Lane, State, is_proven, moved
from bot.core.challenge import Challenge
from bot.core.deadlines import clock_kind, promise_due, statutory_due
from bot.core.decision import PROVISIONAL, Alarm, Decision, Measure
from bot.core.doubting import doubt_in
from bot.core.drafts import SILENCING_FLAGS
from bot.core.house import House
from bot.core.identity import is_authentic
from bot.core.lanes import lane_for
from bot.core.opting_out import OptOut, stops
from bot.core.ports import Entropy
from bot.core.proof import required_trust
from bot.core.records import Customer, Suppression
from bot.core.references import ID_BYTES, REFERENCE_BYTES, TOKEN_BYTES, write_id, write_reference, write_token
from bot.core.rights import OUR_LANGUAGES, Flag, Reading, RequestType, Scope
from bot.core.trust import Trust
from bot.core.undoing import is_opt_out
from bot.core.unit import Unit
from bot.core.verdict import Outcome
from bot.flow.correspondence import Incoming
from bot.flow.opting_out import asked_in, heard, scopes_of
from bot.flow.second_proof import rights_asked_twice

_FALLBACK_LANGUAGE: Final = "en"
_ENOUGH_WORDS: Final = 8
"""Fewer, such as thanks or a code, say too little of a language."""


@dataclass(frozen=True, slots=True)
class Casework:
    """Opens cases and carries decisions out; every change of state goes through `advance()`."""

    house: House
    entropy: Entropy

    def open(self, unit: Unit, received: Incoming, customers: Sequence[Customer], trust: Trust, now: datetime) -> Case:
        """Open a case for whoever wrote."""
        case = self.blank_case(received, now)
        one = customers[0].id if len(customers) == 1 else None
        case = replace(case, customer_id=one, trust=trust, lane=lane_for(received.reading))
        unit.cases.add(case)
        unit.audit.record(case.id, "opened", "desk", now, {"reference": case.reference, "trust": trust.name})
        return case

    def blank_case(self, received: Incoming, now: datetime) -> Case:
        """Return a case that nothing is known of but the message; it is not stored."""
        message, reading = received.message, received.reading
        spoken = reading.language if reading.language in OUR_LANGUAGES else message.language
        return Case(
            id=self.fresh_id(now),
            reference=write_reference(self.entropy.draw(REFERENCE_BYTES)),
            token=write_token(self.entropy.draw(TOKEN_BYTES)),
            requester=message.sender,
            language=spoken if spoken in OUR_LANGUAGES else _FALLBACK_LANGUAGE,
            opened_at=now,
            received_at=received.at,
            name=message.name,
        )

    def apply(
        self, unit: Unit, case: Case, decision: Decision, received: Incoming, trust: Trust, now: datetime
    ) -> Case:
        """Return the case after a decision: items opened and moved, measures taken; it is not stored.

        A word about an ended item opens a new one with its own clock; a clarified item takes the place
        and the date of the guess. An opt-out of more than the one whose confirmation is leaving is an item of its own.
        """
        reading, message = received.reading, received.message
        if Measure.ALLOW in decision.measures:
            case = self.allow(unit, case, now)
        going_on = [item for item in case.items if item.state in OPEN_STATES]
        since = _asked_since(going_on, decision, received.at)
        if since is not None:
            going_on = [item for item in going_on if item.state is not State.CLARIFYING]
        items = {
            item.right: item
            for item in going_on
            if item.state is not State.SENDING or not _asks_for_more(item, reading)
        }
        confirmed = [item for item in going_on if items.get(item.right) is not item]  # a later one took its place
        twice, doubt = rights_asked_twice(unit, self.house, [right for right, _ in decision.rights]), doubt_in(case)
        for right, event in decision.rights:
            item = items.get(right) or self.item(unit, right, reading, since or received.at, trust, now)
            needs, shown = max(item.needs, required_trust(right, reading, twice)), max(item.trust, trust)
            asked_anew = replace(
                _widened(item, reading),
                doubtful=item.doubtful or decision.doubtful,
                needs=needs,
                least=item.least if is_opt_out(item) else max(item.least, doubt),
                trust=shown,
                authentic=item.authentic or is_authentic(message),
                outcome=None if item.outcome is Outcome.WITHDRAWN else item.outcome,
            )
            items[right] = moved(asked_anew, event)
        if decision.moves not in {None, Event.PROVED}:
            named = {right for right, _ in decision.rights}
            items |= {right: moved(item, decision.moves) for right, item in items.items() if right not in named}
        items |= {right: _taken_back(items[right]) for right in decision.taken_back}
        if Measure.SUPPRESS in decision.measures:
            self.stop(unit, case, heard(unit, self.house, message, reading), now)
            items = {right: _done(item, now) for right, item in items.items()}
        if Measure.PROVISIONAL in decision.measures:
            items = {right: _stopped(item, now) for right, item in items.items()}
            unit.audit.record(case.id, "stopped_provisionally", "desk", now)
        must_stop = _to_stop(items.values(), now)
        asked = any(event is Event.UNCLEAR for _, event in decision.rights)
        lane = lane_for(reading)
        flags = case.flags if message.automatic else case.flags | reading.flags
        return replace(
            case,
            items=_in_order(case.items, (*confirmed, *items.values())),
            language=_spoken_now(case, received),
            flags=flags,
            choice=None if flags & SILENCING_FLAGS else case.choice,
            lane=case.lane if lane is Lane.GENERAL else lane,
            clarified=case.clarified + asked,
            other_way=decision.other_way or case.other_way,
            attention=must_stop or (decision.why if decision.note or decision.taken_back else case.attention),
            aware_at=case.aware_at or (received.at if decision.alarm is Alarm.BREACH else None),
        )

    def act_at_once(self, unit: Unit, case: Case, now: datetime) -> Case:
        """Return a case that a colleague read with what takes effect before any letter done; it is not stored.

        Mailings are stopped whoever asked; another use only for who is plausibly on record (law.md rules 12 and 28).
        """
        waiting = [item for item in case.items if item.state in OPEN_STATES and item.done_at is None]
        if scopes := [item.scopes for item in waiting if _done(item, now).done_at]:
            self.stop(unit, case, asked_in(unit, self.house, case, frozenset().union(*scopes)), now)
        done = {item.id: _done(item, now) for item in waiting}
        done |= {one.id: _stopped(one, now) for one in done.values() if one.trust >= Trust.PLAUSIBLE}
        items = tuple(done.get(item.id, item) for item in case.items)
        if must_stop := _to_stop(items, now):
            unit.audit.record(case.id, "stopped_provisionally", "desk", now)
        return replace(case, items=items, attention=must_stop or case.attention)

    def proved(self, unit: Unit, case: Case, challenge: Challenge, now: datetime, shown: Trust = Trust.PROVEN) -> Case:
        """Record whose control was shown: of the address the code went to, for the items it was asked for.

        `shown` is more than that where the code came back from elsewhere on record. What asks for a second proof goes
        on waiting for it, but where nobody is on record there is nothing that it guards.

        A case that was proven for one address is never turned to another: a person looks. But a stranger's address, of
        which we hold nothing, gives way to one on record.
        """
        known = case.proven is not None and (not challenge.on_record or bool(unit.directory.find(case.proven)))
        if case.proven != challenge.destination and known:
            return replace(case, attention="a second address was proven; the first one stays")
        customers = unit.directory.find(challenge.destination)
        level = "L1" if shown is Trust.PROVEN else "L2"
        unit.audit.record(case.id, "proved", "desk", now, {"level": level}, {"destination": str(challenge.destination)})
        held = unit.directory.is_empty() or bool(customers)
        items = tuple(
            _proven(item, shown, held=held) if item.challenge == challenge.id and item.state in OPEN_STATES else item
            for item in case.items
        )
        return replace(
            case,
            items=items,
            proven=challenge.destination,
            proven_at=now,
            other_way=None,
            attention="" if case.other_way else case.attention,
            trust=max(case.trust, Trust.PROVEN),
            customer_id=customers[0].id if len(customers) == 1 else None,
        )

    def item(
        self, unit: Unit, right: RequestType, reading: Reading, since: datetime, trust: Trust, now: datetime
    ) -> Item:
        """Return a new item whose clock runs since a moment."""
        kind = clock_kind(right, reading.flags)
        legal = kind is ClockKind.STATUTORY
        marketing = right is RequestType.OBJECTION and Flag.MARKETING in reading.flags
        return Item(
            id=self.fresh_id(now),
            right=right,
            state=State.OPEN,
            clock=kind,
            received_at=since,
            promise_due=promise_due(since, self.house.calendar),
            statutory_due=statutory_due(since, self.house.calendar) if legal else None,
            scopes=scopes_of(reading) if marketing or right is RequestType.UNSUBSCRIBE else frozenset(),
            marketing=marketing,
            needs=required_trust(right, reading, rights_asked_twice(unit, self.house, [right])),
            trust=trust,
        )

    def beside(self, case: Case, now: datetime) -> Case:
        """Return an empty case with the same person, seen by the same colleagues; it is not stored."""
        return replace(
            case,
            id=self.fresh_id(now),
            reference=write_reference(self.entropy.draw(REFERENCE_BYTES)),
            token=write_token(self.entropy.draw(TOKEN_BYTES)),
            opened_at=now,
            clarified=0,
            version=1,
            attention="",
            aware_at=None,
            joined=(),
            items=(),
        )

    def fresh_id(self, now: datetime) -> str:
        """Return a new id, for a case or an item."""
        return write_id(now, self.entropy.draw(ID_BYTES))

    def stop(self, unit: Unit, case: Case, opt_out: OptOut, now: datetime) -> None:
        """Stop the mailings at once, for all that the opt-out reaches (law.md rule 28)."""
        theirs = {case.id, *case.joined, *(one.id for one in unit.cases.of_requester(case.requester))}
        for handle, scope in stops(opt_out):
            suppression = Suppression(write_id(now, self.entropy.draw(ID_BYTES)), handle, scope, now, case.id)
            if unit.suppressions.add(suppression, theirs):
                unit.audit.record(case.id, "suppressed", "desk", now, {"scope": scope}, {"handle": str(handle)})

    def allow(self, unit: Unit, case: Case, now: datetime) -> Case:
        """Let out again the mailings that a case stopped, and no others; return the case, its opt-outs undone."""
        for stopped in stopped_by(unit, case):
            if unit.suppressions.lift(stopped.handle, stopped.scope, now):
                told, whose = {"scope": stopped.scope}, {"handle": str(stopped.handle)}
                unit.audit.record(case.id, "suppression_lifted", "the person", now, told, whose)
        items = tuple(replace(item, done_at=None) if is_opt_out(item) else item for item in case.items)
        return replace(case, items=items)


def stopped_by(unit: Unit, case: Case) -> Sequence[Suppression]:
    """Return what a case stopped, and nobody else asked for."""
    return [one for ident in (case.id, *case.joined) for one in unit.suppressions.of_case(ident)]


def _spoken_now(case: Case, received: Incoming) -> str:
    """Return the language to go on in: the person's last one, where they surely wrote enough of it (Art. 12(1))."""
    message, language = received.message, received.reading.language
    theirs = is_authentic(message) and message.sender in {case.requester, case.proven}
    enough = language in OUR_LANGUAGES and len(message.text.split()) >= _ENOUGH_WORDS
    return language if theirs and enough else case.language


def _proven(item: Item, shown: Trust, *, held: bool) -> Item:
    """Return an item with the control of an address; it waits on where data are held and a second proof is due."""
    proven = replace(item, trust=max(item.trust, shown))
    return moved(proven, Event.PROVED if is_proven(proven) or not held else Event.DOUBTED)


def _in_order(before: Iterable[Item], after: Iterable[Item]) -> tuple[Item, ...]:
    """Return ended items as they were and open ones as they are now, each in its place; new ones come last."""
    now = {item.id: item for item in after}
    kept = [now.pop(item.id, item) for item in before if item.id in now or item.state not in OPEN_STATES]
    return (*kept, *now.values())


def _asked_since(items: Iterable[Item], decision: Decision, now: datetime) -> datetime | None:
    """Return when a request was first made that only now became clear; None when nothing was being clarified."""
    clarified = any(event in {Event.UNDERSTOOD, Event.DOUBTED} for _, event in decision.rights)
    asked = [item.received_at for item in items if item.state is State.CLARIFYING]
    return min([*asked, now]) if clarified and asked else None


def _asks_for_more(item: Item, reading: Reading) -> bool:
    """Say whether an opt-out stops kinds of mailings that an earlier one left out."""
    heard_again = item.right is RequestType.UNSUBSCRIBE and RequestType.UNSUBSCRIBE in reading.rights
    return heard_again and Scope.ALL not in item.scopes and bool(scopes_of(reading) - item.scopes)


def _widened(item: Item, reading: Reading) -> Item:
    """Let an opt-out stop more than before; what is new in it is still to be done and confirmed."""
    if not _asks_for_more(item, reading):
        return item
    return replace(item, scopes=item.scopes | scopes_of(reading), done_at=None)


def _taken_back(item: Item) -> Item:
    """The person withdraws an item: nothing more is asked, and its answer says that it ends."""
    return moved(replace(item, outcome=Outcome.WITHDRAWN), Event.UNDERSTOOD)


def _done(item: Item, now: datetime) -> Item:
    """An opt-out has taken effect."""
    at_once = item.clock is ClockKind.AT_ONCE and item.right is not RequestType.CONSENT_WITHDRAWAL
    return replace(item, done_at=now) if at_once and item.done_at is None else item


def _to_stop(items: Iterable[Item], now: datetime) -> str:
    """Say which uses colleagues have to stop since now; empty where none."""
    stopped = [item.right.value for item in items if item.provisional and item.done_at == now]
    return f"stop the use now: {', '.join(stopped)}" if stopped else ""


def _stopped(item: Item, now: datetime) -> Item:
    """A use was stopped on a plausible word, to be weighed by a person (Art. 18, 21(1), 7(3))."""
    if item.right not in PROVISIONAL or item.done_at is not None:
        return item
    return replace(item, provisional=True, done_at=now)

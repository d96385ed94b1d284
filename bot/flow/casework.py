"""What a decision does to a case: items opened and moved, measures taken, a proof recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.core.case import OPEN_STATES, Case, ClockKind, Event, Item, State, advance, can
from bot.core.challenge import Challenge
from bot.core.deadlines import clock_kind, promise_due, statutory_due
from bot.core.decisions import PROVISIONAL, Decision, Measure, lane_for
from bot.core.house import House
from bot.core.identity import named_addresses
from bot.core.messages import MAIL
from bot.core.ports import Customer, Entropy, Suppression, Unit
from bot.core.references import ID_BYTES, REFERENCE_BYTES, TOKEN_BYTES, write_id, write_reference, write_token
from bot.core.rights import OUR_LANGUAGES, RequestType
from bot.core.trust import Trust
from bot.flow.correspondence import Incoming, scopes_of

_FALLBACK_LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True)
class Casework:
    """Opens cases and carries decisions out; every change of state goes through `advance()`."""

    house: House
    entropy: Entropy

    def open(self, unit: Unit, received: Incoming, customers: Sequence[Customer], trust: Trust, now: datetime) -> Case:
        """Open a case for whoever wrote."""
        case = self.blank_case(received, now)
        one = customers[0].id if len(customers) == 1 else None
        language = case.language
        if received.reading.language not in OUR_LANGUAGES and len(customers) == 1:
            language = customers[0].language if customers[0].language in OUR_LANGUAGES else language
        case = replace(case, customer_id=one, trust=trust, language=language, lane=lane_for(received.reading))
        unit.cases.add(case)
        unit.audit.record(case.id, "opened", "desk", now, {"reference": case.reference, "trust": trust.name})
        return case

    def blank_case(self, received: Incoming, now: datetime) -> Case:
        """Return a case that nothing is known of but the message; it is not stored."""
        message, reading = received.message, received.reading
        spoken = reading.language if reading.language in OUR_LANGUAGES else message.language
        return Case(
            id=write_id(now, self.entropy.draw(ID_BYTES)),
            reference=write_reference(self.entropy.draw(REFERENCE_BYTES)),
            token=write_token(self.entropy.draw(TOKEN_BYTES)),
            requester=message.sender,
            language=spoken if spoken in OUR_LANGUAGES else _FALLBACK_LANGUAGE,
            opened_at=now,
            received_at=received.at,
            name=message.name,
        )

    def apply(self, unit: Unit, case: Case, decision: Decision, received: Incoming, now: datetime) -> Case:
        """Return the case after a decision: items opened and moved, measures taken; it is not stored."""
        reading = received.reading
        flags = case.flags | reading.flags
        items = {item.right: item for item in case.items if item.state is not State.MERGED}
        for right, event in decision.rights:
            item = items.get(right) or self._item(right, replace(case, flags=flags), received, now)
            items[right] = moved(replace(item, doubtful=item.doubtful or decision.doubtful), event)
        if decision.moves is not None:
            named = {right for right, _ in decision.rights}
            items |= {right: moved(item, decision.moves) for right, item in items.items() if right not in named}
        if Measure.SUPPRESS in decision.measures:
            self._suppress(unit, case, received, now)
            items = {right: _done(item, now) for right, item in items.items()}
        if Measure.PROVISIONAL in decision.measures:
            items = {right: _stopped(item, now) for right, item in items.items()}
            unit.audit.record(case.id, "stopped_provisionally", "desk", now)
        asked = any(event is Event.UNCLEAR for _, event in decision.rights)
        return replace(case, items=tuple(items.values()), flags=flags, clarified=case.clarified + asked)

    def proved(self, unit: Unit, case: Case, challenge: Challenge, now: datetime) -> Case:
        """Record whose control was shown: of the address the code went to, and of nothing else."""
        customers = unit.directory.find(challenge.destination)
        unit.audit.record(case.id, "proved", "desk", now, {"level": "L1"}, {"destination": str(challenge.destination)})
        return replace(
            case,
            proven=challenge.destination,
            trust=max(case.trust, Trust.PROVEN),
            customer_id=customers[0].id if len(customers) == 1 else None,
        )

    def _item(self, right: RequestType, case: Case, received: Incoming, now: datetime) -> Item:
        kind = clock_kind(right, case.flags)
        legal = kind is ClockKind.STATUTORY
        return Item(
            id=write_id(now, self.entropy.draw(ID_BYTES)),
            right=right,
            state=State.OPEN,
            clock=kind,
            received_at=received.at,
            promise_due=promise_due(received.at, self.house.calendar),
            statutory_due=statutory_due(received.at, self.house.calendar) if legal else None,
            scopes=received.reading.scopes if right is RequestType.UNSUBSCRIBE else frozenset(),
        )

    def _suppress(self, unit: Unit, case: Case, received: Incoming, now: datetime) -> None:
        """Stop the mailings at once for the address or handle it concerns (law.md rule 28)."""
        scopes = scopes_of(received.reading)
        handles = [received.message.sender]
        if received.message.channel != MAIL:
            handles += named_addresses(received.reading)
        for handle in handles:
            for scope in sorted(scopes):
                suppression = Suppression(write_id(now, self.entropy.draw(ID_BYTES)), handle, scope, now, case.id)
                if unit.suppressions.add(suppression):
                    unit.audit.record(case.id, "suppressed", "desk", now, {"scope": scope}, {"handle": str(handle)})


def moved(item: Item, event: Event) -> Item:
    """Advance an item that can take the event; a new word on an item that had ended opens it again."""
    if can(item, event):
        return advance(item, event)
    ended = item.state not in OPEN_STATES and event is not Event.PROVED
    return advance(item, Event.REOPENED) if ended and can(item, Event.REOPENED) else item


def _done(item: Item, now: datetime) -> Item:
    """An opt-out has taken effect."""
    at_once = item.clock is ClockKind.AT_ONCE and item.right is not RequestType.CONSENT_WITHDRAWAL
    return replace(item, done_at=now) if at_once and item.done_at is None else item


def _stopped(item: Item, now: datetime) -> Item:
    """A use was stopped on a plausible word, to be weighed by a person (Art. 18, 21(1), 7(3))."""
    if item.right not in PROVISIONAL or item.done_at is not None:
        return item
    return replace(item, provisional=True, done_at=now)

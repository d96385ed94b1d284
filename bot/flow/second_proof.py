"""A second proof, before sensitive data are shown: not in the mailbox that the first one came from (law.md rule 12).

It is given by facts, or by a code that comes back from anywhere else on record; a colleague may vouch for it as well.
What is asked, and how it looks, is the same for known and unknown (rule 16).
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from bot.core.case import OPEN_STATES, Case, Event, Item, moved
from bot.core.challenge import Challenge, ChallengeOutcome, elsewhere_on_record, find_codes
from bot.core.fact_check import FactQuestion
from bot.core.house import House
from bot.core.identity import is_authentic
from bot.core.messages import MAIL, Handle, Message, untagged
from bot.core.proof import SETTLED, SHOWING, asked_twice, lacks_proof, lacks_second_proof
from bot.core.records import Customer
from bot.core.rights import RequestType
from bot.core.trust import Grade, Trust
from bot.core.unit import Unit
from bot.core.vouching import Ground
from bot.flow.challenging import codes_typed


def rights_asked_twice(unit: Unit, house: House, asked: Collection[RequestType]) -> frozenset[RequestType]:
    """Return which of the rights asked need a second proof, by the settings and the register as they stand."""
    if SHOWING.isdisjoint(asked):
        return frozenset()
    return asked_twice(house.second_proof, unit.register.listed()).intersection(asked)


def as_asked_now(unit: Unit, house: House, case: Case) -> Case:
    """Return a case whose open items need, and were shown, what counts today.

    Data marked sensitive later are guarded all the same, also from facts that matched before they were.
    """
    twice = rights_asked_twice(unit, house, {item.right for item in case.items})
    asked = replace(case, items=tuple(_asked_twice(item) if item.right in twice else item for item in case.items))
    if case.vouch is None or case.vouch.ground is not Ground.FACTS:
        return asked
    beyond = beyond_facts(unit, house, asked)
    return replace(asked, items=tuple(_once_proven(item) if item.right in beyond else item for item in asked.items))


def is_due(case: Case) -> bool:
    """Say whether all that lacks a proof lacks the second one, so that it is what to ask for."""
    lacking = [item for item in case.items if lacks_proof(item)]
    return bool(lacking) and all(map(lacks_second_proof, lacking)) and _mailbox(case) is not None


def fact_question(unit: Unit, house: House, case: Case, ident: str, now: datetime) -> FactQuestion | None:
    """Return the question of facts that goes with a second proof; none where the settings name no facts for it."""
    mailbox = _mailbox(case)
    if mailbox is None or not house.second_facts:
        return None
    customers = unit.directory.find(mailbox)
    known = customers[0].id if len(customers) == 1 else ""
    items = tuple(item.id for item in case.items if lacks_second_proof(item))
    return FactQuestion(ident, house.second_facts, known, mailbox, now, items=items)


def lost_mailbox_facts(house: House, case: Case) -> tuple[str, ...]:
    """Return what is asked of who lost their address: only what no mail says, where a second proof is due as well."""
    twice = any(item.asks >= Trust.MATCHED and item.state in OPEN_STATES for item in case.items)
    return house.second_facts if twice else house.facts


def beyond_facts(unit: Unit, house: House, case: Case) -> frozenset[RequestType]:
    """Return which rights of a case facts prove nothing for: they ask for two proofs, and mails may say the facts.

    None where those that matched are of the second proof.
    """
    if case.facts is not None and case.facts.matched and set(case.facts.fields) <= set(house.second_facts):
        return frozenset()
    marked = {item.right for item in case.items if item.asks >= Trust.MATCHED}
    return rights_asked_twice(unit, house, {item.right for item in case.items}) | marked


def given(case: Case, items: Collection[str]) -> Case:
    """Return a case whose items have the second proof; what never had the first one gets nothing by it."""
    return replace(case, items=tuple(_twice_proven(item) if item.id in items else item for item in case.items))


def is_elsewhere(unit: Unit, customer: Customer, sender: Handle, mailbox: Handle, now: datetime) -> bool:
    """Say whether a sender is on record of a customer beside a mailbox, and has been for long (rule 12).

    Another spelling of the mailbox is the same one.
    """
    apart = untagged(sender) != untagged(mailbox) and customer.knows(sender) and customer.knows(mailbox)
    return apart and unit.directory.new_since(sender, now - SETTLED) is None


def came_from_elsewhere(unit: Unit, message: Message, challenge: Challenge, now: datetime) -> bool:
    """Say whether a code was typed elsewhere on record than in the mailbox it went to: two proofs in one."""
    known = [one for one in unit.directory.find(challenge.destination) if one.id == challenge.customer_id]
    return is_authentic(message) and any(
        is_elsewhere(unit, one, message.sender, challenge.destination, now) for one in known
    )


def try_code(unit: Unit, message: Message, grade: Grade, now: datetime) -> Challenge | None:
    """Try a message's code as the second proof of whoever its sender is on record as; return the question it answers.

    Every try is counted, whatever else runs. Machines, forgers and mere From lines try nothing.
    """
    typed = bool(find_codes(message.typed))
    if not typed or message.automatic or grade.trust is Trust.FORGED or not is_authentic(message):
        return None
    questions = _questions(unit, message.sender, now)
    codes = codes_typed(unit, message, [question.case_id for question in questions])
    for question in questions if codes else ():
        judged = unit.challenges.attempt([question.case_id], codes, question.asked_of, now)
        if judged is not None and judged[0] is ChallengeOutcome.ACCEPTED:
            return judged[1]
    return None


def _questions(unit: Unit, sender: Handle, now: datetime) -> list[Challenge]:
    """Return the second proofs a sender may give; looked for once, also where nobody is on record (rule 16)."""
    known = {elsewhere_on_record(one.id): one for one in unit.directory.find(sender)}
    boxes = {sender, *(Handle(MAIL, email) for customer in known.values() for email in customer.emails)}
    return [
        question
        for question in unit.challenges.open_at(boxes, now)
        if (asked := known.get(question.asked_of)) and is_elsewhere(unit, asked, sender, question.destination, now)
    ]


def _mailbox(case: Case) -> Handle | None:
    """Return the mailbox whose control was shown: the question goes there, and nothing on a platform (rule 42)."""
    return case.proven if case.proven is not None and case.proven.channel == MAIL else None


def _asked_twice(item: Item) -> Item:
    return replace(item, needs=max(item.needs, Trust.MATCHED)) if item.state in OPEN_STATES else item


def _once_proven(item: Item) -> Item:
    matched = item.state in OPEN_STATES and item.trust is Trust.MATCHED
    return replace(item, trust=Trust.PROVEN) if matched else item


def _twice_proven(item: Item) -> Item:
    if item.state not in OPEN_STATES or item.trust < Trust.PROVEN:
        return item
    return moved(replace(item, trust=max(item.trust, Trust.MATCHED)), Event.PROVED)

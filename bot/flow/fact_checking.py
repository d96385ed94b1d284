"""Asking facts: of somebody who lost the address on record, and as a second proof (law.md rule 12).

What people answer is compared and kept nowhere.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.core.case import OPEN_STATES, Case
from bot.core.denial import refuse_denied
from bot.core.drafts import SILENCING_FLAGS, DraftKind, Question
from bot.core.errors import NotAllowed
from bot.core.fact_check import (
    FEWEST,
    MEMORY,
    Compared,
    FactQuestion,
    all_match,
    askable,
    figures_in,
    words_of,
)
from bot.core.house import House
from bot.core.identity import is_authentic
from bot.core.lanes import Deed
from bot.core.messages import MAIL, Message, Verdict, canonical_address
from bot.core.ports import Clock
from bot.core.proof import lacks_second_proof
from bot.core.records import Customer
from bot.core.references import ID_BYTES, write_id
from bot.core.rights import Flag, Reading
from bot.core.saying_more import MOST_WORDS, says_more
from bot.core.unit import Store, Unit
from bot.flow.admission import admit
from bot.flow.first_reply import FirstReplies, Reply
from bot.flow.posting import Post
from bot.flow.second_proof import as_asked_now, given, is_due, lost_mailbox_facts
from bot.flow.vouching import the_customer

_ALARMS: Final = SILENCING_FLAGS | {Flag.BREACH, Flag.THREAT}
"""What a person has to read, whatever else stands there."""

COMPARED: Final = "(An answer to our question about facts. It was compared, and not kept.)"


@dataclass(frozen=True, slots=True)
class FactDesk:
    """Where a colleague has facts asked; whether they match is told to colleagues alone."""

    store: Store
    post: Post
    clock: Clock

    async def ask(self, case_id: str, of: str, staff: str, *, number: str = "") -> Case:
        """Ask the proven address for the facts the company chose, of whoever is on record under `of`.

        Where a second proof is due, those of the second proof are asked. Raises NotFound, and NotAllowed without the
        role, a proven address, two facts on record, or a try left.
        """
        now, staff = self.clock.now(), canonical_address(staff)

        def work(unit: Unit) -> Case:
            case = unit.cases.get(case_id)
            admit(unit, case, staff, Deed.EDIT)
            refuse_denied(case)
            case = as_asked_now(unit, self.post.house, case)
            asked_of = case.proven
            if asked_of is None or asked_of.channel != MAIL:
                raise NotAllowed("first let the person show that their address is theirs: ask for a code")
            customer, house = the_customer(unit, of, number), self.post.house
            second = is_due(case) and customer.knows(asked_of)
            named = house.second_facts if second else lost_mailbox_facts(house, case)
            fields = askable(record_facts(customer), named)
            if len(fields) < FEWEST:
                where = "second_facts" if named == house.second_facts else "facts"
                raise NotAllowed(f"the record holds fewer than {FEWEST} of the facts named under [identity] {where}")
            ident = write_id(now, self.post.entropy.draw(ID_BYTES))
            items = tuple(item.id for item in case.items if second and lacks_second_proof(item))
            question = FactQuestion(ident, fields, customer.id, asked_of, now, items=items)
            case = unit.cases.save(replace(case, facts=question, attention=""))
            unit.audit.record(case.id, "facts_asked", staff, now, {"facts": ", ".join(fields)}, {"of": of})
            letter = Reply(DraftKind.IDENTITY_QUESTION, Question.FACTS, asked_of)
            return self.post.offer(unit, case, FirstReplies(self.post).word(unit, case, letter, now), now)

        return await self.store.transact(work)


def compare(
    unit: Unit, house: House, case: Case, message: Message, reading: Reading, now: datetime
) -> tuple[Case, Compared] | None:
    """Compare a message with the facts its case asked for; None where it answers no such question, or says more.

    Returns the case, not stored. Tries are counted for the question, and for the customer or whoever was asked,
    atomically whatever else runs; those of the second proof apart, so that nobody who only names an address uses them
    up. Of what was asked, the record may hold a part: it takes two that match.
    """
    question = case.facts
    if question is None or not question.is_open(now) or not _answers(message, question):
        return None
    if _says_more(case, message, reading):
        return None
    about, kind = question.customer_id or str(question.asked_of), "second-facts-of" if question.items else "facts-of"
    limits = ((f"facts:{question.id}", question.at), (f"{kind}:{about}", now - MEMORY))
    tries = [unit.counters.raise_within(key, house.fact_tries, since, now) for key, since in limits]
    counted = all(tries)
    customer = unit.directory.get(question.customer_id)  # looked up where there is nobody, too (rule 16)
    record = record_facts(customer) if customer else {}
    expected = tuple(record[field] for field in askable(record, question.fields))
    matched = all_match(message.text, expected) and len(expected) >= FEWEST and counted
    question = replace(question, matched=matched, answers=question.answers + 1)
    said = _said(question, house.fact_tries, counted=counted)
    unit.audit.record(case.id, "facts_compared", "desk", now, {"outcome": said})
    case = replace(case, facts=question, attention=said)
    return (given(case, question.items) if matched else case), said


def silenced(message: Message) -> Message:
    """Return what may be kept of a message that was compared: no word of it."""
    return replace(message, subject="", text=COMPARED, quoted="", signature="", attachments=())


def unheard(reading: Reading) -> Reading:
    """Return what may be kept of its reading."""
    return replace(reading, evidence=(), entities=(), corrections=())


def _said(question: FactQuestion, tries: int, *, counted: bool) -> Compared:
    if question.matched:
        return Compared.MATCHED
    if not counted:
        return Compared.NO_MORE
    return Compared.WRONG if question.answers < tries else Compared.LAST


def _answers(message: Message, question: FactQuestion) -> bool:
    """Say whether a message is a person's, of the address that was asked; a forger uses up nobody's tries.

    A second proof takes an aligned mail: a mere From line must not prove what the mailbox's owner is to prove. Words
    without any figure ("I have neither, please call me") are no answer: a person reads them.
    """
    genuine = message.authentication.dmarc is not Verdict.FAIL and not message.oddities
    authentic = is_authentic(message) or not question.items
    figures = figures_in(message.text) > 0
    return genuine and authentic and figures and not message.automatic and message.sender == question.asked_of


def _says_more(case: Case, message: Message, reading: Reading) -> bool:
    """Say whether a message has to be kept and read: a letter, with files, that asks or says more, or sounds an alarm.

    What was compared is destroyed, and "this was not me, call me on 06 12345678" must not be.
    """
    asked = {item.right for item in case.items if item.state in OPEN_STATES}
    long = len(words_of(message.text)) > MOST_WORDS
    alarming = bool(reading.flags & _ALARMS) or not asked.issuperset(reading.exercised)
    return long or bool(message.attachments) or alarming or says_more(message.text)


def record_facts(customer: Customer) -> dict[str, str]:
    return {field.name: field.value for field in customer.fields} | {"number": customer.number}

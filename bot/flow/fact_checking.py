"""Asking facts of somebody who lost the address on record; what they answer is compared and kept nowhere (rule 12)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.core.case import Case
from bot.core.denial import refuse_denied
from bot.core.drafts import DraftKind, Question
from bot.core.errors import NotAllowed
from bot.core.fact_check import FEWEST, MEMORY, MOST_TRIES, FactQuestion, all_match, askable
from bot.core.lanes import Deed
from bot.core.messages import MAIL, Message, Verdict, canonical_address
from bot.core.ports import Clock
from bot.core.records import Customer
from bot.core.references import ID_BYTES, write_id
from bot.core.rights import Reading
from bot.core.unit import Store, Unit
from bot.flow.admission import admit
from bot.flow.first_reply import FirstReplies, Reply
from bot.flow.posting import Post
from bot.flow.vouching import the_customer

COMPARED: Final = "(An answer to our question about facts. It was compared, and not kept.)"


@dataclass(frozen=True, slots=True)
class FactDesk:
    """Where a colleague has facts asked; whether they match is told to colleagues alone."""

    store: Store
    post: Post
    clock: Clock

    async def ask(self, case_id: str, of: str, staff: str, *, number: str = "") -> Case:
        """Ask the proven address for the facts the company chose, of whoever is on record under `of`.

        Raises NotFound, and NotAllowed without the role, a proven address, two facts on record, or a try left.
        """
        now, staff = self.clock.now(), canonical_address(staff)

        def work(unit: Unit) -> Case:
            case = unit.cases.get(case_id)
            admit(unit, case, staff, Deed.EDIT)
            refuse_denied(case)
            asked_of = case.proven
            if asked_of is None or asked_of.channel != MAIL:
                raise NotAllowed("first let the person show that their address is theirs: ask for a code")
            customer = the_customer(unit, of, number)
            fields = askable(_record(customer), self.post.house.facts)
            if len(fields) < FEWEST:
                raise NotAllowed(f"the record holds fewer than {FEWEST} of the facts named under [identity] facts")
            ident = write_id(now, self.post.entropy.draw(ID_BYTES))
            question = FactQuestion(ident, fields, customer.id, asked_of, now)
            case = unit.cases.save(replace(case, facts=question, attention=""))
            unit.audit.record(case.id, "facts_asked", staff, now, {"facts": ", ".join(fields)}, {"of": of})
            letter = Reply(DraftKind.IDENTITY_QUESTION, Question.FACTS, asked_of)
            return self.post.offer(unit, case, FirstReplies(self.post).word(unit, case, letter, now), now)

        return await self.store.transact(work)


def compare(unit: Unit, case_id: str, message: Message, reading: Reading, now: datetime) -> tuple[Message, Reading]:
    """Compare a message that answers a case's question of facts, and return what may be kept of it and its reading.

    Right or wrong, the person hears the same; tries are counted for the question and for the customer.
    """
    case = unit.cases.get(case_id)
    question = case.facts
    if question is None or not question.is_open(now) or not _answers(message, question):
        return message, reading
    limits = ((f"facts:{question.id}", question.at), (f"facts-of:{question.customer_id}", now - MEMORY))
    counted = [unit.counters.raise_within(key, MOST_TRIES, since, now) for key, since in limits]
    customer = unit.directory.get(question.customer_id)
    record = _record(customer) if customer else {}
    expected = tuple(record.get(field, "") for field in question.fields)
    matched = all_match(message.text, expected) and all(counted)
    said = "the facts match" if matched else "the facts do not match" if all(counted) else "no more tries at the facts"
    unit.cases.save(replace(case, facts=replace(question, matched=matched), attention=said))
    unit.audit.record(case.id, "facts_compared", "desk", now, {"outcome": said})
    silent = replace(message, subject="", text=COMPARED, quoted="", signature="", attachments=())
    return silent, replace(reading, evidence=(), entities=(), corrections=())


def _answers(message: Message, question: FactQuestion) -> bool:
    """Say whether a message is a person's, of the address that was asked; a forger uses up nobody's tries."""
    genuine = message.authentication.dmarc is not Verdict.FAIL and not message.oddities
    return genuine and not message.automatic and message.sender == question.asked_of


def _record(customer: Customer) -> dict[str, str]:
    return {field.name: field.value for field in customer.fields} | {"number": customer.number}

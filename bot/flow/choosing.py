"""A person without e-mail wants the answer in the chat all the same; the officer records it (law.md rule 42).

They know that the platform reads along, and who they are was shown. Only what they named may stand there.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.core.case import OPEN_STATES, Case, is_proven
from bot.core.choice import TELLABLE, ChatChoice, Told
from bot.core.delivery import DeliveryState
from bot.core.denial import refuse_denied
from bot.core.drafts import SILENCING_FLAGS, Role
from bot.core.errors import NotAdmitted, NotAllowed
from bot.core.lanes import Deed
from bot.core.messages import MAIL, canonical_address, is_chat
from bot.core.ports import Clock
from bot.core.reasons import require_reason
from bot.core.records import Customer, record_of
from bot.core.sayable import is_sayable
from bot.core.unit import Store, Unit
from bot.core.vouching import WITHOUT_MAIL, Vouch
from bot.flow.admission import admit
from bot.flow.answering import Answering
from bot.flow.second_proof import as_asked_now
from bot.flow.telling_record import told_and_redrafted

_MOST: Final = 10_000
"""More letters than any case has."""


@dataclass(frozen=True, slots=True)
class ChoiceDesk:
    """Where the officer records, and colleagues end, a person's choice to be answered in a chat."""

    store: Store
    answering: Answering
    clock: Clock

    async def record(self, case_id: str, fields: Sequence[str], how: Told, reason: str, staff: str) -> Case:
        """Record which columns of the record may stand in the chat, and how the person heard who reads along.

        Raises NotFound, and NotAllowed without the role, a reason or a proof of who asks, for what is not on record or
        sensitive, where the person was not told, or where something else is asked as well.
        """
        now, staff = self.clock.now(), canonical_address(staff)
        if not reason.strip():
            raise NotAllowed("say what they said: it goes on file")

        def work(unit: Unit) -> Case:
            case = unit.cases.get(case_id)
            admit(unit, case, staff, Deed.APPROVE)
            if Role.DPO not in unit.staff.roles(staff):
                raise NotAdmitted("what a person chose for a chat is recorded by the data protection officer alone")
            refuse_denied(case)
            case = as_asked_now(unit, self.answering.post.house, case)
            word = _proof(unit, case)
            named = self._named(unit, word, fields)
            told = self._told(unit, case, how)
            choice = ChatChoice(case.requester, word, named, told, how, staff, now)
            case = unit.cases.save(replace(case, choice=choice, attention=""))
            facts = {"fields": ", ".join(named), "how": how.value, "told": told}
            unit.audit.record(case.id, "chosen", staff, now, facts, {"to": str(case.requester)}, why=reason)
            return told_and_redrafted(unit, self.answering, case, now)

        return await self.store.transact(work)

    async def take_back(self, case_id: str, reason: str, staff: str) -> Case:
        """End the choice: nothing on record leaves for the chat any more. Raises NotFound, NotAllowed."""
        now, staff = self.clock.now(), canonical_address(staff)
        require_reason(reason)

        def work(unit: Unit) -> Case:
            case = unit.cases.get(case_id)
            admit(unit, case, staff, Deed.APPROVE)
            if case.choice is None:
                raise NotAllowed(f"nothing is chosen for a chat in case {case.reference}")
            unit.audit.record(case.id, "choice_ended", staff, now, why=reason)
            return told_and_redrafted(unit, self.answering, unit.cases.save(replace(case, choice=None)), now)

        return await self.store.transact(work)

    def choosable(self, unit: Unit, case: Case) -> Sequence[str]:
        """Return the columns that may be named for a case's chat; none where nothing can be chosen."""
        if case.denied_at is not None:
            return ()
        try:
            customer = unit.directory.get(_proof(unit, case).customer_id)
        except NotAllowed:
            return ()
        return self._sayable(customer)

    def warning(self, case: Case) -> str:
        """Return the sentences that the person has to be told."""
        return self.answering.post.writer.reads_along(case.language)

    def _sayable(self, customer: Customer | None) -> Sequence[str]:
        columns = [field.name for field in record_of(customer)] if customer else []
        return tuple(name for name in columns if is_sayable(name, self.answering.post.house.keys))

    def _named(self, unit: Unit, word: Vouch, fields: Collection[str]) -> tuple[str, ...]:
        """Return the columns that were named, once each: names, addresses and numbers, never what is sensitive."""
        named = tuple(dict.fromkeys(field.strip() for field in fields if field.strip()))
        if not named:
            raise NotAllowed("name what they chose to read in the chat, column by column")
        open_to_choice = self._sayable(unit.directory.get(word.customer_id))
        if never := ", ".join(name for name in named if name not in open_to_choice):
            raise NotAllowed(
                f"may not stand in a chat, or is not on record: {never}; there are {', '.join(open_to_choice)}"
            )
        return named

    def _told(self, unit: Unit, case: Case, how: Told) -> str:
        """Return what the person was told; where it was sent, it has to stand in the chat."""
        said = self.warning(case)
        sent = [
            one.body
            for one in unit.outbox.listed(DeliveryState.SENT, case.id, _MOST)
            if one.recipient == case.requester
        ]
        if how is Told.SENT and not any(_one_line(said) in _one_line(body) for body in sent):
            raise NotAllowed(f"they were not sent this yet, so read it to them: {said}")
        return said


def _proof(unit: Unit, case: Case) -> Vouch:
    """Return what shows that whoever holds this chat is the person. Raises NotAllowed, saying what is missing."""
    if not is_chat(case.requester.channel):
        raise NotAllowed("this was not asked in a chat: its answer goes where it always does")
    if case.merged_into:
        raise NotAllowed("this case is carried on in another one: record the choice there")
    if case.flags & SILENCING_FLAGS:
        raise NotAllowed("nothing of this case may be told in a chat while it is flagged (law.md rule 17)")
    if case.proven is not None and case.proven.channel == MAIL:
        raise NotAllowed("they have e-mail: the answer goes to the address they proved")
    word = case.vouch
    if word is None or word.ground not in WITHOUT_MAIL or word.to != case.proven:
        raise NotAllowed("nobody has shown who holds this chat: vouch on document or facts first")
    known = unit.directory.find(case.requester)
    if known and word.customer_id not in {one.id for one in known}:
        raise NotAllowed("this account is on record of somebody else: nothing of this person is told there")
    waiting = [item for item in case.items if item.state in OPEN_STATES]
    if other := ", ".join(item.right for item in waiting if item.right not in TELLABLE):
        raise NotAllowed(f"things are only told in a chat, which does not do for {other}: split that off first")
    if not waiting or not all(map(is_proven, waiting)):
        raise NotAllowed("nothing that is proven waits for an answer in this case")
    return word


def _one_line(text: str) -> str:
    return " ".join(text.split())

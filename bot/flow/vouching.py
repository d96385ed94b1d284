"""A colleague says who somebody is, and takes it back; nobody alone sends anything with it (law.md rules 12 to 15)."""

from dataclasses import dataclass, replace

from bot.core.case import OPEN_STATES, Case, Event, Item, State, advance, moved
from bot.core.denial import refuse_denied
from bot.core.errors import NotAllowed
from bot.core.identity import answer_destination
from bot.core.lanes import Deed
from bot.core.messages import MAIL, Handle, behind_link, canonical_address, is_chat
from bot.core.ports import Clock
from bot.core.proof import SHOWING, lacks_proof
from bot.core.reasons import require_reason
from bot.core.records import Customer
from bot.core.residence import called_at, posted_to
from bot.core.rights import RequestType
from bot.core.trust import Trust
from bot.core.unit import Store, Unit
from bot.core.vouching import AFTER_FACTS, BEHIND_LINK, OF_NO_RECORD, SHOWN, TO_THE_RECORD, WITHOUT_MAIL, Ground, Vouch
from bot.flow.admission import admit
from bot.flow.answering import Answering
from bot.flow.behind_link import NO_PAGES
from bot.flow.chat_account import to_the_account
from bot.flow.second_proof import as_asked_now, beyond_facts
from bot.flow.telling_record import told_and_redrafted


@dataclass(frozen=True, slots=True)
class VouchingDesk:
    """Where proof comes from a person's judgement: an agent, a parent, an heir, a lost mailbox."""

    store: Store
    answering: Answering
    clock: Clock

    async def vouch(self, case_id: str, ground: Ground, of: str, reason: str, staff: str, *, number: str = "") -> Case:
        """Record for whose data a case may be answered, and why; who is on record with them hears of it.

        `of` is an address on record of whoever the data are about, `number` their customer number where several share
        it; of somebody without e-mail the number stands in its place. The answer goes to that address on the ground
        `own_address`, by post to the one on record on `postal_address`, by a call to the number on record on
        `phone_number`, behind a link in the chat that opens with a code told at that number on `chat_link`, else to the
        one whose control was shown here, 72 hours later where that is no e-mail on record; on `document` and `facts` of
        who wrote without e-mail by post to the address on record, or by a call to the number there. On `chat_account`
        it is about that account and nobody on record, behind a link there: `of` stays empty. Raises NotFound, and
        NotAllowed without the role, a reason, a proven address, or exactly one such customer.
        """
        now, staff = self.clock.now(), canonical_address(staff)
        if not reason.strip():
            raise NotAllowed("say what was seen or checked: it goes on file")

        def work(unit: Unit) -> Case:
            case = unit.cases.get(case_id)
            admit(unit, case, staff, Deed.APPROVE)
            refuse_denied(case)
            case = as_asked_now(unit, self.answering.post.house, case)
            if ground in BEHIND_LINK and not self.answering.post.house.pages:
                raise NotAllowed(NO_PAGES)
            if ground in OF_NO_RECORD:
                _refuse_named(of or number)
                vouch = Vouch(ground, staff, now, to_the_account(unit, case, now), customer_id="")
            else:
                customer = the_customer(unit, of, number)
                _refuse_another(unit, case, customer)
                if ground in AFTER_FACTS:
                    _refuse_unmatched(case, customer)
                called = called_at(customer) if ground is Ground.CHAT_LINK else None
                vouch = Vouch(ground, staff, now, _destination(case, ground, of, customer), customer.id, called)
            beyond = beyond_facts(unit, self.answering.post.house, case) if ground is Ground.FACTS else frozenset()
            items = tuple(item if item.right in beyond else _shown(item, ground) for item in case.items)
            if items == case.items:
                _refuse_weak_facts(beyond)
                _refuse_changes(case, ground)
                raise NotAllowed("nothing in this case waits for that: what it asks is proven as far, or has ended")
            shown_at = case.proven_at if vouch.to == case.proven else None
            vouch = vouch.after(case.vouch)
            case = replace(case, items=items, vouch=vouch, proven=vouch.to, proven_at=shown_at, attention="")
            case = unit.cases.save(replace(case, customer_id=vouch.customer_id or None, choice=None))
            facts = {"ground": ground.value, "level": SHOWN[ground].name}
            unit.audit.record(case.id, "vouched", staff, now, facts, {"to": str(vouch.to), "of": of}, why=reason)
            return told_and_redrafted(unit, self.answering, case, now)

        return await self.store.transact(work)

    async def take_back(self, case_id: str, reason: str, staff: str) -> Case:
        """End a colleague's word: whoever asked is again only who they proved to be. Raises NotFound, NotAllowed."""
        now, staff = self.clock.now(), canonical_address(staff)
        require_reason(reason)

        def work(unit: Unit) -> Case:
            case = unit.cases.get(case_id)
            admit(unit, case, staff, Deed.APPROVE)
            if case.vouch is None:
                raise NotAllowed(f"nobody has vouched for anybody in case {case.reference}")
            unit.audit.record(case.id, "vouch_ended", staff, now, why=reason)
            case = unit.cases.save(unvouched(case))
            self.answering.redraft(unit, case, now)
            return case

        return await self.store.transact(work)


def _refuse_named(of: str) -> None:
    """Refuse a customer beside a ground that is about nobody on record: a colleague would think it is about them."""
    if of.strip():
        raise NotAllowed("this answer is about the chat account alone, and nobody on record: leave their address empty")


def _refuse_another(unit: Unit, case: Case, customer: Customer) -> None:
    """Refuse a word for somebody while what is proven for somebody else is open: both would be answered as one.

    Who asks from their own address on record for one thing, and for somebody else's data, has asked nothing else.
    """
    proven = [item for item in case.items if item.state in OPEN_STATES and item.trust > Trust.CLAIMED]
    if case.vouch is not None:
        mixed = case.vouch.customer_id != customer.id and bool(proven)
    else:
        theirs = unit.directory.find(case.proven) if case.proven else ()
        mixed = bool(theirs) and customer.id not in {one.id for one in theirs} and len(proven) > 1
    if mixed:
        raise NotAllowed(
            "what is open here is proven for somebody else: split off first what is asked for this person, or take "
            "the word back"
        )


def _refuse_unmatched(case: Case, customer: Customer) -> None:
    """Refuse a word on facts where those that were asked have not matched, or were somebody else's."""
    if case.facts is None:
        return
    if not case.facts.matched:
        raise NotAllowed("facts were asked here and have not matched: ask again, or vouch on another ground")
    if case.facts.customer_id != customer.id:
        raise NotAllowed(
            f"the facts that matched here are not those of {customer.number}: ask that customer's, or vouch for whom "
            "they are of"
        )


def _refuse_weak_facts(beyond: frozenset[RequestType]) -> None:
    """Refuse facts alone for what takes a second proof."""
    if beyond:
        raise NotAllowed(
            f"a second proof is asked for {', '.join(sorted(beyond))}, and mails of ours may say these facts: ask "
            "those under [identity] second_facts, which have to match, or vouch on a document"
        )


def _refuse_changes(case: Case, ground: Ground) -> None:
    """Say why a ground on which things may only be told does nothing for what asks for more."""
    only_told = TO_THE_RECORD.get(ground)
    waits = ", ".join(item.right for item in case.items if lacks_proof(item))
    if only_told is not None and waits:
        raise NotAllowed(
            f"on {ground} things are only told, which does not do for {waits}: ask for a code, "
            "or vouch on what shows who they are (document, facts, mandate)"
        )


def unvouched(case: Case) -> Case:
    """Return a case as it was before a colleague vouched: with the control of the asker's own address, if anything.

    What a second channel added to an answer to the record ends with it: nobody ever showed that address.
    """
    if case.vouch is None:
        return case
    unshown = case.vouch.ground in TO_THE_RECORD or case.proven_at is None
    stays = Trust.CLAIMED if unshown else Trust.PROVEN
    items = tuple(
        replace(item, trust=min(item.trust, stays)) if item.state in OPEN_STATES else item for item in case.items
    )
    proven = None if unshown else case.proven
    return replace(case, items=items, vouch=None, choice=None, proven=proven, customer_id=None)


def the_customer(unit: Unit, of: str, number: str = "") -> Customer:
    """Return the one customer under an address or a number, by both where several share it. Raises NotAllowed."""
    if not of:
        raise NotAllowed("say whose data it is about: an address on record, or a customer number")
    if "@" not in of:
        numbered = unit.directory.numbered(of)
        if numbered is None:
            raise NotAllowed(f"nobody is on record with the number {of}")
        return numbered
    known = [one for one in unit.directory.find(Handle(MAIL, canonical_address(of))) if number in {"", one.number}]
    if not known:
        raise NotAllowed(f"nobody is on record under {of}" + (f" with the number {number}" if number else ""))
    if len(known) > 1:
        numbers = ", ".join(one.number for one in known)
        raise NotAllowed(f"several customers are on record under {of}: give one of the numbers {numbers}")
    return known[0]


def _destination(case: Case, ground: Ground, of: str, customer: Customer) -> Handle:
    """Return where the answer goes: never to an address whose control nobody has shown."""
    if ground in TO_THE_RECORD:
        return _by_the_record(case, ground, of, customer)
    if ground is Ground.SECOND_CHANNEL and case.proven is not None:
        return _shown_before(case, case.proven, customer)
    mailbox = case.proven is not None and case.proven.channel == MAIL
    if ground in WITHOUT_MAIL and not mailbox and case.requester.channel != MAIL:
        return _without_mail(case, customer)
    if case.proven is None or not mailbox:
        raise NotAllowed(
            f"nobody has shown yet that {answer_destination(case).value} is theirs: ask for a code first, "
            "or let the answer go to the person's own address (own_address)"
        )
    return case.proven


def _by_the_record(case: Case, ground: Ground, of: str, customer: Customer) -> Handle:
    """Return where the record alone lets an answer be read, whoever asked."""
    if ground is Ground.OWN_ADDRESS:
        if "@" not in of:
            raise NotAllowed(
                "write the address on record the answer goes to, or let it be posted (postal_address) or told "
                "(phone_number)"
            )
        return Handle(MAIL, canonical_address(of))
    if ground is Ground.POSTAL_ADDRESS:
        if (posted := posted_to(customer)) is None:
            raise NotAllowed(f"no postal address is on record of {customer.number}: call them instead (phone_number)")
        return posted
    if ground is Ground.PHONE_NUMBER:
        if (called := called_at(customer)) is None:
            raise NotAllowed(f"no number is on record of {customer.number}: post the answer instead (postal_address)")
        return called
    return _linked(case, customer)


def _linked(case: Case, customer: Customer) -> Handle:
    """Return where an answer lies whose link goes into the chat; the code that opens it is told by a call."""
    if not is_chat(case.requester.channel):
        raise NotAllowed("this was not asked in a chat: choose another way for the answer")
    if called_at(customer) is None:
        raise NotAllowed(
            f"{customer.number} has no number on record to give the code at: post the answer instead (postal_address)"
        )
    return behind_link(case.requester)


def _without_mail(case: Case, customer: Customer) -> Handle:
    """Return where somebody without e-mail is answered: at the address on record, never at one their letter gives.

    By a call only what shows no data: the rest is written.
    """
    shows = any(item.right in SHOWING and item.state in OPEN_STATES for item in case.items)
    found = posted_to(customer) or (None if shows else called_at(customer))
    if found is None:
        raise NotAllowed(f"no postal address is on record of {customer.number}: have their record completed first")
    return found


def _shown_before(case: Case, proven: Handle, customer: Customer) -> Handle:
    """Return the address on record that a second channel adds to: alone it shows nothing."""
    word = case.vouch
    to_the_record = word is not None and word.ground in TO_THE_RECORD and word.customer_id == customer.id
    if customer.knows(proven) or to_the_record:
        return proven
    raise NotAllowed(
        f"{proven.value} is not on record of {customer.number}: a second channel adds to a proof of an address on "
        "record; for a lost mailbox ask facts, and vouch on them"
    )


def _shown(item: Item, ground: Ground) -> Item:
    """Return an item with what the ground shows; a stranger's word never erases or changes anything.

    What was answered for want of it opens again: new facts do that (law.md rule 11).
    """
    shown = SHOWN[ground]
    second = ground is Ground.SECOND_CHANNEL and item.trust < Trust.PROVEN
    if item.trust >= shown or second or item.right not in TO_THE_RECORD.get(ground, {item.right}):
        return item
    if item.state is State.ANSWERED:
        return advance(replace(item, trust=shown, outcome=None), Event.REOPENED)
    return moved(replace(item, trust=shown), Event.PROVED) if item.state in OPEN_STATES else item

"""Agents, parents, heirs and lost mailboxes: on a colleague's word, never on one person's alone (law.md 12 to 15)."""

from datetime import date

import pytest

from bot.core.case import Lane, State
from bot.core.drafts import DraftKind
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.messages import MAIL, Handle
from bot.core.rights import Correction, Flag, RequestType
from bot.core.verdict import Outcome
from bot.core.vouching import Ground
from tests.flow.conftest import ANN, KIM, LEE, TestDesk

R = RequestType
OFFICE = "dupont@avocats.example"
NEW = "ann@new.example"


async def asked_by_an_agent(desk: TestDesk, right: RequestType = R.ACCESS) -> str:
    """Let an agent ask for Ann and return the case's id; everybody on record has two addresses."""
    desk.reader.tell("for Ann Peeters", right, flags=frozenset({Flag.AGENT}))
    await desk.know(ANN, "ann@work.example")
    await desk.mail("for Ann Peeters", OFFICE)
    return (await desk.case()).id


async def proven(desk: TestDesk, case_id: str) -> None:
    """Let whoever wrote show control of the address they wrote from."""
    await desk.approval.ask_identity(case_id, KIM)
    await desk.mail(await desk.code(), (await desk.case()).requester.value)


async def approved(desk: TestDesk) -> None:
    (draft,) = [draft for draft in await desk.drafts() if draft.kind is DraftKind.ANSWER]
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()


def told(desk: TestDesk, address: str) -> str:
    return "\n".join(one.body for one in desk.couriers[MAIL].to(address))


@pytest.mark.rule(13)
async def test_an_agents_request_is_answered_to_the_persons_own_address_without_a_mandate(desk: TestDesk) -> None:
    """Rule 13, EDPB 01/2022 §§80-81: then no mandate is needed."""
    case_id = await asked_by_an_agent(desk)
    await desk.vouching.vouch(case_id, Ground.OWN_ADDRESS, ANN, "the agent has sent no mandate", KIM)
    await approved(desk)
    assert "Canary Lane 7" in told(desk, ANN)
    assert "Canary" not in told(desk, OFFICE)


@pytest.mark.rule(13)
async def test_the_month_runs_from_an_agents_automatic_mail_and_nobody_answers_the_machine(desk: TestDesk) -> None:
    """EDPB §81: a portal that writes for somebody starts the clock like a person would."""
    desk.reader.tell("for our client: her data", R.ACCESS, flags=frozenset({Flag.AGENT}))
    await desk.mail("for our client: her data", OFFICE, automatic="auto-generated")
    await desk.deliver()
    (item,) = (await desk.case()).items
    assert (item.promise_due, item.statutory_due) == (date(2026, 3, 9), date(2026, 4, 2))
    assert (item.state, desk.couriers[MAIL].to(OFFICE)) == (State.REVIEW, [])


@pytest.mark.rule(13, refused=True)
@pytest.mark.parametrize("right", [R.ERASURE, R.RECTIFICATION])
async def test_nothing_is_erased_or_changed_on_an_agents_word_alone(desk: TestDesk, right: RequestType) -> None:
    case_id = await asked_by_an_agent(desk, right)
    with pytest.raises(NotAllowed, match="things are only told"):
        await desk.vouching.vouch(case_id, Ground.OWN_ADDRESS, ANN, "no mandate", KIM)


@pytest.mark.rule(11)
async def test_what_was_not_found_is_looked_up_again_on_new_facts(desk: TestDesk) -> None:
    """Rule 11: "not identifiable" and "not authenticated" reopen."""
    desk.reader.tell("my data", R.ACCESS)
    await desk.know(ANN)
    await desk.mail("my data", NEW)
    await desk.mail(await desk.code(), NEW)
    await approved(desk)
    assert "finding: nothing" in told(desk, NEW)
    await desk.vouching.vouch((await desk.case()).id, Ground.FACTS, ANN, "called back", KIM)
    desk.clock.turn(hours=73)
    await approved(desk)
    assert "Canary Lane 7" in told(desk, NEW)


@pytest.mark.rule(13)
async def test_a_mandate_lets_the_agent_have_the_answer_once_the_person_could_object(desk: TestDesk) -> None:
    case_id = await asked_by_an_agent(desk)
    with pytest.raises(NotAllowed, match="nobody has shown yet that dupont"):
        await desk.vouching.vouch(case_id, Ground.MANDATE, ANN, "mandate of 1 March, covers access and receipt", KIM)
    await proven(desk, case_id)
    await desk.vouching.vouch(case_id, Ground.MANDATE, ANN, "mandate of 1 March, covers access and receipt", KIM)
    await desk.deliver()
    assert "question: was_it_you" in told(desk, ANN)
    assert "question: was_it_you" in told(desk, "ann@work.example")
    with pytest.raises(NotApprovable, match="data may go there from 2026-03-05"):
        await approved(desk)
    desk.clock.turn(hours=73)
    await approved(desk)
    assert "Canary Lane 7" in told(desk, OFFICE)


async def test_whoever_is_on_record_ends_a_colleagues_word_by_answering_the_notice(desk: TestDesk) -> None:
    case_id = await asked_by_an_agent(desk)
    await proven(desk, case_id)
    await desk.vouching.vouch(case_id, Ground.MANDATE, ANN, "a mandate that was forged", KIM)
    await desk.deliver()
    notice = desk.couriers[MAIL].to(ANN)[-1]
    await desk.mail("I have no lawyer!", ANN, references=(notice.message_id,))
    case = await desk.case()
    assert (case.vouch, "notice to the record" in case.attention) == (None, True)
    desk.clock.turn(hours=100)
    (draft,) = await desk.drafts()
    (draft,) = await desk.outcomes.choose(draft.id, {R.ACCESS: Outcome.GRANTED}, KIM)
    with pytest.raises(NotApprovable, match="nobody is on record"):
        await desk.approval.approve(draft.id, LEE)
    assert "Canary" not in told(desk, OFFICE)


@pytest.mark.rule(13, refused=True)
async def test_a_mandate_covers_what_was_asked_with_it_and_nothing_later(desk: TestDesk) -> None:
    case_id = await asked_by_an_agent(desk)
    await proven(desk, case_id)
    await desk.vouching.vouch(case_id, Ground.MANDATE, ANN, "covers access", KIM)
    desk.reader.tell("and erase her", R.ERASURE)
    await desk.mail("and erase her", OFFICE)
    desk.clock.turn(hours=100)
    (draft,) = await desk.drafts()
    (draft,) = await desk.outcomes.choose(draft.id, {R.ERASURE: Outcome.GRANTED, R.ACCESS: Outcome.GRANTED}, KIM)
    with pytest.raises(NotApprovable, match="nobody is on record"):
        await desk.approval.approve(draft.id, LEE)


@pytest.mark.rule(12)
async def test_a_lost_mailbox_is_no_dead_end(desk: TestDesk) -> None:
    """Rule 12: facts, another channel on record and a colleague; the old address hears of it, data wait 72 hours."""
    desk.reader.tell("my data, I lost my mailbox", R.ACCESS)
    await desk.know(ANN)
    await desk.mail("my data, I lost my mailbox", NEW)
    await desk.mail(await desk.code(), NEW)
    case = await desk.case()
    why = "called back on the number on record, street and last order match"
    await desk.vouching.vouch(case.id, Ground.FACTS, ANN, why, KIM)
    desk.clock.turn(hours=73)
    await approved(desk)
    assert "Canary Lane 7" in told(desk, NEW)
    assert "question: was_it_you" in told(desk, ANN)


async def test_who_vouched_does_not_send_alone(desk: TestDesk) -> None:
    desk.reader.tell("new bank account", R.RECTIFICATION, corrections=(Correction("iban", "", "BE71"),))
    await desk.know(ANN)
    await desk.mail("new bank account", NEW)
    await desk.mail(await desk.code(), NEW)
    await desk.vouching.vouch((await desk.case()).id, Ground.FACTS, ANN, "called back", KIM)
    await desk.deliver()
    desk.clock.turn(hours=73)
    (draft,) = await desk.drafts()
    with pytest.raises(NotApprovable, match="another colleague"):
        await desk.approval.approve(draft.id, KIM)
    await desk.approval.approve(draft.id, LEE)


async def test_of_two_customers_in_one_mailbox_a_colleague_says_which(desk: TestDesk) -> None:
    desk.reader.tell("my data", R.ACCESS)
    await desk.know(ANN, number="C-1", secret="Canary Lane 7")
    await desk.know(ANN, number="C-2", name="Bert Peeters", secret="Other Lane 8")
    await desk.mail("my data")
    await desk.mail(await desk.code())
    case = await desk.case()
    with pytest.raises(NotAllowed, match="give one of the numbers C-1, C-2"):
        await desk.vouching.vouch(case.id, Ground.FACTS, ANN, "she named her last order", KIM)
    await desk.vouching.vouch(case.id, Ground.FACTS, ANN, "she named her last order", KIM, number="C-1")
    await approved(desk)
    assert ("Canary Lane 7" in told(desk, ANN), "Other Lane 8" in told(desk, ANN)) == (True, False)


@pytest.mark.rule(14, refused=True)
@pytest.mark.rule(15, refused=True)
@pytest.mark.parametrize(("flag", "ground"), [(Flag.PARENT, Ground.PARENT), (Flag.HEIR, Ground.HEIR)])
async def test_parents_and_heirs_are_the_data_protection_officers(desk: TestDesk, flag: Flag, ground: Ground) -> None:
    """Rules 14 and 15: a lane of their own, and a deed somebody has looked at."""
    desk.reader.tell("her data", R.ACCESS, flags=frozenset({flag}))
    await desk.know(ANN)
    await desk.mail("her data", OFFICE)
    case = await desk.case()
    assert case.lane is Lane.DPO
    with pytest.raises(NotAllowed, match="may not approve"):
        await desk.vouching.vouch(case.id, ground, ANN, "seen", "nobody@nexioprojects.com")
    with pytest.raises(NotAllowed, match="say what was seen"):
        await desk.vouching.vouch(case.id, ground, ANN, " ", KIM)
    assert not [one for one in await desk.outbox() if one.recipient == Handle(MAIL, ANN)]  # rule 14
    await proven(desk, case.id)
    await desk.vouching.vouch(case.id, ground, ANN, "deed seen", KIM)
    with pytest.raises(NotApprovable, match="2026-03-05"):
        await approved(desk)


async def test_a_word_taken_back_proves_nothing(desk: TestDesk) -> None:
    case_id = await asked_by_an_agent(desk)
    await desk.vouching.vouch(case_id, Ground.OWN_ADDRESS, ANN, "no mandate", KIM)
    case = await desk.vouching.take_back(case_id, "wrong person", LEE)
    assert (case.vouch, case.proven, case.items[0].trust < case.items[0].needs) == (None, None, True)
    events = await desk.store.transact(lambda unit: [link.event for link in unit.audit.chain(case_id)])
    assert {"vouched", "vouch_ended"} <= set(events)
    with pytest.raises(NotAllowed, match="nobody has vouched"):
        await desk.vouching.take_back(case_id, "again", LEE)

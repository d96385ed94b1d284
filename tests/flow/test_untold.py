"""What we hold goes by no letter to who proved nothing, but for what they wrote themselves (law.md rules 12, 16)."""

import pytest

from bot.core.drafts import Draft
from bot.core.errors import NotApprovable
from bot.core.letters import RecordField
from bot.core.messages import MAIL, Forwarded, Handle, Message, Way
from bot.core.records import Customer
from bot.core.rights import Entity, RequestType
from bot.core.verdict import Outcome
from bot.flow.rereading import reread
from tests.flow.conftest import ANN, KIM, LEE, TestDesk

R = RequestType
THIEF = "ann.peeters@mail.example"
COMPLAINT = "I complain: my parcel went elsewhere. Ann Peeters"
HELD = (ANN, "+31 6 1234 5678", "C-1042", "Canary Lane 7", "BE71 0961 2345 6769")


async def on_record(desk: TestDesk) -> None:
    fields = (
        *(RecordField("street", HELD[3]), RecordField("iban", HELD[4])),
        RecordField("country", "The Netherlands"),
    )
    ann = Customer("id-1", "C-1042", "Ann Peeters", (ANN,), ("+31612345678",), fields=fields)
    await desk.store.transact(lambda unit: unit.directory.put(ann, desk.clock.now()))


async def complaint(desk: TestDesk, sender: str, *said: Entity, name: str = "", text: str = COMPLAINT) -> Draft:
    """Let somebody complain, with what the reader finds named there; return the draft of our answer."""
    desk.reader.tell(text, R.COMPLAINT, entities=said)
    await on_record(desk)
    await desk.mail(text, sender, name=name)
    (draft,) = await desk.drafts()
    return draft


async def in_the_way(desk: TestDesk, draft: Draft, *added: str, subject: str = "") -> list[str]:
    """Add lines to a draft and return what then keeps it from leaving."""
    fresh = await desk.store.transact(lambda unit: unit.drafts.get(draft.id))
    body = "\n".join((draft.worded, *added))
    changed = await desk.approval.edit(fresh.id, KIM, body=body, subject=subject or draft.subject)
    case = await desk.case()
    flaws = await desk.store.transact(lambda unit: desk.approval.in_the_way(unit, changed, case))
    return [flaw.said for flaw in flaws]


@pytest.mark.rule(12, refused=True)
@pytest.mark.parametrize("named", [("email", ANN), ("phone", "0031612345678"), ("customer", "C-1042"), None])
async def test_what_is_on_record_does_not_go_to_who_only_claims_to_be_the_person(
    desk: TestDesk, named: tuple[str, str] | None
) -> None:
    """They name whom they claim to be by address, by telephone, by number, or by name alone."""
    text = f"{COMPLAINT} {named[1] if named else ''}".strip()
    said = [Entity(*named, len(COMPLAINT) + 1, len(text))] if named else []
    draft = await complaint(desk, THIEF, *said, name="Ann Peeters", text=text)
    assert await in_the_way(desk, draft, "We deliver to where you asked.") == []
    written = HELD[("email", "phone", "customer").index(named[0])] if named else ""
    for value in HELD:
        assert bool(await in_the_way(desk, draft, f"We hold {value} of you.")) is (value != written)
    await in_the_way(desk, draft, f"We hold {HELD[3]} of you.")
    with pytest.raises(NotApprovable):
        await desk.approval.approve(draft.id, LEE)


@pytest.mark.rule(12, refused=True)
async def test_whom_a_colleague_names_without_having_been_told_is_kept_back_too(desk: TestDesk) -> None:
    draft = await complaint(desk, "zoe@example.net", text="I complain about a neighbour's parcel.")
    assert await in_the_way(desk, draft, f"It was sent to {ANN}.") != []
    assert await in_the_way(desk, draft, "Call +31 6 1234 5678.") != []
    assert await in_the_way(desk, draft, "It is on the account C-1042.") != []
    assert await in_the_way(desk, draft, subject=f"The parcel of {ANN}") != []
    assert await in_the_way(desk, draft, "Write to zoe@example.net, or call +31 20 123 4567.") == []


@pytest.mark.rule(12)
async def test_what_the_person_wrote_and_what_is_no_secret_may_be_answered(desk: TestDesk) -> None:
    text = "I complain: my parcel for Canary  lane 7 never came. Account BE71096123456769."
    draft = await complaint(desk, THIEF, name="Ann Peeters", text=text)
    answers = ("We did not deliver to Canary Lane 7.", "We refund to BE71 0961 2345 6769, Ann Peeters.")
    assert await in_the_way(desk, draft, *answers, "Parcels to the Netherlands are late.") == []
    assert await in_the_way(desk, draft, "Your number is C-1042.") != []


@pytest.mark.rule(12)
async def test_what_they_wrote_to_a_colleague_who_forwarded_it_is_theirs_too(desk: TestDesk) -> None:
    words = "I complain: my parcel for Canary Lane 7 never came."
    desk.reader.tell(words, R.COMPLAINT)
    await on_record(desk)
    inside = Forwarded(Handle(MAIL, THIEF), "Ann Peeters", "My parcel", words)
    await desk.mail("FYI", "sales@nexioprojects.com", forwarded=inside)
    (draft,) = await desk.drafts()
    assert await in_the_way(desk, draft, "We did not deliver to Canary Lane 7.") == []
    assert await in_the_way(desk, draft, "Your number is C-1042.") != []


@pytest.mark.rule(12)
async def test_who_controls_the_address_on_record_may_read_it_once_that_is_shown(desk: TestDesk) -> None:
    """An aligned mail from there asks no code of a complaint, and the answer holds nothing on record either."""
    draft = await complaint(desk, ANN)
    said = "We deliver to Canary Lane 7."
    assert await in_the_way(desk, draft, said) != []
    await desk.approval.ask_identity(draft.case_id, KIM, reason="Our answer has to name the address on record.")
    await desk.mail(await desk.code())
    (draft,) = await desk.drafts()
    assert await in_the_way(desk, draft, said) == []
    await desk.approval.approve(draft.id, LEE)
    await desk.deliver()
    assert said in desk.couriers[MAIL].to(ANN)[-1].body


@pytest.mark.rule(12, refused=True)
async def test_a_stranger_who_proved_their_own_address_reads_nobody_else_s_data(desk: TestDesk) -> None:
    draft = await complaint(desk, THIEF, name="Ann Peeters")
    await desk.approval.ask_identity(draft.case_id, KIM, reason="Says to be Ann Peeters.")
    await desk.mail(await desk.code(), THIEF)
    (draft,) = await desk.drafts()
    assert await in_the_way(desk, draft, "We deliver to Canary Lane 7.") != []


@pytest.mark.rule(12, refused=True)
@pytest.mark.parametrize("way", [MAIL, *Way])
async def test_an_answer_to_a_plain_question_tells_nothing_on_record_either(desk: TestDesk, way: str) -> None:
    """By whatever way it came: a letter, and a call, are answered to whoever reads them or picks up."""
    question, sender = "Where is my order?", THIEF if way == MAIL else "Ann Peeters, Elsewhere 9"
    desk.reader.tell(question, R.COMPLAINT)
    await on_record(desk)
    await desk.receive(Message(way, Handle(way, sender), name="Ann Peeters", text=question))
    treatment, case, now = desk.treatment, await desk.case(), desk.clock.now()
    await desk.store.transact(
        lambda unit: reread(unit, treatment.casework, treatment.answering, case.id, [R.OTHER], KIM, now)
    )
    (draft,) = await desk.outcomes.choose_in(case.id, {R.OTHER: Outcome.GRANTED}, KIM)
    assert await in_the_way(desk, draft, "It is on its way to you, Ann Peeters.") == []
    assert await in_the_way(desk, draft, "It went to Canary Lane 7.") != []

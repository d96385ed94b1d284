"""Who it is, settled from the case page: a code elsewhere, facts, a colleague's word, a proof seen and destroyed."""

from bot.core.drafts import DraftKind, Question, Role
from bot.core.letters import RecordField
from bot.core.messages import MAIL, Attachment
from bot.core.records import Customer
from bot.core.rights import Entity, Flag, RequestType
from tests.flow.conftest import ANN
from tests.integration.console.conftest import Console

KIM, LEE = "kim@nexioprojects.com", "lee@nexioprojects.com"
NEW = "ann@new.example"


async def asked_from_a_new_address(console: Console) -> str:
    """Let somebody ask from an address nobody knows, naming the one they had; return the reference."""
    desk = console.desk
    await desk.know(ANN, number="C-1001")
    words = f"I am Ann, I was {ANN}: my data, please."
    named = Entity("email", ANN, words.index(ANN), words.index(ANN) + len(ANN))
    desk.reader.tell(words, RequestType.ACCESS, entities=(named,))
    await desk.mail(words, NEW)
    await desk.deliver()
    return (await desk.case()).reference


async def test_the_question_goes_to_an_address_the_person_named_and_to_no_other(console: Console) -> None:
    reference = await asked_from_a_new_address(console)
    kim = await console.colleague(KIM, Role.DRAFTER)
    page = await kim.open(f"/cases/{reference}")
    assert f"an address they named: {ANN}" in page
    refused = await kim.send(f"/cases/{reference}/ask", 422, at="somebody@example.net")
    assert "nobody has named somebody@example.net in this case" in refused
    assert "The person is asked" in await kim.send(f"/cases/{reference}/ask", at=ANN)
    await console.desk.deliver()
    assert console.desk.couriers[MAIL].to(ANN)[-1].kind is DraftKind.IDENTITY_QUESTION


async def test_facts_are_asked_and_a_word_given_on_them_that_another_colleague_approves(console: Console) -> None:
    desk, reference = console.desk, await asked_from_a_new_address(console)
    kim = await console.colleague(KIM, Role.APPROVER)
    assert "They lost the address we know?" not in await kim.open(f"/cases/{reference}")  # nothing is proven yet
    assert "ask for a code" in await kim.send(f"/cases/{reference}/ask-facts", 422, of=ANN)
    await kim.send(f"/cases/{reference}/ask", at="")
    await desk.mail(await desk.code(), NEW)
    assert f"asked at {NEW}" in await kim.open(f"/cases/{reference}")
    assert "The facts are asked" in await kim.send(f"/cases/{reference}/ask-facts", of=ANN)
    assert "no answer that matches" in kim.page
    await desk.deliver()
    assert f"question: {Question.FACTS}" in desk.couriers[MAIL].to(NEW)[-1].body
    refused = await kim.send(f"/cases/{reference}/vouch", 422, ground="facts", of=ANN, reason="called back")
    assert "have not matched" in refused
    assert '<details id="do-vouch" open>' in refused
    assert f'value="{ANN}"' in refused.partition('id="do-vouch"')[2].partition("</details>")[0]
    assert "called back</textarea>" in refused
    await desk.mail("I live in Canary Lane 7, my number is C-1001", NEW)
    assert "they match" in await kim.open(f"/cases/{reference}")
    page = await kim.send(f"/cases/{reference}/vouch", ground="facts", of=ANN, reason="called back")
    assert "Your word is on file" in page
    assert f"the answer goes to {NEW}" in page
    assert "goes on file" in await kim.send(f"/cases/{reference}/unvouch", 422, reason=" ")
    assert "Nobody vouches" in await kim.send(f"/cases/{reference}/unvouch", reason="the number was wrong")


async def test_an_answer_is_told_by_telephone_and_whoever_told_it_says_so(console: Console) -> None:
    desk = console.desk
    desk.reader.tell("what do you know about me", RequestType.ACCESS)
    fields = (RecordField("street", "Canary Lane 7"), RecordField("iban", "BE71 0961 2345 6769"))
    customer = Customer("id-C-7", "C-7", "Ann Peeters", (), phones=("+31612345678",), fields=fields)
    await desk.store.transact(lambda unit: unit.directory.put(customer, desk.clock.now()))
    await desk.chat("what do you know about me")
    await desk.chat("I have no e-mail, please call me")
    reference = (await desk.case()).reference
    kim = await console.colleague(KIM, Role.DPO)
    assert "you call the number on record" in await kim.open(f"/cases/{reference}")
    page = await kim.send(f"/cases/{reference}/vouch", ground="phone_number", of="C-7", reason="named two orders")
    assert "the answer goes to Ann Peeters, +31612345678" in page
    desk.clock.turn(hours=73)
    (draft,) = await desk.drafts()
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()
    lee = await console.colleague(LEE, Role.DPO)
    page = await lee.open("/deliveries")
    assert "call them, make sure who picked up" in page
    assert f'href="/drafts/{draft.id}"' in page
    words = await lee.open(f"/drafts/{draft.id}")
    assert (
        "name=Ann Peeters, phones=+31612345678, street=[…]" in words
    )  # what people prove themselves with is never told
    assert "0961" not in words
    (letter,) = [one for one in await desk.outbox() if one.kind is DraftKind.ANSWER]
    await lee.send(f"/deliveries/{letter.id}/settle", arrived="yes")
    assert "told the answer by telephone" in await lee.open(f"/cases/{reference}")


async def test_nobody_vouches_without_a_reason_a_ground_or_the_role(console: Console) -> None:
    reference = await asked_from_a_new_address(console)
    lee = await console.colleague(LEE, Role.DRAFTER)
    assert "Vouch for who this is" not in await lee.open(f"/cases/{reference}")
    await lee.send(f"/cases/{reference}/vouch", 403, ground="own_address", of=ANN, reason="x")
    kim = await console.colleague(KIM, Role.APPROVER)
    await kim.open(f"/cases/{reference}")
    sent = {"of": ANN, "reason": "no mandate came"}
    assert "Choose what shows" in await kim.send(f"/cases/{reference}/vouch", 422, ground="nonsense", **sent)
    assert "goes on file" in await kim.send(f"/cases/{reference}/vouch", 422, ground="own_address", of=ANN)
    nobody = await kim.send(f"/cases/{reference}/vouch", 422, ground="own_address", of="x@example.net", reason="y")
    assert "nobody is on record under x@example.net" in nobody
    assert f"the answer goes to {ANN}" in await kim.send(f"/cases/{reference}/vouch", ground="own_address", **sent)


async def test_a_proof_that_was_seen_is_destroyed_and_a_note_stays(console: Console) -> None:
    desk = console.desk
    desk.reader.tell("my card", RequestType.ACCESS)
    await desk.mail("my card", attachments=(Attachment(1, "card.jpg", "image/jpeg", 9),))
    case = await desk.case()
    (kept,) = await desk.store.transact(lambda unit: unit.inbox.correspondence(case.id))
    lee = await console.colleague(LEE, Role.READER)
    assert "Destroy the files" not in await lee.open(f"/cases/{case.reference}")
    kim = await console.colleague(KIM, Role.APPROVER)
    assert "Destroy the files" in await kim.open(f"/cases/{case.reference}")
    assert "that stays on file" in await kim.send(f"/messages/{kept.id}/destroy", 422, reason=" ")
    page = await kim.send(f"/messages/{kept.id}/destroy", reason="the name is the one on record")
    assert "The files are destroyed" in page
    assert "<s>card.jpg</s>" in page
    assert f"{KIM}: the name is the one on record" in page
    assert "Destroy the files" not in page
    await kim.send(f"/messages/{kept.id}/destroy", 422, reason="again")
    await kim.send("/messages/none/destroy", 404, reason="x")


async def test_who_may_not_see_a_case_destroys_nothing_of_it(console: Console) -> None:
    desk = console.desk
    desk.reader.tell("my card", RequestType.COMPLAINT, flags=frozenset({Flag.MINOR}))
    await desk.mail("my card", attachments=(Attachment(1, "card.jpg", "image/jpeg", 9),))
    case = await desk.case()
    (kept,) = await desk.store.transact(lambda unit: unit.inbox.correspondence(case.id))
    kim = await console.colleague(KIM, Role.APPROVER)
    await kim.send(f"/messages/{kept.id}/destroy", 404, reason="x")

"""Sensitive data ask for a second proof, and not from the mailbox that gave the first one (law.md rule 12)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.case import Case, Item, State
from bot.core.drafts import Draft, DraftKind, DraftStatus, Question
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.letters import RecordField
from bot.core.messages import MAIL, TELEGRAM, Attachment, Authentication, Handle
from bot.core.packages import PackageKind
from bot.core.records import Customer
from bot.core.register import Processing
from bot.core.rights import Entity, Flag, RequestType
from bot.core.tickets import Door
from bot.core.trust import Trust
from bot.core.verdict import Outcome
from bot.core.vouching import Ground
from tests.flow.conftest import ANN, HOUSE, KIM, LEE, TestDesk, open_test_desk

R = RequestType
WORK, CHAT = "ann@work.example", "777"
TWICE = replace(
    HOUSE, second_proof=frozenset({R.ACCESS}), second_facts=("birth_date", "shoe_size"), pages="https://desk.example"
)
FACTS, GUESS = "born 1980-05-12, size 38-wide", "born 1981-01-01, size 40-slim"


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_test_desk(database_url, tmp_path / "keys.json", TWICE) as opened:
        opened.reader.tell("my data", R.ACCESS)
        opened.reader.tell("my data please", R.ACCESS)
        opened.reader.tell("erase me", R.ERASURE)
        yield opened


async def on_record(desk: TestDesk, *also: str) -> None:
    """Know Ann by her address, by another and in a chat, with what no mail of ours says."""
    told = (RecordField("street", "Canary Lane 7"), RecordField("birth_date", "1980-05-12"))
    customer = Customer(
        "id-1", "C-1001", "Ann Peeters", (ANN, *also), (), (Handle(TELEGRAM, CHAT),), fields=(*told, *_SIZE)
    )
    await desk.store.transact(lambda unit: unit.directory.put(customer, desk.clock.now()))


_SIZE = (RecordField("shoe_size", "38 wide"),)


async def asked(desk: TestDesk, sender: str = ANN) -> Case:
    """Let somebody ask for their data and send back the code, so that the second proof is what lacks."""
    await desk.mail("my data", sender)
    await desk.mail(await code_of(desk, sender), sender)
    await desk.deliver()
    return await desk.case_of(sender)


async def item(desk: TestDesk, sender: str = ANN) -> Item:
    return next(one for one in (await desk.case_of(sender)).items if one.right is R.ACCESS)


async def answer(desk: TestDesk) -> Draft:
    (draft,) = [one for one in await desk.drafts() if one.kind is DraftKind.ANSWER]
    return draft


def last(desk: TestDesk, address: str = ANN) -> str:
    return desk.couriers[MAIL].to(address)[-1].body


async def code_of(desk: TestDesk, address: str = ANN) -> str:
    """Return the code in the last letter to a mailbox that carries one."""
    await desk.deliver()
    return next(one.secret for one in reversed(desk.couriers[MAIL].to(address)) if one.secret)


async def sent(desk: TestDesk) -> None:
    """Let two colleagues approve the answer, and deliver it."""
    draft = await answer(desk)
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()


@pytest.mark.rule(12, refused=True)
async def test_control_of_the_mailbox_shows_no_sensitive_data(desk: TestDesk) -> None:
    await on_record(desk)
    case = await asked(desk)
    assert "question: second_proof" in last(desk)
    assert (await item(desk)).state is State.VERIFYING
    assert not [draft for draft in await desk.drafts() if draft.kind is DraftKind.ANSWER]
    desk.clock.turn(days=40)
    await desk.timers.ring()  # before the strict date it comes to a colleague, for the letter of Art. 12(4)
    draft = await answer(desk)
    assert "Canary" not in draft.body
    with pytest.raises(NotAllowed, match="nobody has proven yet"):
        await desk.outcomes.choose_in(case.id, {R.ACCESS: Outcome.GRANTED}, KIM)
    with pytest.raises(NotAllowed, match="second proof is still missing"):
        await desk.dossiers.make(case.id, PackageKind.ACCESS, KIM)


@pytest.mark.rule(12)
async def test_facts_that_no_mail_says_are_the_second_proof(desk: TestDesk) -> None:
    await on_record(desk)
    await asked(desk)
    await desk.mail(FACTS)
    await desk.deliver()
    assert "question: second_right" in last(desk)
    assert (await item(desk)).trust is Trust.MATCHED
    await sent(desk)
    assert "Canary Lane 7" in last(desk)
    kept = await desk.store.transact(lambda unit: unit.inbox.correspondence(unit.cases.listed()[0].id))
    assert "1980" not in repr(kept)


@pytest.mark.rule(12, refused=True)
async def test_wrong_facts_are_told_and_counted_and_end_with_a_person(desk: TestDesk) -> None:
    await on_record(desk)
    await asked(desk)
    for _ in range(3):
        await desk.mail(GUESS)
    await desk.deliver()
    wrong = [one for one in desk.couriers[MAIL].to(ANN) if "question: second_wrong" in one.body]
    assert len(wrong) == 3
    await desk.mail(FACTS)
    case = await desk.case_of(ANN)
    assert (case.attention, (await item(desk)).trust) == ("no more tries at the facts", Trust.PROVEN)
    assert (await item(desk)).state is State.REVIEW
    granted = replace(await answer(desk), refuses=False)
    await desk.store.transact(lambda unit: unit.drafts.save(granted))
    with pytest.raises(NotApprovable, match=r"a second proof is still missing.*access"):
        await desk.approval.approve(granted.id, KIM)


async def test_whoever_can_give_neither_says_so_in_words_that_are_kept(desk: TestDesk) -> None:
    await on_record(desk)
    case = await asked(desk)
    await desk.mail("I have neither at hand: could somebody call me?")
    kept = (await desk.store.transact(lambda unit: unit.inbox.correspondence(case.id)))[-1]
    assert kept.message is not None
    assert "could somebody call me" in kept.message.text
    case = await desk.case_of(ANN)
    assert case.attention
    assert case.facts is not None
    assert case.facts.answers == 0


@pytest.mark.rule(17, refused=True)
async def test_who_says_that_it_was_not_them_is_read_and_not_compared(desk: TestDesk) -> None:
    await on_record(desk)
    case = await asked(desk)
    words = "This was not me, stop at once please. Call me on 06 1234 5678."
    desk.reader.tell(words, flags=frozenset({Flag.IDENTITY_THEFT}))
    sent_before = len(await desk.outbox())
    await desk.mail(words)
    kept = (await desk.store.transact(lambda unit: unit.inbox.correspondence(case.id)))[-1]
    assert kept.message is not None
    assert kept.message.text == words
    assert len(await desk.outbox()) == sent_before  # no "that was no second proof"
    case = await desk.case_of(ANN)
    assert Flag.IDENTITY_THEFT in case.flags
    assert case.facts is not None
    assert case.facts.answers == 0


@pytest.mark.rule(17, refused=True)
@pytest.mark.parametrize(
    "words",
    [
        "This wasn't me, stop at once please. Call me on 06 1234 5678.",
        "Ce n’est pas moi ! Appelez-moi au 06 12 34 56 78.",
        "Dat was ik niet. Bel mij: 06 1234 5678.",
        "Das war ich nicht! Ich bin unter 0171 2345678 zu erreichen.",
    ],
)
async def test_who_says_so_is_read_and_all_stops_though_no_reader_noticed(desk: TestDesk, words: str) -> None:
    """Our letters: "Was it not you who asked? Reply to this message at once, and we will stop"."""
    await on_record(desk)
    case = await asked(desk)
    sent_before = len(await desk.outbox())
    await desk.mail(words)
    kept = (await desk.store.transact(lambda unit: unit.inbox.correspondence(case.id)))[-1]
    assert kept.message is not None
    assert kept.message.text == words
    case = await desk.case_of(ANN)
    assert Flag.IDENTITY_THEFT in case.flags
    assert case.attention
    assert case.facts is not None
    assert case.facts.answers == 0
    desk.clock.turn(days=3)
    await desk.timers.ring()
    assert len(await desk.outbox()) == sent_before  # nobody is reminded either


@pytest.mark.parametrize("more", ["a right", "a file", "a letter"])
async def test_what_says_more_than_facts_is_kept_and_uses_up_no_try(desk: TestDesk, more: str) -> None:
    await on_record(desk)
    case = await asked(desk)
    words = f"{GUESS} {'and so on ' * 20 if more == 'a letter' else 'erase me'}"
    if more == "a right":
        desk.reader.tell(words, R.ERASURE)
    files = (Attachment(1, "id.pdf", "application/pdf", 3),) if more == "a file" else ()
    await desk.mail(words, attachments=files)
    kept = (await desk.store.transact(lambda unit: unit.inbox.correspondence(case.id)))[-1]
    assert kept.message is not None
    assert kept.message.text == words
    facts = (await desk.case_of(ANN)).facts
    assert facts is None or facts.answers == 0


@pytest.mark.rule(12)
async def test_a_stranger_s_guesses_use_up_no_try_of_the_person(desk: TestDesk) -> None:
    """Who only names Ann's address is asked as somebody who lost it; her own second proof is counted apart."""
    await on_record(desk)
    eve = "eve@example.org"
    await desk.facts.ask((await asked(desk, eve)).id, ANN, KIM)
    for _ in range(3):
        await desk.mail("Sparrow Lane 9, my number is C-1002", eve)
    assert (await desk.case_of(eve)).attention == "the facts do not match, and that was the last try"
    await asked(desk)
    await desk.mail(FACTS)
    assert (await item(desk)).trust is Trust.MATCHED


@pytest.mark.rule(12)
async def test_the_code_counts_from_elsewhere_on_record(desk: TestDesk) -> None:
    await on_record(desk)
    await asked(desk)
    code = await code_of(desk)
    await desk.chat(code, CHAT)
    await desk.deliver()
    assert "question: second_right" in last(desk)
    assert (await item(desk)).trust is Trust.MATCHED
    await sent(desk)
    assert "Canary Lane 7" in last(desk)
    assert not desk.couriers[TELEGRAM].sent


@pytest.mark.rule(12, refused=True)
async def test_the_code_counts_from_nowhere_else(desk: TestDesk) -> None:
    await on_record(desk, WORK)
    await asked(desk)
    code = await code_of(desk)
    await desk.mail(code)  # from the very mailbox it lies in
    assert "question: second_wrong" in (await desk.outbox())[-1].body
    await desk.mail(code, "eve@example.org")
    await desk.chat(code, "666")
    await desk.mail(code, WORK, authentication=Authentication())  # a mere From line
    await desk.mail(code, WORK, automatic="auto-replied")
    assert (await item(desk)).trust is Trust.PROVEN
    await desk.mail(code, WORK)
    assert (await item(desk)).trust is Trust.MATCHED


@pytest.mark.rule(12, refused=True)
async def test_what_came_on_record_lately_is_no_second_channel(desk: TestDesk) -> None:
    await on_record(desk)
    await on_record(desk, WORK)
    await asked(desk)
    code = await code_of(desk)
    await desk.mail(code, WORK)
    assert (await item(desk)).trust is Trust.PROVEN
    desk.clock.turn(hours=73)  # data may go there, but whoever reads the mailbox could have had it added
    await desk.mail("my data please")
    await desk.mail(await code_of(desk), WORK)
    assert (await item(desk)).trust is Trust.PROVEN
    desk.clock.turn(days=90)
    await desk.mail("my data please")
    await desk.mail(await code_of(desk), WORK)
    assert (await item(desk)).trust is Trust.MATCHED


@pytest.mark.rule(12, refused=True)
async def test_guesses_from_elsewhere_are_counted_at_once_however_many_come_together(desk: TestDesk) -> None:
    await on_record(desk, WORK)
    await asked(desk)
    code = await code_of(desk)
    guesses = [f"7K2M-9QX{digit}" for digit in range(8)]
    await asyncio.gather(*(desk.mail(guess, WORK) for guess in guesses))
    await desk.mail(code, WORK)
    assert (await item(desk)).trust is Trust.PROVEN


@pytest.mark.rule(12)
async def test_whoever_types_the_first_code_in_a_chat_on_record_has_shown_two(desk: TestDesk) -> None:
    await on_record(desk)
    desk.reader.tell(ANN, entities=(Entity("email", ANN, 0, len(ANN)),))
    await desk.chat("my data", CHAT)
    await desk.chat(ANN, CHAT)
    await desk.chat(await code_of(desk), CHAT)
    shown = (await desk.case_of(CHAT)).items[0]
    assert (shown.trust, shown.state) == (Trust.MATCHED, State.REVIEW)


@pytest.mark.rule(42)
async def test_from_a_chat_that_nobody_knows_the_second_question_goes_to_the_mailbox(desk: TestDesk) -> None:
    await on_record(desk)
    desk.reader.tell(ANN, entities=(Entity("email", ANN, 0, len(ANN)),))
    await desk.chat("my data", "888")
    await desk.chat(ANN, "888")
    await desk.chat(await code_of(desk), "888")
    await desk.deliver()
    assert "question: second_sent" in desk.couriers[TELEGRAM].sent[-1].body
    assert "question: second_proof" in last(desk)
    await desk.mail(FACTS)
    assert (await desk.case_of("888")).items[0].trust is Trust.MATCHED


@pytest.mark.rule(16)
async def test_known_and_unknown_are_asked_the_same_in_the_same_order(desk: TestDesk) -> None:
    await on_record(desk)
    await asked(desk)
    await asked(desk, "nobody@example.org")
    for sender in (ANN, "nobody@example.org"):
        await desk.mail(GUESS, sender)
    await desk.deliver()

    def heard(address: str) -> list[list[str]]:
        letters = desk.couriers[MAIL].to(address)
        return [[line for line in one.body.splitlines() if line.startswith(("kind", "question"))] for one in letters]

    assert heard(ANN) == heard("nobody@example.org")
    assert len(heard(ANN)) == 3


@pytest.mark.rule(16)
async def test_who_is_not_on_record_hears_that_nothing_is_held(desk: TestDesk) -> None:
    """A second proof guards data: where there are none, control of the address is enough to say so."""
    await on_record(desk)
    await asked(desk, "nobody@example.org")
    draft = await answer(desk)
    assert "finding: nothing" in draft.body
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()
    assert "finding: nothing" in last(desk, "nobody@example.org")


@pytest.mark.rule(12, refused=True)
async def test_without_a_directory_a_colleague_shows_nothing_sensitive_either(desk: TestDesk) -> None:
    case = await asked(desk)
    desk.clock.turn(days=40)
    await desk.timers.ring()
    with pytest.raises(NotAllowed, match="nobody has proven yet"):
        await desk.outcomes.choose_in(case.id, {R.ACCESS: Outcome.GRANTED}, KIM)


@pytest.mark.rule(12)
async def test_a_colleague_reaches_them_elsewhere_and_vouches(desk: TestDesk) -> None:
    await on_record(desk)
    case = await asked(desk)
    await desk.vouching.vouch(case.id, Ground.SECOND_CHANNEL, ANN, "called back at the number on record", KIM)
    assert (await item(desk)).trust is Trust.MATCHED
    await sent(desk)
    assert "Canary Lane 7" in last(desk)


@pytest.mark.rule(12, refused=True)
async def test_a_second_channel_alone_shows_nothing(desk: TestDesk) -> None:
    await on_record(desk)
    case = await asked(desk, "ann@new.example")
    with pytest.raises(NotAllowed, match="is not on record of C-1001"):
        await desk.vouching.vouch(case.id, Ground.SECOND_CHANNEL, ANN, "called back", KIM)


@pytest.mark.rule(12)
async def test_the_page_takes_the_first_code_and_never_the_second(desk: TestDesk) -> None:
    await on_record(desk)
    await desk.mail("my data")
    await desk.deliver()
    ticket = last(desk).partition(Door.CONFIRM.path)[2].split()[0]
    await desk.reception.confirmations.confirm(ticket, await code_of(desk))
    await desk.deliver()
    assert "question: second_proof" in last(desk)
    assert await desk.reception.confirmations.confirm(ticket, await code_of(desk)) is None
    assert (await item(desk)).trust is Trust.PROVEN


@pytest.mark.rule(12)
async def test_what_is_no_showing_of_data_goes_its_way_meanwhile(desk: TestDesk) -> None:
    await on_record(desk)
    await asked(desk)
    await desk.mail("erase me")
    (draft,) = [one for one in await desk.drafts() if one.kind is DraftKind.ANSWER]
    assert draft.rights == {R.ERASURE}


@pytest.mark.rule(12)
async def test_a_register_that_marks_sensitive_data_asks_for_it_too(database_url: str, tmp_path: Path) -> None:
    async with open_test_desk(database_url, tmp_path / "keys.json", HOUSE) as desk:
        desk.reader.tell("my data", R.PORTABILITY)
        await desk.know(ANN)
        health = Processing("health_notes", {}, sensitive=True)
        await desk.store.transact(lambda unit: unit.register.replace([health]))
        await desk.mail("my data")
        await desk.mail(await code_of(desk))
        await desk.deliver()
        assert "question: second_proof" in desk.couriers[MAIL].to(ANN)[-1].body
        assert (await desk.case()).items[0].needs is Trust.MATCHED


async def test_a_reminder_brings_a_fresh_code_for_the_second_proof(desk: TestDesk) -> None:
    await on_record(desk, WORK)
    await asked(desk)
    first = await code_of(desk)
    desk.clock.turn(days=2, hours=1)
    await desk.timers.ring()
    await desk.deliver()
    assert desk.couriers[MAIL].to(ANN)[-1].kind is DraftKind.REMINDER
    assert await code_of(desk) != first
    await desk.mail(await code_of(desk), WORK)
    assert (await item(desk)).trust is Trust.MATCHED


async def test_a_colleague_asks_for_it_again(desk: TestDesk) -> None:
    await on_record(desk, WORK)
    case = await asked(desk)
    desk.clock.turn(days=2)
    await desk.approval.ask_identity(case.id, KIM)
    question = (await desk.store.transact(lambda unit: unit.drafts.listed(DraftStatus.APPROVED, case.id)))[-1]
    assert question.question is Question.SECOND_PROOF
    await desk.mail(await code_of(desk), WORK)
    assert (await item(desk)).trust is Trust.MATCHED


@pytest.mark.rule(12, refused=True)
async def test_a_call_is_no_second_proof(desk: TestDesk) -> None:
    """Who asks without e-mail to be called shows one thing; where two are asked nothing is told on the telephone."""
    fields = (RecordField("street", "Canary Lane 7"), *_SIZE)
    customer = Customer("id-7", "C-7", "Ann Peeters", (), phones=("+31612345678",), fields=fields)
    await desk.store.transact(lambda unit: unit.directory.put(customer, desk.clock.now()))
    await desk.chat("my data")
    await desk.chat("I have no e-mail, please call me")
    case = await desk.case()
    await desk.vouching.vouch(case.id, Ground.PHONE_NUMBER, "C-7", "named the last two orders", KIM)
    desk.clock.turn(hours=73)
    assert not any("Canary" in draft.body for draft in await desk.drafts())
    for draft in await desk.drafts():
        with pytest.raises(NotApprovable):
            await desk.approval.approve(draft.id, LEE)


@pytest.mark.rule(12, refused=True)
async def test_an_answer_about_the_data_gives_no_copy_that_waits_for_a_second_proof(desk: TestDesk) -> None:
    """The settings name access alone: what it shows is not read in the answer beside it either."""
    desk.reader.tell("what do you know of me, and a copy", R.INFORMATION, R.ACCESS)
    await on_record(desk)
    await desk.mail("what do you know of me, and a copy")
    await desk.mail(await code_of(desk))
    case = await desk.case()
    assert {one.state for one in case.items} == {State.VERIFYING}
    with pytest.raises(NotAllowed, match=r"second proof is still missing.*information, access"):
        await desk.dossiers.make(case.id, PackageKind.ACCESS, KIM)
    await desk.mail(FACTS)
    await desk.dossiers.make(case.id, PackageKind.ACCESS, KIM)


@pytest.mark.rule(12, refused=True)
async def test_data_marked_sensitive_later_are_guarded_in_open_cases_too(database_url: str, tmp_path: Path) -> None:
    house = replace(TWICE, second_proof=frozenset())
    async with open_test_desk(database_url, tmp_path / "keys.json", house) as desk:
        desk.reader.tell("my data", R.ACCESS)
        await on_record(desk, WORK)
        case = await asked(desk)
        draft = await answer(desk)
        await desk.approval.approve(draft.id, KIM)
        health = Processing("health_notes", {}, sensitive=True)
        await desk.store.transact(lambda unit: unit.register.replace([health]))
        with pytest.raises(NotApprovable, match=r"a second proof is still missing.*access"):
            await desk.approval.approve(draft.id, LEE)
        with pytest.raises(NotAllowed, match="second proof is still missing"):
            await desk.dossiers.make(case.id, PackageKind.ACCESS, KIM)
        desk.clock.turn(days=2)
        await desk.approval.ask_identity(case.id, KIM)
        await desk.mail(await code_of(desk), WORK)
        await sent(desk)
        assert "Canary Lane 7" in last(desk)


@pytest.mark.rule(12, refused=True)
async def test_facts_that_matched_before_data_were_sensitive_release_nothing(database_url: str, tmp_path: Path) -> None:
    """What counts is what is asked when the letter leaves, not when a colleague took the facts for proof."""
    new = "ann@new.example"
    async with open_test_desk(database_url, tmp_path / "keys.json", replace(TWICE, second_proof=frozenset())) as desk:
        desk.reader.tell("my data", R.ACCESS)
        await on_record(desk)
        case = await asked(desk, new)
        await desk.vouching.vouch(case.id, Ground.FACTS, ANN, "street and number match, called back", KIM)
        desk.clock.turn(hours=73)
        await desk.approval.approve((await answer(desk)).id, KIM)
        health = Processing("health_notes", {}, sensitive=True)
        await desk.store.transact(lambda unit: unit.register.replace([health]))
        with pytest.raises(NotApprovable, match=r"a second proof is still missing.*access"):
            await desk.approval.approve((await answer(desk)).id, LEE)
        with pytest.raises(NotAllowed, match="second proof is still missing"):
            await desk.dossiers.make(case.id, PackageKind.ACCESS, KIM)
        case = await desk.facts.ask(case.id, ANN, KIM)
        assert case.facts is not None
        assert case.facts.fields == ("birth_date", "shoe_size")
        await desk.mail(FACTS, new)
        await desk.vouching.vouch(case.id, Ground.FACTS, ANN, "what no mail says matches, called back", KIM)
        desk.clock.turn(hours=73)
        await sent(desk)
        assert "Canary Lane 7" in last(desk, new)


@pytest.mark.rule(13, refused=True)
@pytest.mark.parametrize("shown_first", [False, True], ids=["nothing shown", "their own address shown"])
async def test_a_second_channel_ends_with_the_answer_to_the_record_it_added_to(
    desk: TestDesk, *, shown_first: bool
) -> None:
    """Whoever asked never showed the address on record, whatever they showed of their own."""
    agent = "dupont@avocats.example"
    desk.reader.tell("for Ann Peeters", R.ACCESS)
    await on_record(desk)
    await desk.mail("for Ann Peeters", agent)
    if shown_first:
        await desk.mail(await code_of(desk, agent), agent)
    case = await desk.case_of(agent)
    unshown = tuple(replace(one, trust=Trust.CLAIMED) for one in case.items)  # as what is asked a day after a code
    case = await desk.store.transact(lambda unit: unit.cases.save(replace(case, items=unshown)))
    await desk.vouching.vouch(case.id, Ground.OWN_ADDRESS, ANN, "no mandate", KIM)
    await desk.vouching.vouch(case.id, Ground.SECOND_CHANNEL, ANN, "called back", KIM)
    case = await desk.vouching.take_back(case.id, "she knows of nothing", LEE)
    assert (case.proven, {one.trust for one in case.items}) == (None, {Trust.CLAIMED})


async def test_a_second_proof_keeps_what_colleagues_are_to_look_at(desk: TestDesk) -> None:
    await on_record(desk)
    case = await asked(desk)
    await desk.store.transact(lambda unit: unit.cases.save(replace(case, attention="a colleague is to call back")))
    await desk.chat(await code_of(desk), CHAT)
    assert (await item(desk)).trust is Trust.MATCHED
    assert (await desk.case_of(ANN)).attention == "a colleague is to call back"


@pytest.mark.rule(12, refused=True)
async def test_another_spelling_of_the_mailbox_is_no_second_channel(desk: TestDesk) -> None:
    alias = "ann+shop@example.com"
    await on_record(desk, alias)
    await asked(desk)
    await desk.mail(await code_of(desk), alias)
    assert (await item(desk)).trust is Trust.PROVEN


@pytest.mark.rule(12, refused=True)
async def test_of_a_lost_mailbox_nothing_sensitive_is_shown_on_facts_that_our_mails_say(desk: TestDesk) -> None:
    """Street and number stand on every invoice; who lost the mailbox is asked what no mail says."""
    new = "ann@new.example"
    await on_record(desk)
    await desk.mail("my data", new)
    await desk.mail(await code_of(desk, new), new)
    case = await desk.case_of(new)
    case = await desk.store.transact(
        lambda unit: unit.cases.save(replace(case, facts=None))
    )  # as where a call was made
    with pytest.raises(NotAllowed, match=r"second proof is asked for .*access.*second_facts"):
        await desk.vouching.vouch(case.id, Ground.FACTS, ANN, "street and number match, called back", KIM)
    case = await desk.facts.ask(case.id, ANN, KIM)
    assert case.facts is not None
    assert case.facts.fields == ("birth_date", "shoe_size")
    await desk.mail(FACTS, new)
    await desk.vouching.vouch(case.id, Ground.FACTS, ANN, "facts match, called back", KIM)
    assert (await item(desk, new)).trust is Trust.MATCHED

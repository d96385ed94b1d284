"""What an answer says was done has been done: tasks with owners, and every recipient told (Art. 19; law.md 24, 30)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Unpack

import pytest

from bot.core.drafts import Draft, DraftKind, Role
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.messages import MAIL
from bot.core.rights import Correction, RequestType
from bot.core.tasks import KnownBy, Recipient, System, Task, TaskKind
from bot.core.verdict import Outcome
from replies import LetterWriter
from replies.policy import PUBLISHED
from tests.fakes.said import ReadingFields
from tests.flow.conftest import ANN, HOUSE, KIM, LEE, TestDesk, open_test_desk

R = RequestType
SHOP = System("shop", "it@nexioprojects.com")
BREVO = Recipient("Brevo SAS", "privacy@brevo.example", "fr")
STRIPE = Recipient("Stripe", "dpo@stripe.example", known_by=KnownBy.NUMBER)
WITH_OTHERS = replace(HOUSE, systems=(SHOP,), recipients=(BREVO, STRIPE))


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_test_desk(database_url, tmp_path / "keys.json", WITH_OTHERS) as opened:
        yield opened


async def asked(desk: TestDesk, right: RequestType = R.ERASURE, **changes: Unpack[ReadingFields]) -> str:
    """Let Ann ask, prove who she is, and a colleague grant it; return the case's id."""
    await desk.know(ANN)
    desk.reader.tell("please", right, **changes)
    await desk.mail("please")
    if right is not R.RECTIFICATION:  # whose plausible sender is asked for nothing more
        await desk.mail(await desk.code())
    await desk.deliver()
    case = await desk.case()
    await desk.outcomes.choose_in(case.id, {right: Outcome.GRANTED}, KIM)
    return case.id


async def tasks(desk: TestDesk) -> dict[str, Task]:
    """Return the tasks of the only case, by name."""
    case = await desk.case()
    return {task.name: task for task in await desk.store.transact(lambda unit: unit.tasks.of_case(case.id))}


async def waiting(desk: TestDesk, kind: DraftKind) -> list[Draft]:
    return [draft for draft in await desk.drafts() if draft.kind is kind]


async def answer(desk: TestDesk) -> Draft:
    (draft,) = await waiting(desk, DraftKind.ANSWER)
    return draft


async def approved(desk: TestDesk, draft: Draft) -> None:
    for colleague in (KIM, LEE)[: draft.approvers_needed]:
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()


@pytest.mark.rule(29, refused=True)
async def test_a_withdrawn_consent_erases_nothing_in_silence(database_url: str, tmp_path: Path) -> None:
    """Art. 17(1)(b): no system, recipient or row is cleared for it, and the letter has to say what became of the data.

    Nobody can let it go while that is left open.
    """
    async with open_test_desk(database_url, tmp_path / "keys.json", WITH_OTHERS, LetterWriter(PUBLISHED)) as desk:
        await desk.know(ANN)
        desk.reader.tell("I take my consent back", R.CONSENT_WITHDRAWAL)
        await desk.mail("I take my consent back")
        case = await desk.case()
        await desk.outcomes.choose_in(case.id, {R.CONSENT_WITHDRAWAL: Outcome.GRANTED}, KIM)
        (draft,) = await waiting(desk, DraftKind.ANSWER)
        with pytest.raises(NotApprovable, match="what was erased, or what was kept and why"):
            await desk.approval.approve(draft.id, KIM)
        assert not await tasks(desk)
        assert await desk.store.transact(lambda unit: unit.directory.numbered("C-1"))


@pytest.mark.rule(23, refused=True)
@pytest.mark.rule(24)
async def test_an_answer_that_says_it_is_done_waits_until_it_is_done(desk: TestDesk) -> None:
    await asked(desk)
    open_tasks = await tasks(desk)
    assert {name: (one.kind, one.owner) for name, one in open_tasks.items()} == {
        "shop": (TaskKind.CARRY_OUT, SHOP.owner),
        "Brevo SAS": (TaskKind.TELL, ""),
        "Stripe": (TaskKind.TELL, ""),
        "C-1": (TaskKind.ERASE_ROW, ""),
    }
    with pytest.raises(NotApprovable, match="not done yet, and not excepted either: shop, Brevo SAS, Stripe"):
        await desk.approval.approve((await answer(desk)).id, KIM)
    assert not await waiting(desk, DraftKind.RECIPIENT_NOTICE)  # nothing was carried out yet
    await desk.tasks.done(open_tasks["shop"].id, KIM, "two orders")
    for notice in await waiting(desk, DraftKind.RECIPIENT_NOTICE):
        await approved(desk, notice)
    draft = await answer(desk)
    assert "recipients: Brevo SAS, Stripe" in draft.body
    await approved(desk, draft)
    assert len(desk.couriers[MAIL].to(BREVO.contact)) == len(desk.couriers[MAIL].to(STRIPE.contact)) == 1
    left = [name for name, one in (await tasks(desk)).items() if one.is_open]
    assert left == ["C-1"]  # which the letter needed until now
    chain = await desk.store.transact(lambda unit: unit.audit.chain(draft.case_id))
    (link,) = [link for link in chain if link.event == "task_done"]
    assert (link.actor, link.data["task"]) == (KIM, "shop")


@pytest.mark.rule(30)
async def test_a_recipient_hears_no_more_than_it_takes_to_find_the_person(desk: TestDesk) -> None:
    """Art. 5(1)(c): by address or by number, the change itself, and nothing else on record."""
    await asked(desk, R.RECTIFICATION, corrections=(Correction("street", "Canary Lane 7", "Elm Street 9"),))
    await desk.tasks.done((await tasks(desk))["shop"].id, KIM)
    notices = {draft.recipient.value: draft for draft in await waiting(desk, DraftKind.RECIPIENT_NOTICE)}
    assert f"about: {ANN}" in notices[BREVO.contact].body
    assert "about: C-1" in notices[STRIPE.contact].body
    assert "street=Elm Street 9" in notices[STRIPE.contact].body
    for draft in notices.values():
        assert "Ann Peeters" not in draft.subject + draft.body + draft.html
    assert ANN not in notices[STRIPE.contact].body
    assert (notices[BREVO.contact].language, notices[STRIPE.contact].language) == ("fr", "en")


@pytest.mark.rule(30, refused=True)
async def test_a_recipient_is_left_out_for_a_reason_on_file(desk: TestDesk) -> None:
    """Art. 19: unless it is impossible or disproportionate; the letter then names the others."""
    case_id = await asked(desk)
    marks = await tasks(desk)
    await desk.tasks.done(marks["shop"].id, KIM)
    with pytest.raises(NotAllowed, match="say why"):
        await desk.tasks.except_(marks["Stripe"].id, KIM, "  ")
    with pytest.raises(NotAllowed, match="approve its notice"):
        await desk.tasks.done(marks["Stripe"].id, KIM)
    await desk.tasks.except_(marks["Stripe"].id, KIM, "deleted everything itself a year ago")
    (notice,) = await waiting(desk, DraftKind.RECIPIENT_NOTICE)  # the other one was let go
    assert notice.recipient.value == BREVO.contact
    assert "recipients: Brevo SAS\n" in (await answer(desk)).body + "\n"
    await approved(desk, notice)
    await approved(desk, await answer(desk))
    assert not desk.couriers[MAIL].to(STRIPE.contact)
    left_out = (await tasks(desk))["Stripe"]
    assert (left_out.excepted, left_out.note, left_out.by) == (True, "deleted everything itself a year ago", KIM)
    chain = await desk.store.transact(lambda unit: unit.audit.chain(case_id))
    assert "task_excepted" in [link.event for link in chain]


@pytest.mark.rule(30)
async def test_whoever_asks_later_learns_who_was_told(desk: TestDesk) -> None:
    """Art. 19, last sentence."""
    await asked(desk, R.RECTIFICATION, corrections=(Correction("name", "An", "Ann"),))
    await desk.tasks.done((await tasks(desk))["shop"].id, KIM)
    for notice in await waiting(desk, DraftKind.RECIPIENT_NOTICE):
        await approved(desk, notice)
    await approved(desk, await answer(desk))
    desk.clock.turn(days=3)
    desk.reader.tell("whom did you tell?", R.INFORMATION)
    await desk.mail("whom did you tell?")
    await desk.mail(await desk.code())
    assert "recipients: Brevo SAS, Stripe" in (await answer(desk)).body


@pytest.mark.rule(30, refused=True)
async def test_nothing_is_told_before_it_is_carried_out_even_without_a_named_system(
    database_url: str, tmp_path: Path
) -> None:
    house = replace(HOUSE, recipients=(BREVO,))
    async with open_test_desk(database_url, tmp_path / "keys.json", house) as desk:
        await asked(desk)
        marks = await tasks(desk)
        assert sorted(marks) == ["Brevo SAS", "C-1", "all systems"]
        assert not await waiting(desk, DraftKind.RECIPIENT_NOTICE)
        await desk.tasks.done(marks["all systems"].id, KIM)
        assert len(await waiting(desk, DraftKind.RECIPIENT_NOTICE)) == 1


async def test_what_is_refused_after_all_leaves_no_task_and_no_notice(desk: TestDesk) -> None:
    case_id = await asked(desk)
    await desk.tasks.done((await tasks(desk))["shop"].id, KIM)
    (one, other) = await waiting(desk, DraftKind.RECIPIENT_NOTICE)
    await desk.outcomes.choose_in(case_id, {R.ERASURE: Outcome.REFUSED}, KIM)
    assert not [task for task in (await tasks(desk)).values() if task.is_open]
    assert not await waiting(desk, DraftKind.RECIPIENT_NOTICE)
    with pytest.raises(NotApprovable, match="stale"):
        await desk.approval.approve(one.id, KIM)
    assert one.id != other.id


async def test_a_stranger_makes_no_work(desk: TestDesk) -> None:
    """Who is not on record has nothing to be erased; who proved nothing gets no task either."""
    await desk.know(ANN)
    desk.reader.tell("erase me", R.ERASURE)
    await desk.mail("erase me", "stranger@example.net")
    assert await tasks(desk) == {}
    await desk.mail(await desk.code(), "stranger@example.net")
    assert await tasks(desk) == {}


async def test_a_notice_waits_on_while_its_case_goes_on(desk: TestDesk) -> None:
    case_id = await asked(desk)
    await desk.tasks.done((await tasks(desk))["shop"].id, KIM)
    before = await waiting(desk, DraftKind.RECIPIENT_NOTICE)
    desk.reader.tell("and this too", R.PORTABILITY)
    await desk.mail("and this too", references=tuple(one.message_id for one in await desk.outbox()))
    after = await waiting(desk, DraftKind.RECIPIENT_NOTICE)
    assert [one.id for one in after] == [one.id for one in before]
    case = await desk.case()
    assert case.id == case_id
    await desk.approval.approve(after[0].id, KIM)


async def test_a_mark_that_was_a_mistake_opens_again_and_a_notice_sent_back_is_drafted_anew(desk: TestDesk) -> None:
    await asked(desk)
    shop = (await tasks(desk))["shop"]
    with pytest.raises(NotAllowed, match="still to be done"):
        await desk.tasks.undo(shop.id, KIM)
    await desk.tasks.done(shop.id, KIM)
    with pytest.raises(NotAllowed, match="marked already by kim@"):
        await desk.tasks.done(shop.id, LEE)
    notice = (await waiting(desk, DraftKind.RECIPIENT_NOTICE))[0]
    await desk.approval.reject(notice.id, KIM, "wrong words")
    named = next(task for task in (await tasks(desk)).values() if task.draft == notice.id)
    await desk.tasks.undo(named.id, KIM)
    fresh = (await tasks(desk))[named.name].draft
    assert fresh not in {"", notice.id}
    await approved(desk, next(one for one in await desk.drafts() if one.id == fresh))
    with pytest.raises(NotAllowed, match="told already"):
        await desk.tasks.undo(named.id, KIM)
    await desk.tasks.undo(shop.id, KIM)
    with pytest.raises(NotApprovable, match="shop"):
        await desk.approval.approve((await answer(desk)).id, KIM)


async def test_only_who_may_work_on_the_case_marks_its_tasks(desk: TestDesk) -> None:
    await asked(desk)
    shop = (await tasks(desk))["shop"]
    await desk.store.transact(lambda unit: unit.staff.add("rita@nexioprojects.com", Role.READER))
    for marking in (desk.tasks.done, desk.tasks.except_):
        with pytest.raises(NotAllowed, match="may not edit"):
            await marking(shop.id, "rita@nexioprojects.com", "why")
    seen, _ = await desk.tasks.open("rita@nexioprojects.com")
    assert [task.name for task, _ in seen] == ["shop", "C-1", "Brevo SAS", "Stripe"]
    with pytest.raises(NotAllowed, match="no colleague"):
        await desk.tasks.open("nobody@example.com")


async def test_the_notice_in_words_asks_one_thing_and_names_the_article(database_url: str, tmp_path: Path) -> None:
    writer = LetterWriter(replace(PUBLISHED, authority="NL"))
    async with open_test_desk(database_url, tmp_path / "keys.json", WITH_OTHERS, writer=writer) as desk:
        await asked(desk)
        await desk.tasks.done((await tasks(desk))["shop"].id, KIM)
        notices = {draft.recipient.value: draft for draft in await waiting(desk, DraftKind.RECIPIENT_NOTICE)}
        assert "Merci d’effacer les données" in notices[BREVO.contact].body
        assert "Please erase the data you received from us" in notices[STRIPE.contact].body
        assert "(Article 19 GDPR)" in notices[STRIPE.contact].body
        for draft in notices.values():
            assert not writer.findings(draft)
        assert "Recipients told of the erasure (Article 19 GDPR): Brevo SAS and Stripe" in (await answer(desk)).body


async def test_who_was_erased_here_first_is_told_so_and_nobody_else_is(desk: TestDesk) -> None:
    await asked(desk)
    marks = await tasks(desk)
    for task in marks.values():
        await desk.tasks.except_(task.id, KIM, "nothing there")
    await desk.erasures.erase("C-1", KIM, "asked for it")
    draft = await answer(desk)
    await approved(desk, draft)
    assert draft.body in {sent.body for sent in desk.couriers[MAIL].to(ANN)}
    desk.reader.tell("erase me too", R.ERASURE)
    await desk.know("bo@example.com", number="C-2")
    await desk.mail("erase me too", "stranger@example.net")
    await desk.mail(await desk.code(), "stranger@example.net")
    case = await desk.case_of("stranger@example.net")
    (other,) = await desk.outcomes.choose_in(case.id, {R.ERASURE: Outcome.GRANTED}, KIM)
    for task in await desk.store.transact(lambda unit: unit.tasks.of_case(case.id)):
        await desk.tasks.except_(task.id, KIM, "nothing there")
    with pytest.raises(NotApprovable, match="nobody is on record"):
        await desk.approval.approve(other.id, KIM)


async def test_what_a_recipient_answers_is_shown_in_the_case_and_is_no_request_of_theirs(desk: TestDesk) -> None:
    case_id = await asked(desk)
    await desk.tasks.done((await tasks(desk))["shop"].id, KIM)
    for notice in await waiting(desk, DraftKind.RECIPIENT_NOTICE):
        await approved(desk, notice)
    (sent,) = desk.couriers[MAIL].to(BREVO.contact)
    desk.reader.tell("We erased all data of this person.", R.ERASURE)
    await desk.mail("We erased all data of this person.", "jo@brevo.example", references=(sent.message_id,))
    case = await desk.case()
    assert (case.id, case.attention) == (case_id, "a recipient of the data answered our notice")
    assert not desk.couriers[MAIL].to("jo@brevo.example")

"""Without e-mail somebody may have what is held of their very chat account, and nothing else (law.md rule 42)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from bot.core.case import Case, State
from bot.core.drafts import Draft, DraftKind
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.letters import RecordField
from bot.core.messages import TELEGRAM, Handle, behind_link
from bot.core.packages import PATH
from bot.core.records import Customer
from bot.core.rights import Entity, Flag, RequestType
from bot.core.verdict import Outcome
from bot.core.vouching import Ground
from bot.flow.dossiers import OPENINGS
from replies import LetterWriter
from replies.markup import OPEN_SLOT
from replies.policy import PUBLISHED
from tests.flow.conftest import ANN, KIM, LEE, WITH_PAGES, TestDesk, open_test_desk
from tests.flow.test_chat_accounts import prove
from tests.flow.test_denying import links_of
from tests.flow.test_joining import merged
from tests.flow.test_without_mail import tap

ASKED, STOP = "what do you know about me", "no more newsletters"
MINE = "I bought the red bicycle in March"
CANARY, NUMBER = "Dorpsstraat 7", "+31612345678"
LINK = WITH_PAGES.pages + PATH


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[TestDesk]:
    """Open a desk that writes real letters, at pages that people outside reach."""
    writer = LetterWriter(replace(PUBLISHED, authority="NL"))
    async with open_test_desk(database_url, tmp_path / "keys.json", WITH_PAGES, writer) as opened:
        yield opened


async def asks(desk: TestDesk, right: RequestType = RequestType.ACCESS) -> str:
    """Let somebody whose account is on record, and who has no e-mail, ask in a chat; return the case's id."""
    desk.reader.tell(ASKED, right)
    fields = (RecordField("address", CANARY),)
    handles = (Handle(TELEGRAM, "777"),)
    customer = Customer("id-C-7", "C-7", "Ann Peeters", (ANN,), phones=(NUMBER,), handles=handles, fields=fields)
    await desk.store.transact(lambda unit: unit.directory.put(customer, desk.clock.now()))
    await desk.chat(f"{ASKED}")
    await desk.chat(MINE)
    await tap(desk, "no_mail")
    await tap(desk, "neither")
    await desk.deliver()
    return (await last_case(desk)).id


async def last_case(desk: TestDesk) -> Case:
    """Return what this account asked last."""
    return max((one for one in await desk.cases() if one.requester.value == "777"), key=lambda one: one.received_at)


async def vouched(desk: TestDesk, case_id: str) -> None:
    await desk.vouching.vouch(
        case_id, Ground.CHAT_ACCOUNT, "", "asked for what this chat holds, and has no e-mail", KIM
    )


async def linked(desk: TestDesk) -> tuple[str, str]:
    """Let the answer be laid behind a link that left for the chat; return the case's id and the link's token."""
    case_id = await asks(desk)
    await vouched(desk, case_id)
    (draft,) = [one for one in await desk.drafts() if one.kind is DraftKind.ANSWER]
    return case_id, await released(desk, draft)


async def released(desk: TestDesk, draft: Draft) -> str:
    """Fill in and approve an answer, and let its link leave; return the token."""
    draft = await desk.approval.edit(draft.id, KIM, body=OPEN_SLOT.sub("none", draft.body))
    for colleague in (LEE, KIM):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()
    return desk.couriers[TELEGRAM].to("777")[-1].body.partition(LINK)[2].split()[0]


async def answer_in(desk: TestDesk, token: str) -> str:
    opened = await desk.dossiers.open(token, "")
    assert isinstance(opened, tuple)
    return ZipFile(BytesIO(opened[1])).read("answer.txt").decode()


@pytest.mark.rule(42)
async def test_it_holds_this_conversation_theirs_and_ours_and_what_came_from_this_account(desk: TestDesk) -> None:
    desk.reader.tell(STOP, RequestType.UNSUBSCRIBE)
    await desk.chat(STOP)
    await desk.deliver()
    before = await desk.case()
    desk.clock.turn(days=40)
    _, token = await linked(desk)
    said = await answer_in(desk, token)
    assert "This answer covers only this chat account" in said
    assert "from an e-mail address that we know" in said
    for held in (ASKED, MINE, before.reference):
        assert held in said
    assert "we wrote to you" in said
    assert "Opt-out of" in said
    assert [item.state for item in (await last_case(desk)).items] == [State.ANSWERED]


async def test_it_tells_the_conversation_in_its_order_by_the_companys_day(desk: TestDesk) -> None:
    desk.clock.turn(hours=14, minutes=30)  # half past eleven in the evening in UTC: tomorrow where the company is
    _, token = await linked(desk)
    said = await answer_in(desk, token)
    assert "On 2 March" not in said
    told = ASKED, "Thank you for your message", MINE, "That is no obstacle"
    assert [said.index(f"> {one}") for one in told] == sorted(said.index(f"> {one}") for one in told)
    assert "Subject:" not in said


@pytest.mark.rule(42, refused=True)
async def test_nothing_of_the_record_and_of_no_other_address_is_in_it(desk: TestDesk) -> None:
    """Though the account is on record of one customer, and the customer wrote by mail and from another account too."""
    desk.reader.tell("a secret of another account", RequestType.ACCESS)
    desk.reader.tell("a secret of the mailbox", RequestType.ACCESS)
    await desk.chat("a secret of another account", "778")
    await desk.mail("a secret of the mailbox")
    others = {case.reference for case in await desk.cases()}
    _, token = await linked(desk)
    said = await answer_in(desk, token)
    for secret in (CANARY, NUMBER, ANN, "C-7", "Ann Peeters", "a secret", *others):
        assert secret not in said


@pytest.mark.rule(42, refused=True)
async def test_the_platform_sees_nothing_but_a_link_that_ends(desk: TestDesk) -> None:
    _, token = await linked(desk)
    (told,) = [one.body for one in desk.couriers[TELEGRAM].to("777") if token in one.body]
    for secret in (MINE, ASKED, CANARY, NUMBER, ANN, "Ann Peeters", "C-7"):
        assert secret not in told


async def test_two_colleagues_approve_it(desk: TestDesk) -> None:
    await vouched(desk, await asks(desk))
    (draft,) = [one for one in await desk.drafts() if one.kind is DraftKind.ANSWER]
    assert draft.recipient == behind_link(Handle(TELEGRAM, "777"))
    await desk.approval.approve(draft.id, LEE)
    await desk.deliver()
    assert not any(LINK in one.body for one in desk.couriers[TELEGRAM].to("777"))


async def test_looking_opens_nothing_and_it_opens_a_few_times_for_a_few_days(desk: TestDesk) -> None:
    _, token = await linked(desk)
    for _ in range(OPENINGS + 2):
        assert await desk.dossiers.offered(token) is not None
    for _ in range(OPENINGS):
        await answer_in(desk, token)
    assert await desk.dossiers.open(token, "") is None


async def test_the_link_ends_after_three_days_and_unopened_it_brings_the_answer_back(desk: TestDesk) -> None:
    _, token = await linked(desk)
    desk.clock.turn(hours=73)
    assert await desk.dossiers.offered(token) is None
    assert await desk.dossiers.open(token, "") is None
    await desk.retention.run()
    case = await desk.case_of("777")
    assert [item.state for item in case.items if item.right is RequestType.ACCESS] == [State.REVIEW]


async def test_an_opened_one_stays_answered(desk: TestDesk) -> None:
    _, token = await linked(desk)
    await answer_in(desk, token)
    desk.clock.turn(hours=73)
    await desk.retention.run()
    assert State.REVIEW not in {item.state for item in (await desk.case_of("777")).items}


async def test_nobody_on_record_is_written_to(desk: TestDesk) -> None:
    """The answer is about nobody on record: a notice would tell whoever is that somebody asks."""
    await linked(desk)
    assert {one.recipient.channel for one in await desk.outbox()} == {TELEGRAM}


async def test_an_account_that_is_silent_for_a_day_shows_nothing_until_it_writes_again(desk: TestDesk) -> None:
    case_id = await asks(desk)
    desk.clock.turn(hours=24)
    with pytest.raises(NotAllowed, match="not written for a day"):
        await vouched(desk, case_id)
    await desk.chat(MINE)
    await vouched(desk, case_id)
    desk.clock.turn(hours=24)
    (draft,) = [one for one in await desk.drafts() if one.kind is DraftKind.ANSWER]
    with pytest.raises(NotApprovable, match="not written for a day"):
        await desk.approval.approve(draft.id, LEE)


async def test_with_the_word_taken_back_the_link_ends(desk: TestDesk) -> None:
    case_id, token = await linked(desk)
    await desk.vouching.take_back(case_id, "the account was stolen", LEE)
    assert await desk.dossiers.offered(token) is None
    assert await desk.dossiers.open(token, "") is None


async def test_an_account_said_to_be_stolen_opens_nothing(desk: TestDesk) -> None:
    _, token = await linked(desk)
    desk.reader.tell("somebody stole my account", RequestType.COMPLAINT, flags=frozenset({Flag.IDENTITY_THEFT}))
    await desk.chat("somebody stole my account")
    assert await desk.dossiers.open(token, "") is None


@pytest.mark.rule(17, refused=True)
async def test_once_a_mailbox_that_the_account_named_denies_it_the_link_opens_nothing(desk: TestDesk) -> None:
    case_id, token = await linked(desk)
    named = f"and delete it all, I am {ANN}"
    desk.reader.tell(named, RequestType.ERASURE, entities=(Entity("email", ANN, 0, len(ANN)),))
    await desk.chat(named)
    await desk.deliver()
    assert await desk.dossiers.offered(token) is not None
    await desk.reception.denials.deny(links_of(desk)[-1])
    assert await desk.dossiers.open(token, "") is None
    await desk.vouching.take_back(case_id, "somebody denies it", LEE)
    further = max(await desk.cases(), key=lambda case: case.opened_at)
    with pytest.raises(NotAllowed, match="was not them"):
        await vouched(desk, further.id)


@pytest.mark.rule(20)
async def test_what_is_granted_in_part_says_so_and_why_behind_the_link(desk: TestDesk) -> None:
    await vouched(desk, await asks(desk))
    (draft,) = [one for one in await desk.drafts() if one.kind is DraftKind.ANSWER]
    (draft,) = await desk.outcomes.choose(draft.id, {RequestType.ACCESS: Outcome.PARTLY}, KIM)
    token = await released(desk, draft)
    said = await answer_in(desk, token)
    assert "This answer covers only this chat account" in said
    assert "except for" in said
    assert "You can also complain to the supervisory authority" in said
    assert CANARY not in said


async def test_a_proven_mailbox_gets_the_whole_answer_instead(desk: TestDesk) -> None:
    await prove(desk)
    with pytest.raises(NotAllowed, match="the whole answer goes there"):
        await vouched(desk, (await desk.case()).id)


@pytest.mark.parametrize("right", [RequestType.ERASURE, RequestType.PORTABILITY])
async def test_nothing_is_erased_changed_or_taken_elsewhere_on_it(desk: TestDesk, right: RequestType) -> None:
    case_id = await asks(desk, right)
    with pytest.raises(NotAllowed, match="on chat_account things are only told"):
        await vouched(desk, case_id)


async def test_a_correction_gains_nothing_by_it(desk: TestDesk) -> None:
    case_id = await asks(desk, RequestType.RECTIFICATION)
    with pytest.raises(NotAllowed, match="nothing in this case waits for that"):
        await vouched(desk, case_id)


async def test_a_customer_beside_it_is_refused(desk: TestDesk) -> None:
    case_id = await asks(desk)
    with pytest.raises(NotAllowed, match="leave their address empty"):
        await desk.vouching.vouch(case_id, Ground.CHAT_ACCOUNT, "C-7", "has no e-mail", KIM)


async def test_a_mail_is_no_chat(desk: TestDesk) -> None:
    desk.reader.tell(ASKED, RequestType.ACCESS)
    await desk.mail(ASKED)
    with pytest.raises(NotAllowed, match="not asked in a chat"):
        await vouched(desk, (await desk.case()).id)


async def test_a_merged_case_hands_out_nothing_of_the_other_account(desk: TestDesk) -> None:
    desk.reader.tell("a secret of another account", RequestType.ACCESS)
    await desk.chat("a secret of another account", "778")
    other, case_id = await desk.case_of("778"), await asks(desk)
    await merged(desk, other, await desk.case_of("777"))
    await vouched(desk, case_id)
    (draft,) = [one for one in await desk.drafts() if one.kind is DraftKind.ANSWER]
    assert MINE in draft.body
    assert "a secret" not in draft.body


async def test_the_code_of_another_way_is_not_told_for_it(desk: TestDesk) -> None:
    case_id, _ = await linked(desk)
    with pytest.raises(NotAllowed, match="no link in this chat can be opened"):
        await desk.dossiers.tell_code(case_id, LEE)

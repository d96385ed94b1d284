"""Whoever has no e-mail may read the answer behind a link in the chat, with a code told elsewhere (law.md rule 42)."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from bot.core.case import State
from bot.core.challenge import MAX_ATTEMPTS
from bot.core.drafts import Draft, DraftKind
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.letters import NoticeKind, RecordField
from bot.core.messages import TELEGRAM, Handle, behind_link
from bot.core.packages import PATH, Package
from bot.core.records import Customer
from bot.core.rights import RequestType
from bot.core.vouching import Ground
from bot.flow.dossiers import USED_UP
from tests.flow.conftest import KIM, LEE, WITH_PAGES, TestDesk, open_test_desk
from tests.flow.test_without_mail import asks_for_a_call

CANARY, NUMBER = "Dorpsstraat 7", "+31612345678"
LINK = WITH_PAGES.pages + PATH


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_test_desk(database_url, tmp_path / "keys.json", WITH_PAGES) as opened:
        yield opened


async def vouched(desk: TestDesk) -> str:
    case_id = await asks_for_a_call(desk)
    await desk.vouching.vouch(case_id, Ground.CHAT_LINK, "C-7", "named the last two orders and the shop", KIM)
    return case_id


async def linked(desk: TestDesk) -> tuple[str, str]:
    """Let the answer be laid behind a link that left for the chat; return the case's id and the link's token."""
    case_id = await vouched(desk)
    draft = await answer(desk)
    desk.clock.turn(hours=73)
    for colleague in (LEE, KIM):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()
    return case_id, last_link(desk)


def last_link(desk: TestDesk) -> str:
    return desk.couriers[TELEGRAM].to("777")[-1].body.partition(LINK)[2].split()[0]


async def answer(desk: TestDesk) -> Draft:
    (draft,) = [one for one in await desk.drafts() if one.kind is DraftKind.ANSWER]
    return draft


async def asks_further(desk: TestDesk, case_id: str) -> None:
    """Let the person ask one thing more, in reply to the link, and a colleague vouch for that as well."""
    desk.reader.tell("and from whom do you have it", RequestType.INFORMATION)
    (link,) = [one for one in await desk.outbox() if LINK in one.body]
    await desk.chat("and from whom do you have it", references=(f"tg:777:{link.receipt}",))
    await desk.vouching.vouch(case_id, Ground.CHAT_LINK, "C-7", "the same voice, named the last order", KIM)
    desk.clock.turn(hours=73)


async def notices(desk: TestDesk) -> list[NoticeKind]:
    """Return what colleagues were told by mail."""
    listed = await desk.store.transact(lambda unit: unit.outbox.listed(limit=500))
    return [NoticeKind(one.subject.split()[0]) for one in listed if one.kind is DraftKind.NOTICE]


@pytest.mark.rule(42)
async def test_the_answer_opens_with_the_link_from_the_chat_and_the_code_from_the_call(desk: TestDesk) -> None:
    case_id, token = await linked(desk)
    code, called = await desk.dossiers.tell_code(case_id, LEE)
    assert called.value.endswith(NUMBER)
    opened = await desk.dossiers.open(token, code)
    assert isinstance(opened, tuple)
    archive = ZipFile(BytesIO(opened[1]))
    assert CANARY in archive.read("answer.txt").decode()
    assert [item.state for item in (await desk.case()).items] == [State.ANSWERED]
    told = await desk.store.transact(lambda unit: unit.audit.chain(case_id))
    assert ("package_code_told", LEE) in [(row.event, row.actor) for row in told]


@pytest.mark.rule(12, refused=True)
async def test_no_code_is_told_at_a_number_that_came_on_record_later(desk: TestDesk) -> None:
    case_id, _ = await linked(desk)
    moved = Customer("id-C-7", "C-7", "Ann Peeters", (), phones=("+31699999999",), fields=())
    await desk.store.transact(lambda unit: unit.directory.put(moved, desk.clock.now()))
    with pytest.raises(NotAllowed, match="number on record changed"):
        await desk.dossiers.tell_code(case_id, LEE)


@pytest.mark.rule(42, refused=True)
async def test_the_platform_sees_nothing_but_a_link_that_ends(desk: TestDesk) -> None:
    case_id, token = await linked(desk)
    code, _ = await desk.dossiers.tell_code(case_id, LEE)
    said = "\n".join(one.body for one in desk.couriers[TELEGRAM].to("777"))
    assert token in said
    for secret in (code, CANARY, NUMBER, "Ann Peeters", "epilepsy", "C-7"):
        assert secret not in said


async def test_a_taken_over_account_or_a_forwarded_link_opens_nothing(desk: TestDesk) -> None:
    """They hold the link, and the page sends no code to anybody: it only takes the one that was told."""
    _, token = await linked(desk)
    before = len(await desk.outbox())
    package = await desk.dossiers.send_code(token)
    assert package is not None
    assert len(await desk.outbox()) == before
    assert isinstance(await desk.dossiers.open(token, "7F3K-Q2M9"), Package)


async def test_guessing_ends_the_code_and_a_told_one_opens_once(desk: TestDesk) -> None:
    case_id, token = await linked(desk)
    code, _ = await desk.dossiers.tell_code(case_id, LEE)
    for _ in range(MAX_ATTEMPTS):
        assert isinstance(await desk.dossiers.open(token, "7F3K-Q2M9"), Package)
    assert isinstance(await desk.dossiers.open(token, code), Package)
    code, _ = await desk.dossiers.tell_code(case_id, LEE)
    assert isinstance(await desk.dossiers.open(token, code), tuple)
    assert isinstance(await desk.dossiers.open(token, code), Package)


async def test_a_code_used_up_by_wrong_tries_is_told_to_colleagues_once_and_a_new_one_opens(desk: TestDesk) -> None:
    """Whoever took the account over can use a code up, so that the person comes no further by themselves."""
    case_id, token = await linked(desk)
    code, _ = await desk.dossiers.tell_code(case_id, LEE)
    for _ in range(MAX_ATTEMPTS):
        await desk.dossiers.open(token, "7F3K-Q2M9")
    assert not await notices(desk)
    for _ in range(3):
        assert isinstance(await desk.dossiers.open(token, code), Package)
    assert await notices(desk) == [NoticeKind.CODE_USED_UP]
    assert (await desk.case()).attention == USED_UP
    code, _ = await desk.dossiers.tell_code(case_id, LEE)
    assert not (await desk.case()).attention
    assert isinstance(await desk.dossiers.open(token, code), tuple)


async def test_no_code_is_told_for_a_link_that_has_not_left_yet(desk: TestDesk) -> None:
    """It would open nothing that the person holds: the code is for the link that stands in the chat."""
    case_id, token = await linked(desk)
    await asks_further(desk, case_id)
    for colleague in (LEE, KIM):
        await desk.approval.approve((await answer(desk)).id, colleague)
    code, _ = await desk.dossiers.tell_code(case_id, LEE)
    assert isinstance(await desk.dossiers.open(token, code), tuple)
    await desk.deliver()
    code, _ = await desk.dossiers.tell_code(case_id, LEE)
    assert isinstance(await desk.dossiers.open(token, code), Package)
    assert isinstance(await desk.dossiers.open(last_link(desk), code), tuple)


async def test_the_same_word_given_for_more_keeps_the_link_and_given_again_revives_none(desk: TestDesk) -> None:
    case_id, token = await linked(desk)
    await asks_further(desk, case_id)
    assert await desk.dossiers.offered(token) is not None
    await desk.vouching.take_back(case_id, "it was her brother", LEE)
    await desk.vouching.vouch(case_id, Ground.CHAT_LINK, "C-7", "named the last two orders again", KIM)
    assert await desk.dossiers.offered(token) is None
    with pytest.raises(NotAllowed, match="no link in this chat can be opened"):
        await desk.dossiers.tell_code(case_id, LEE)


async def test_neither_link_nor_code_outlives_its_time_and_codes_are_few(desk: TestDesk) -> None:
    case_id, token = await linked(desk)
    code, _ = await desk.dossiers.tell_code(case_id, LEE)
    desk.clock.turn(hours=25)
    assert isinstance(await desk.dossiers.open(token, code), Package)
    for _ in range(3):
        await desk.dossiers.tell_code(case_id, LEE)
    with pytest.raises(NotAllowed, match="too many codes"):
        await desk.dossiers.tell_code(case_id, LEE)
    desk.clock.turn(days=31)
    assert await desk.dossiers.offered(token) is None
    with pytest.raises(NotAllowed, match="no link in this chat can be opened"):
        await desk.dossiers.tell_code(case_id, LEE)


async def test_with_the_colleague_s_word_the_link_ends(desk: TestDesk) -> None:
    case_id, token = await linked(desk)
    await desk.vouching.take_back(case_id, "it was her brother", LEE)
    assert await desk.dossiers.offered(token) is None


async def test_a_link_that_nobody_opened_brings_the_answer_back(desk: TestDesk) -> None:
    await linked(desk)
    desk.clock.turn(days=31)
    await desk.retention.run()
    case = await desk.case()
    assert [item.state for item in case.items] == [State.REVIEW]
    assert case.attention


async def test_it_waits_three_days_and_for_two_colleagues_and_no_code_is_told_before(desk: TestDesk) -> None:
    case_id = await vouched(desk)
    (draft,) = await desk.drafts()
    assert draft.recipient == behind_link(Handle(TELEGRAM, "777"))
    assert CANARY in draft.body
    with pytest.raises(NotApprovable, match="this address is new to us"):
        await desk.approval.approve(draft.id, LEE)
    with pytest.raises(NotAllowed, match="no link in this chat can be opened"):
        await desk.dossiers.tell_code(case_id, LEE)


@pytest.mark.parametrize("right", [RequestType.PORTABILITY, RequestType.ERASURE])
async def test_nothing_is_handed_over_changed_or_erased_on_it(desk: TestDesk, right: RequestType) -> None:
    case_id = await asks_for_a_call(desk, right)
    with pytest.raises(NotAllowed, match="things are only told"):
        await desk.vouching.vouch(case_id, Ground.CHAT_LINK, "C-7", "named the last order", KIM)


async def test_without_a_number_on_record_there_is_nobody_to_tell_the_code(desk: TestDesk) -> None:
    case_id = await asks_for_a_call(desk, phones=False)
    with pytest.raises(NotAllowed, match="to give the code at"):
        await desk.vouching.vouch(case_id, Ground.CHAT_LINK, "C-7", "named the last order", KIM)


async def test_a_mail_has_no_chat_to_put_a_link_into(desk: TestDesk) -> None:
    desk.reader.tell("what do you know about me", RequestType.ACCESS)
    fields = (RecordField("address", CANARY),)
    customer = Customer("id-C-7", "C-7", "Ann Peeters", (), phones=(NUMBER,), fields=fields)
    await desk.store.transact(lambda unit: unit.directory.put(customer, desk.clock.now()))
    await desk.mail("what do you know about me")
    with pytest.raises(NotAllowed, match="not asked in a chat"):
        await desk.vouching.vouch((await desk.case()).id, Ground.CHAT_LINK, "C-7", "named the last order", KIM)


async def test_where_nobody_outside_reaches_our_pages_no_link_is_promised(database_url: str, tmp_path: Path) -> None:
    async with open_test_desk(database_url, tmp_path / "keys.json") as desk:
        case_id = await asks_for_a_call(desk)
        with pytest.raises(NotAllowed, match="nobody outside can open our pages"):
            await desk.vouching.vouch(case_id, Ground.CHAT_LINK, "C-7", "named the last order", KIM)

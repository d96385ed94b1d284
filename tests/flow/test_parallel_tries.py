"""Tries are counted atomically whatever way they come and however many come at once (law.md rule 12).

They come to several mailboxes, or over several ways into one chat, and each of these is read by itself, as several
processes do. On PostgreSQL the units are seen to run beside each other. The page's tries are in `test_confirming.py`, a
package's in `test_dossiers.py`.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from bot.core.case import Case, State
from bot.core.challenge import MAX_ATTEMPTS, ChallengeOutcome
from bot.core.fact_check import MOST_TRIES
from bot.core.letters import RecordField
from bot.core.messages import MAIL, TELEGRAM, Handle, Inbound, Message
from bot.core.records import Customer
from bot.core.rights import Entity, RequestType
from bot.core.tickets import Door
from bot.core.trust import Trust
from tests.fakes.ports import MESSAGE
from tests.flow.conftest import ANN, HOUSE, PASSED, WITH_PAGES, TestDesk, open_test_desk

CHAT: Final = "777"
READERS: Final = 4
WRONG: Final = tuple(f"7K2M-9QX{digit}" for digit in range(8))
TWICE: Final = replace(HOUSE, second_proof=frozenset({RequestType.ACCESS}), second_facts=("birth_date", "shoe_size"))
FACTS: Final = "1980-05-12, 38 wide"
GUESSES: Final = tuple(f"1980-05-{day}, 38 wide" for day in range(13, 21))

Say = Callable[[TestDesk, str], Message]


def by_mail(desk: TestDesk, text: str) -> Message:
    return Message(MAIL, Handle(MAIL, ANN), text=text, message_id=f"<{_next(desk)}@p>", authentication=PASSED)


def by_chat(desk: TestDesk, text: str) -> Message:
    return Message(TELEGRAM, Handle(TELEGRAM, CHAT), text=text, message_id=str(_next(desk)))


def _next(desk: TestDesk) -> int:
    desk.events += 1
    return desk.events


async def at_once(desk: TestDesk, messages: Sequence[Message]) -> None:
    """Let messages lie together, each in a mailbox of its own; on PostgreSQL they are treated beside each other."""
    now, dump = desk.clock.now(), MESSAGE.dump_json
    lying = [
        Inbound(one.channel, f"box{number}/INBOX", f"e{number}-{one.message_id}", now, [dump(one)])
        for number, one in enumerate(messages)
    ]
    await desk.intake.accept(lying)

    async def read() -> None:
        while await desk.room.read_batch():
            pass

    with watched() as seen:
        await asyncio.gather(*(read() for _ in range(READERS)))
    assert len(messages) == 1 or seen.most > 1 or seen.one_writer, "one waited for the other"


@dataclass
class Overlap:
    """How many units of work are open at once, in whatever thread; SQLite has one writer."""

    now: int = 0
    most: int = 0
    one_writer: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def began(self, connection: Connection) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.one_writer = connection.dialect.name == "sqlite"

    def ended(self, _connection: Connection) -> None:
        with self.lock:
            self.now -= 1


@contextmanager
def watched() -> Iterator[Overlap]:
    """Watch the units of every database."""
    seen = Overlap()
    deeds = {"begin": seen.began, "commit": seen.ended, "rollback": seen.ended}
    for what, deed in deeds.items():
        event.listen(Engine, what, deed)
    try:
        yield seen
    finally:
        for what, deed in deeds.items():
            event.remove(Engine, what, deed)


@pytest.fixture
async def twice(database_url: str, tmp_path: Path) -> AsyncIterator[TestDesk]:
    """A desk that asks for a second proof."""
    async with open_test_desk(database_url, tmp_path / "keys.json", TWICE) as opened:
        yield opened


async def asked_by_mail(desk: TestDesk) -> str:
    """Let Ann ask by mail; return the code."""
    desk.reader.tell("my data", RequestType.ACCESS)
    await desk.know(ANN)
    await desk.mail("my data")
    return await desk.code()


async def asked_in_chat(desk: TestDesk) -> str:
    """Let somebody ask in a chat and name Ann's address; return the code."""
    desk.reader.tell("my data", RequestType.ACCESS)
    desk.reader.tell(ANN, entities=(Entity("email", ANN, 0, len(ANN)),))
    await desk.know(ANN)
    await desk.chat("my data", CHAT)
    await desk.chat(ANN, CHAT)
    return await desk.code()


WAYS: Final = pytest.mark.parametrize(
    ("ask", "say"), [(asked_by_mail, by_mail), (asked_in_chat, by_chat)], ids=["mail", "chat"]
)


@pytest.mark.rule(12, refused=True)
@WAYS
async def test_guesses_at_a_code_are_five_and_no_more(
    desk: TestDesk, ask: Callable[[TestDesk], Awaitable[str]], say: Say
) -> None:
    code = await ask(desk)
    await at_once(desk, [say(desk, guess) for guess in WRONG])
    case = await desk.case()
    sender = case.requester
    judged = await desk.store.transact(
        lambda unit: unit.challenges.attempt([case.id], ("ZZZZZZZ2",), sender, desk.clock.now())
    )
    assert judged is not None
    assert (judged[0], judged[1].attempts) == (ChallengeOutcome.EXHAUSTED, MAX_ATTEMPTS)
    await at_once(desk, [say(desk, code)])
    assert (await desk.case()).items[0].trust < Trust.PROVEN


@pytest.mark.rule(12)
@WAYS
async def test_the_right_code_proves_once(desk: TestDesk, ask: Callable[[TestDesk], Awaitable[str]], say: Say) -> None:
    code = await ask(desk)
    await at_once(desk, [say(desk, f"{code} {'!' * number}") for number in range(8)])
    case = await desk.case()
    assert (case.items[0].state, case.items[0].trust) == (State.REVIEW, Trust.PROVEN)
    assert len(await events(desk, case, "proved")) == 1


@pytest.mark.rule(12, refused=True)
async def test_guesses_at_facts_are_three_and_no_more(twice: TestDesk) -> None:
    case = await asked_twice(twice)
    await at_once(twice, [by_mail(twice, guess) for guess in GUESSES])
    told = await events(twice, case, "facts_compared")
    assert len(told) == len(GUESSES)
    assert sum("do not match" in outcome for outcome in told) == MOST_TRIES
    await at_once(twice, [by_mail(twice, FACTS)])
    assert (await twice.case()).items[0].trust is Trust.PROVEN


@pytest.mark.rule(12)
async def test_the_right_facts_prove_once(twice: TestDesk) -> None:
    case = await asked_twice(twice)
    await at_once(twice, [by_mail(twice, f"{FACTS} {'!' * number}") for number in range(8)])
    assert (await twice.case()).items[0].trust is Trust.MATCHED
    assert await events(twice, case, "facts_compared") == ["the facts match"]


@pytest.mark.rule(17, refused=True)
async def test_not_me_beats_the_right_code_whichever_comes_first(database_url: str, tmp_path: Path) -> None:
    async with open_test_desk(database_url, tmp_path / "keys.json", WITH_PAGES) as desk:
        code = await asked_by_mail(desk)
        await desk.deliver()
        question = desk.couriers[MAIL].to(ANN)[-1].body
        not_me, confirm = (question.partition(door.path)[2].split()[0] for door in (Door.NOT_ME, Door.CONFIRM))
        pages = desk.reception
        with watched() as seen:
            await asyncio.gather(
                *(pages.confirmations.confirm(confirm, code) for _ in range(4)),
                *(pages.denials.deny(not_me) for _ in range(2)),
                *(pages.confirmations.confirm(confirm, code) for _ in range(4)),
            )
        assert seen.most > 1 or seen.one_writer
        case = await desk.case()
        assert (case.denied_at is not None, case.proven, case.items[0].trust) == (True, None, Trust.CLAIMED)
        assert len(await events(desk, case, "denied")) == 1


async def asked_twice(desk: TestDesk) -> Case:
    """Let Ann ask and send the code back, so that she is asked for facts."""
    desk.reader.tell("my data", RequestType.ACCESS)
    told = (RecordField("birth_date", "1980-05-12"), RecordField("shoe_size", "38 wide"))
    ann = Customer("id-1", "C-1", "Ann Peeters", (ANN,), fields=told)
    await desk.store.transact(lambda unit: unit.directory.put(ann, desk.clock.now()))
    await desk.mail("my data")
    await desk.mail(await desk.code())
    return await desk.case()


async def events(desk: TestDesk, case: Case, event: str) -> list[str]:
    """Return what the history says of one kind of event."""
    chain = await desk.store.transact(lambda unit: unit.audit.chain(case.id))
    return [str(link.data.get("outcome", link.event)) for link in chain if link.event == event]

"""Known, unknown, on record several times: the desk takes the same steps at the same moments (law.md rule 16).

No stopwatch: what takes time is counted, every statement to the database and every commit, and so is when each letter
is written and leaves. `python -m tests.bench.bench_sameness` measures the time itself.
"""

import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, Unpack

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from bot.core.letters import RecordField
from bot.core.messages import MAIL, Authentication
from bot.core.records import Customer
from bot.core.rights import Entity, RequestType
from bot.core.tickets import Door
from bot.core.unit import Unit
from storage.engine import SQLITE
from tests.fakes.said import MessageFields
from tests.flow.conftest import WITH_PAGES, TestDesk, open_test_desk

R = RequestType
KNOWN, UNKNOWN, SEVERAL = "known", "unknown", "several"
ASKED: Final = {
    "my data": R.ACCESS,
    "erase me": R.ERASURE,
    "you leaked it": R.COMPLAINT,
    "don't use it": R.RESTRICTION,
    "stop": R.UNSUBSCRIBE,
}
WRONG: Final = "7K2M-9QXA"
NO_FACTS: Final = "1991-01-01, 12 narrow"
UNSIGNED: Final = Authentication()
HOUSE: Final = replace(
    WITH_PAGES, second_proof=frozenset({R.ACCESS}), second_facts=("birth_date", "shoe_size"), asks_facts=True
)
_BOUND: Final = re.compile(r"\(\?(?:, \?)*\)|\((?:%\(\w+\)s(?:::\w+)?(?:, )?)+\)")
_PLACE_IN_GROUP: Final = re.compile(r"(?<=sa_savepoint)_\d+")
_OWN: Final = re.compile(r"/[\w-]+/\w{20,}|NX-\w{4}-\w{4}|[\w.]+@[\w.]+")


@dataclass
class Step:
    """What one step took: statements and commits, letters, and when they were written and left.

    Each for itself: of two letters of one batch either may leave first.
    """

    took: Counter[str] = field(default_factory=Counter)
    letters: list[str] = field(default_factory=list)
    moments: list[timedelta] = field(default_factory=list)
    said: object = None


Steps = dict[str, Step]
Walk = Callable[["Walker"], Awaitable[None]]


@dataclass
class Walker:
    """Somebody who writes to the desk of, or as, whoever `address` is; `number` tells them from the others."""

    desk: TestDesk
    address: str
    number: int
    steps: Steps = field(default_factory=dict)

    @property
    def thief(self) -> str:
        return f"thief{self.number}@post.example"

    @property
    def chat(self) -> str:
        return f"70{self.number}"

    async def takes(self, name: str, deed: Awaitable[object]) -> Step:
        """Watch one deed and the deliveries after it."""
        desk, step = self.desk, Step()
        before, began = {one.id for one in await desk.outbox()}, desk.clock.at
        with watched(step.took):
            step.said = await deed
            await desk.deliver()
        for letter in await desk.outbox():
            if letter.id not in before:
                step.letters.append(f"{letter.kind} by {letter.recipient.channel}: {_alike(letter.body)}")
                step.moments += [moment - began for moment in (letter.created_at, letter.left_at) if moment]
        step.letters.sort()
        step.moments.sort()
        self.steps[name] = step
        return step

    async def mails(self, step: str, text: str, sender: str = "", **changes: Unpack[MessageFields]) -> Step:
        return await self.takes(step, self.desk.mail(text, sender or self.address, **changes))

    async def says(self, name: str, text: str) -> Step:
        return await self.takes(name, self.desk.chat(text, self.chat))

    def code(self, address: str = "") -> str:
        """Return the code that lies last in a mailbox."""
        letters = self.desk.couriers[MAIL].to(address or self.address)
        return next(one.secret for one in reversed(letters) if one.secret)

    def ticket(self, door: Door) -> str:
        bodies = [one.body for one in self.desk.couriers[MAIL].to(self.address)]
        return next(body.partition(door.path)[2].split()[0] for body in reversed(bodies) if door.path in body)


@contextmanager
def watched(took: Counter[str]) -> Iterator[None]:
    """Write down every statement of every database, as it is asked whatever it is about, and the end of every unit.

    SQLite's writer commits those together that happen to wait at once: there a unit ends with its savepoint.
    """

    def note(_c: object, _k: object, statement: str, _p: Any, _context: object, _many: bool) -> None:
        took[_PLACE_IN_GROUP.sub("", _BOUND.sub("(…)", " ".join(statement.split())))] += 1

    def commit(connection: Connection) -> None:
        took["commit"] += connection.dialect.name != SQLITE

    event.listen(Engine, "before_cursor_execute", note)
    event.listen(Engine, "commit", commit)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        event.remove(Engine, "commit", commit)


def _alike(text: str) -> str:
    """Return a letter without what differs in any two: links are as long, references and addresses are their own."""
    return _OWN.sub("…", text)


async def acquaint(desk: TestDesk, number: int = 0) -> dict[str, str]:
    """Return an address of each kind, told to the reader; put on record whom the company knows."""
    who = {KNOWN: f"ann{number}@example.com", UNKNOWN: f"abe{number}@example.com", SEVERAL: f"all{number}@example.com"}
    told = (RecordField("birth_date", "1980-05-12"), RecordField("shoe_size", "38 wide"))
    for ident, emails in {
        f"C-1-{number}": (who[KNOWN], f"ann{number}@work.example"),
        f"C-2-{number}": (who[SEVERAL],),
        f"C-3-{number}": (who[SEVERAL],),
    }.items():
        known = Customer(ident, ident, "Ann Peeters", emails, phones=(f"+3161{number:07}",), fields=told)
        await desk.store.transact(partial(_put, known, desk.clock.now()))
    for address in who.values():
        named = (Entity("email", address, 0, len(address)),)
        desk.reader.tell(address, entities=named)
        desk.reader.tell(f"my data, I was {address}", R.ACCESS, entities=named)
        desk.reader.tell(f"stop {address}", R.UNSUBSCRIBE, entities=named)
    return who


def _put(customer: Customer, now: datetime, unit: Unit) -> None:
    unit.directory.put(customer, now)


@asynccontextmanager
async def open_even_desk(url: str, keys: Path) -> AsyncIterator[TestDesk]:
    """Open a desk that asks for all it can, where what is only done once a day is done."""
    async with open_test_desk(url, keys, HOUSE) as desk:
        for text, right in ASKED.items():
            desk.reader.tell(text, right)
        await desk.mail("my data", "first@example.org")
        await desk.deliver()
        yield desk


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_even_desk(database_url, tmp_path / "keys.json") as opened:
        yield opened


async def in_their_name_by_mail(walker: Walker) -> None:
    """Anybody writes a From line; what comes of it goes to the mailbox."""
    await walker.mails("asks", "my data", authentication=UNSIGNED)
    await walker.mails("guesses", WRONG, authentication=UNSIGNED)
    await walker.mails("asks for more", "erase me", authentication=UNSIGNED)
    await walker.mails("complains", "you leaked it", authentication=UNSIGNED)
    await walker.mails("restricts", "don't use it", authentication=UNSIGNED)
    await walker.mails("stops", "stop", authentication=UNSIGNED)
    await walker.mails("chats on", "thank you", authentication=UNSIGNED)


async def from_the_mailbox(walker: Walker) -> None:
    """Whoever reads it, until it is shown."""
    await walker.mails("asks", "my data")
    for number in range(6):
        await walker.mails(f"guess {number}", WRONG)
    await walker.mails("asks again", "my data")


async def in_a_chat(walker: Walker) -> None:
    """A stranger names an address and guesses its code."""
    await walker.says("asks", "erase me")
    await walker.says("names it", walker.address)
    for number in range(6):
        await walker.says(f"guess {number}", WRONG)
    await walker.says("names it again", walker.address)


async def stopped_in_a_chat(walker: Walker) -> None:
    await walker.says("stops", f"stop {walker.address}")


async def as_a_lost_mailbox(walker: Walker) -> None:
    """A thief proves a mailbox of their own and says it used to be that address: facts are asked, and guessed."""
    await walker.mails("asks", f"my data, I was {walker.address}", walker.thief)
    await walker.mails("proves their own", walker.code(walker.thief), walker.thief)
    for number in range(5):
        await walker.mails(f"guess {number}", NO_FACTS, walker.thief)


async def on_the_page(walker: Walker) -> None:
    """Whoever has the link of a question looks, and types what they like."""
    pages = walker.desk.reception
    await walker.mails("asks", "erase me")
    ticket, told = walker.ticket(Door.CONFIRM), walker.desk.couriers[MAIL].to(walker.address)[-1].body
    await walker.takes("looks", pages.confirmations.asked(ticket))
    for number in range(6):
        await walker.takes(f"types {number}", pages.confirmations.confirm(ticket, WRONG))
    reference = re.search(r"NX-\w{4}-\w{4}", told)
    assert reference
    asked = await walker.takes("asks how far it is", pages.statuses.ask(reference[0]))
    form, asked.said = str(asked.said), "a ticket"
    await walker.takes("guesses there", pages.statuses.shown(form, WRONG))
    await walker.takes("looks at not me", pages.denials.language(walker.ticket(Door.NOT_ME)))
    await walker.takes("was not them", pages.denials.deny(walker.ticket(Door.NOT_ME)))


WALKS: Final = (
    in_their_name_by_mail,
    from_the_mailbox,
    in_a_chat,
    stopped_in_a_chat,
    as_a_lost_mailbox,
    on_the_page,
)


@pytest.mark.rule(16)
@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__)
async def test_nobody_unproven_can_tell_from_words_or_time_who_is_on_record(desk: TestDesk, walk: Walk) -> None:
    walked = await walked_by_all(desk, walk)
    unknown = walked[UNKNOWN]
    for name, step in unknown.items():
        for other in (walked[KNOWN][name], walked[SEVERAL][name]):
            assert other.took == step.took, name
            assert (other.letters, other.moments, other.said) == (step.letters, step.moments, step.said), name
    assert any(step.letters for step in unknown.values())


@pytest.mark.rule(16)
async def test_what_comes_of_the_right_code_is_said_to_all_at_the_same_moment(desk: TestDesk) -> None:
    """From here on the mailbox is proven, and what colleagues get to read differs; what it is told does not yet."""

    async def proves(walker: Walker) -> None:
        await walker.mails("asks", "my data")
        await walker.mails("proves it", walker.code())
        await walker.mails("guesses facts", NO_FACTS)
        await walker.says("asks in a chat", "my data")
        await walker.says("names it", walker.address)
        await walker.says("proves it there", walker.code())

    walked = await walked_by_all(desk, proves)
    told = [{name: (step.letters, step.moments) for name, step in steps.items()} for steps in walked.values()]
    assert told[0] == told[1] == told[2]
    assert all(letters for letters, _ in told[0].values())


async def walked_by_all(desk: TestDesk, walk: Walk) -> dict[str, Steps]:
    """Let somebody go the same way about each kind of person."""
    walked = {}
    for number, (who, address) in enumerate((await acquaint(desk)).items()):
        walker = Walker(desk, address, number)
        await walk(walker)
        walked[who] = walker.steps
    return walked

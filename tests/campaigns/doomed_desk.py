"""A desk that kills itself (SIGKILL) at its n-th checkpoint.

There is one before and after every commit, every hand-over and every acknowledgement.
`python -m tests.campaigns.doomed_desk JOB.json` takes the mails of the job that were not acknowledged yet, reads them,
sends what is due, approves what waits and ends. What it sends and acknowledges is written to journals, as the outside
world would.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.core.delivery import Outgoing
from bot.core.drafts import DraftStatus
from bot.core.messages import MAIL, Authentication, Handle, Inbound, Message, Verdict
from bot.core.rights import RequestType, Scope
from bot.core.unit import Store, Unit
from bot.flow.answering import Answering
from bot.flow.approval import ApprovalDesk
from bot.flow.casework import Casework
from bot.flow.correspondence import Correspondence
from bot.flow.delivery import Delivery
from bot.flow.intake import Intake
from bot.flow.posting import Post
from bot.flow.reading import ReadingRoom
from bot.flow.treatment import Treatment
from bot.machine import SystemEntropy
from storage import open_store
from tests.fakes.ports import MESSAGE, PlainParser, PlainWriter, ToldReader
from tests.flow.conftest import HOUSE, KIM, LEE

MAILS = {
    "ann@example.com": "copy of my data",
    "bob@example.com": "you leaked my data",
    "zoe@example.com": "no more newsletters",
    "shop@example.com": "invoice 12",
    "eve@example.com": "copy and erase",
}
CASES = 4
"""How many of these are requests."""


class LateClock:
    """The machine's clock, put forward so that a dead process's leases have run out."""

    def __init__(self, seconds: float) -> None:
        self.ahead = timedelta(seconds=seconds)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Fuse:
    """Counts checkpoints and kills this very process at the chosen one."""

    kill_at: int
    passed: int = 0

    def burn(self) -> None:
        """Pass a checkpoint, or die at it."""
        self.passed += 1
        if self.passed == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class FusedStore:
    """The real store with a checkpoint before and after every commit."""

    store: Store
    fuse: Fuse

    async def transact(self, work: Callable[[Unit], Any], *, ahead: bool = False) -> Any:
        self.fuse.burn()
        result = await self.store.transact(work, ahead=ahead)
        self.fuse.burn()
        return result

    async def wait(self, topic: str, timeout: float) -> None:  # noqa: ASYNC109
        await self.store.wait(topic, timeout)


@dataclass
class Journal:
    """An append-only file the outside world keeps: what reached it stays, whatever dies here."""

    path: Path
    lines: list[dict[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.lines = [json.loads(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []

    def write(self, **line: str) -> None:
        """Append one line durably."""
        self.lines.append(line)
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")


@dataclass
class FusedCourier:
    """Hands over to a journal, with a checkpoint before and after."""

    journal: Journal
    fuse: Fuse

    async def send(self, outgoing: Outgoing) -> str:
        self.fuse.burn()
        self.journal.write(
            id=outgoing.message_id, to=outgoing.recipient.value, kind=outgoing.kind, case=outgoing.case_id
        )
        self.fuse.burn()
        return "journal"


async def work(job: dict[str, Any]) -> None:
    folder, fuse, clock, entropy = Path(job["folder"]), Fuse(job["kill_at"]), LateClock(job["ahead"]), SystemEntropy()
    acknowledged = Journal(folder / "acknowledged.jsonl")
    sent = Journal(folder / "sent.jsonl")
    reader = taught_reader()
    async with open_store(job["url"], folder / "keys.json") as real:
        store = FusedStore(real, fuse)
        post = Post(HOUSE, PlainWriter(), entropy)
        answering = Answering(post)
        treatment = Treatment(answering, Correspondence(post), Casework(HOUSE, entropy))
        room = ReadingRoom(store, {MAIL: PlainParser()}, reader, treatment, clock)
        delivery = Delivery(store, {MAIL: FusedCourier(sent, fuse)}, answering, clock, entropy)
        approval = ApprovalDesk(store, answering, treatment.casework, treatment.correspondence, clock)
        intake = Intake(store, clock)
        known = {line["event"] for line in acknowledged.lines}
        for sender, text in MAILS.items():
            if sender not in known:
                await intake.accept([arrival(sender, text, clock.now())])
                fuse.burn()
                acknowledged.write(event=sender)
                fuse.burn()
        await until_quiet(room.read_batch, delivery)
        for draft in await real.transact(lambda unit: unit.drafts.listed(DraftStatus.WAITING)):
            for colleague in (KIM, LEE)[: draft.approvers_needed]:
                if colleague not in {given.staff for given in draft.approvals}:
                    await approval.approve(draft.id, colleague)
        await until_quiet(room.read_batch, delivery)
    (folder / "checkpoints").write_text(str(fuse.passed))


async def until_quiet(read_batch: Callable[[], Any], delivery: Delivery) -> None:
    while await read_batch() or await delivery.deliver_batch():
        pass


def arrival(sender: str, text: str, now: datetime) -> Inbound:
    message = Message(
        MAIL,
        Handle(MAIL, sender),
        text=text,
        message_id=f"<{sender}>",
        authentication=Authentication(dmarc=Verdict.PASS),
    )
    return Inbound(MAIL, "info/INBOX", sender, now, [MESSAGE.dump_json(message)])


def taught_reader() -> ToldReader:
    reader = ToldReader()
    reader.tell("copy of my data", RequestType.ACCESS)
    reader.tell("you leaked my data", RequestType.COMPLAINT)
    reader.tell("no more newsletters", RequestType.UNSUBSCRIBE, scopes=frozenset({Scope.EMAIL}))
    reader.tell("copy and erase", RequestType.ACCESS, RequestType.ERASURE)
    return reader


if __name__ == "__main__":
    asyncio.run(work(json.loads(Path(sys.argv[1]).read_text())))

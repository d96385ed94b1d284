"""Long days: thousands of mails through parser, reader, letters and outbox in one process; nothing piles up."""

import asyncio
import json
import random
import resource
import tempfile
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import storage
from bot.channels.mime.process import MimeParser
from bot.channels.sender_auth.resolver import StaticResolver
from bot.core.messages import MAIL, Inbound
from bot.core.records import Disposition
from bot.core.unit import Unit
from bot.flow.answering import Answering
from bot.flow.casework import Casework
from bot.flow.correspondence import Correspondence
from bot.flow.delivery import Delivery
from bot.flow.intake import Intake
from bot.flow.posting import Post
from bot.flow.reading import ReadingRoom
from bot.flow.treatment import Treatment
from bot.machine import SystemClock, SystemEntropy
from replies import Company, LetterWriter
from tests.campaigns.doomed_desk import MAILS, taught_reader
from tests.fakes.ports import KeptCourier
from tests.flow.conftest import HOUSE

BATCH = 50
A_DAY = 5_000
MOST_GROWTH = 64
"""MiB of resident memory that may be added after the first tenth."""


def run(seed: int, count: int, state_dir: Path) -> Mapping[str, int]:
    """Let `count` mails walk the street, day after day, and return what was found; goes on where it was stopped."""
    progress = state_dir / f"soak-{seed}.json"
    tally = Counter(json.loads(progress.read_text()) if progress.exists() else {})
    while tally["mails"] < count:
        with tempfile.TemporaryDirectory() as name:
            today = min(A_DAY, count - tally["mails"])
            tally.update(asyncio.run(soak(f"{seed}-{tally['mails']}", today, Path(name))))
        progress.write_text(json.dumps(tally))
    return tally


async def soak(seed: str, count: int, folder: Path) -> Mapping[str, int]:
    url, clock, entropy = f"sqlite:///{folder}/intake.db", SystemClock(), SystemEntropy()
    storage.migrate(url)
    dice, tally = random.Random(seed), Counter[str]()
    post = Post(HOUSE, LetterWriter(Company("Nexio Projects", "info@nexioprojects.com")), entropy)
    answering = Answering(post)
    treatment = Treatment(answering, Correspondence(post), Casework(HOUSE, entropy))
    parser, courier = MimeParser(StaticResolver({})), KeptCourier()
    async with storage.open_store(url, folder / "keys.json") as store:
        intake, room = Intake(store, clock), ReadingRoom(store, {MAIL: parser}, taught_reader(), treatment, clock)
        delivery = Delivery(store, {MAIL: courier}, answering, clock, entropy)
        early = 0
        for start in range(0, count, BATCH):
            await intake.accept([mail(number, dice) for number in range(start, min(start + BATCH, count))])
            while await room.read_batch() or await delivery.deliver_batch():
                courier.sent.clear()
            if start <= count // 10:
                early = resident()
        grown = resident() - early

        def look(unit: Unit) -> dict[str, int]:
            return {kind.value: len(unit.inbox.listed(kind, limit=count)) for kind in Disposition}

        tally.update(await store.transact(look))
    await parser.aclose()
    accounted = sum(tally.values()) - tally[Disposition.RECEIVED]
    tally.update({"mails": count, "lost": count - accounted, "grown_mib": grown, "failed": int(grown > MOST_GROWTH)})
    return tally


def mail(number: int, dice: random.Random) -> Inbound:
    text = dice.choice(list(MAILS.values()))
    sender = f"person{dice.randrange(10_000)}@example.com"
    head = [f"From: {sender}", "To: info@nexioprojects.com", "Subject: hello", f"Message-ID: <{number}@example.com>"]
    raw = "\r\n".join([*head, "", text, ""]).encode()
    return Inbound(MAIL, "info/INBOX", str(number), datetime.now(UTC), [raw])


def resident() -> int:
    """Return the peak resident memory of this process in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

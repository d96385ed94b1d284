"""How soon a chat is safe and answered: sixteen people at once over the signed webhook, until stored and until drafted.

Run `python -m tests.bench.bench_chats [URL]` from the checkout with a trained reader; without a URL it measures a
throw-away SQLite file. The desk is one process with all its roles; the reader beside it is another, whose time is not
counted as the desk's. The people and the platform are a third (`chatting.py`): in one with the desk they would take a
third of its only core's time, and looking for what is drafted, sixteen questions fifty times a second to the very
connection that writes, another quarter, which nobody's desk meets.
"""

import asyncio
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import storage
from bot.bootstrap import open_desk
from bot.console.app import build_app
from bot.health import health
from bot.service import be_ready, webhooks
from bot.settings import settings_from
from tests.bench.chatting import AT_ONCE, MESSAGES, SECRET
from tests.servers.web import served


def told(name: str, seconds: Sequence[float], most: float) -> str:
    p50, p99 = statistics.median(seconds), statistics.quantiles(seconds, n=100)[98]
    verdict = "kept" if p99 <= most else "MISSED"
    figures = f"p50 {p50 * 1000:5.0f} ms, p99 {p99 * 1000:5.0f} ms"
    return f"{name:>8}: {figures}, to be at most {most * 1000:.0f} ms: {verdict}\n"


async def heard(people: Process) -> Any:
    """Return the next thing the other process says."""
    line = await people.stdout.readline() if people.stdout else b""
    if not line:
        raise RuntimeError("the people went away: what they say stands above")
    return json.loads(line)


async def main(url: str, folder: Path) -> None:
    (folder / "secret").write_text(SECRET)
    module = (sys.executable, "-m", "tests.bench.chatting", url)
    people = await asyncio.create_subprocess_exec(*module, stdin=PIPE, stdout=PIPE, limit=1 << 20)
    platform = (await heard(people))["platform"]
    entry = {"kind": "webhook", "name": "sms", "url": f"{platform}/rights", "secret_files": ["secret"]}
    company = {"name": "Nexio", "contact": "info@example.com", "country": "NL", "timezone": "Europe/Amsterdam"}
    settings = settings_from(
        {
            "company": company | {"domains": ["example.com"]},
            "storage": {"url": url},
            "social": [entry],
            "reading": {"quiet_seconds": 0},
        },
        base=folder,
    )
    storage.migrate(settings.database_url)
    async with open_desk(settings) as desk, served(build_app(lambda: health(desk), webhooks(desk))) as ours:
        await be_ready(desk)
        working = [asyncio.create_task(work) for work in (desk.reading.run(), desk.delivery.run())]
        if people.stdin is not None:
            people.stdin.write(json.dumps({"hook": f"{ours}/webhooks/sms"}).encode() + b"\n")
        await heard(people)
        load, before = os.getloadavg()[0], time.process_time()
        measured = await heard(people)
        cost = (time.process_time() - before) / MESSAGES
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
    await people.wait()
    sys.stdout.write(
        f"{url.partition(':')[0]}: {MESSAGES} messages, {AT_ONCE} at once, {MESSAGES / measured['seconds']:.0f}/s, "
        f"{cost * 1000:.1f} ms of the desk's processor time each, load {load:.1f} on {os.cpu_count()} cores\n"
    )
    sys.stdout.write(told("stored", measured["stored"], 0.1) + told("drafted", measured["drafted"], 0.5))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        chosen = next(itertools.islice(sys.argv, 1, None), f"sqlite:///{place}/desk.db")
        asyncio.run(main(chosen, Path(place)))

"""SIGTERM: what is in hand is finished, what is not begun waits whole, and nothing is left half done."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

import pytest

import storage
from bot.bootstrap import open_desk
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.messages import MAIL, Inbound
from bot.core.records import Claimed, Disposition
from bot.core.unit import Unit
from bot.settings import Settings, load_settings
from tests.servers.process import HOST, PATIENCE
from tests.servers.smtp_sink import Conduct, SmtpSink

Found = TypeVar("Found")

SETTINGS: Final = """
[company]
name = "Nexio Projects"
contact = "info@nexioprojects.com"
country = "NL"
timezone = "Europe/Amsterdam"
domains = ["nexioprojects.com"]
[storage]
url = "sqlite:///intake.db"
[smtp_out]
host = "{host}"
port = {port}
tls = "none"
"""
MAIL_TEXT: Final = (
    "From: Ann Peeters <ann{number}@example.com>\r\nTo: info@nexioprojects.com\r\n"
    "Message-ID: <{number}@example.com>\r\n"
    "Subject: my data\r\n\r\nPlease send me a copy of all the personal data you hold about me.\r\n"
)


class Ended:
    """A desk in a folder, the mails that wait in it, and a service that is told to end."""

    def __init__(self, folder: Path, sink: SmtpSink) -> None:
        self.config = folder / "intake.toml"
        self.config.write_text(SETTINGS.format(host=HOST, port=sink.port))
        self.settings: Settings = load_settings(self.config)
        self.settings.make_data_dir()
        storage.migrate(self.settings.database_url)

    async def keep(self, mails: int) -> None:
        """Let so many requests arrive, unread."""
        now = datetime.now(UTC)
        texts = [MAIL_TEXT.format(number=number).encode() for number in range(mails)]
        async with open_desk(self.settings, reaching=False) as desk:
            await desk.intake.accept([Inbound(MAIL, "test", str(n), now, [raw]) for n, raw in enumerate(texts)])

    @contextmanager
    def serving(self, roles: str) -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "-m", "bot", "serve", "--role", roles, "--config", str(self.config)]
        with subprocess.Popen(command) as service:
            try:
                yield service
            finally:
                service.kill()

    async def read(self) -> int:
        """Return how many mails were read to their end."""
        return len(await self._ask(lambda unit: unit.inbox.listed(Disposition.CASE, limit=500)))

    async def unread(self) -> list[Claimed]:
        """Return what waits to be read, in nobody's hands."""
        now = datetime.now(UTC)
        return list(await self._ask(lambda unit: unit.inbox.claim(now, 500, timedelta(minutes=1))))

    async def outbox(self) -> list[Outgoing]:
        return list(await self._ask(lambda unit: unit.outbox.listed(limit=500)))

    async def _ask(self, look: Callable[[Unit], Found]) -> Found:
        async with storage.open_store(self.settings.database_url, self.settings.keys_path) as store:
            return await store.transact(look)


@pytest.fixture
def ended(tmp_path: Path, smtp_sink: SmtpSink) -> Ended:
    return Ended(tmp_path, smtp_sink)


async def test_a_letter_on_its_way_gets_its_receipt(ended: Ended, smtp_sink: SmtpSink) -> None:
    await ended.keep(1)
    smtp_sink.usual = Conduct(delay=2.0)
    with ended.serving("worker,delivery") as service:
        smtp_sink.wait_for(1, PATIENCE)
        service.send_signal(signal.SIGTERM)  # the server has the letter and has not said so yet
        assert service.wait(PATIENCE) == 0
    (letter,) = await ended.outbox()
    assert letter.state is DeliveryState.SENT
    assert letter.attempts == 1
    assert len(smtp_sink.received) == 1


async def test_a_batch_that_was_begun_is_read_and_the_rest_waits_untouched(ended: Ended) -> None:
    await ended.keep(200)
    with ended.serving("worker") as service:
        until = time.monotonic() + PATIENCE
        while not await ended.read():
            assert time.monotonic() < until
        service.send_signal(signal.SIGTERM)
        assert service.wait(PATIENCE) == 0
    read, unread = await ended.read(), await ended.unread()
    assert 0 < read < 200
    assert read + len(unread) == 200  # nothing is left under a lease that nobody holds
    assert all(waiting.attempts == 1 for waiting in unread)  # this test's own claim is the first

"""Two processes with the same roles on one database: one polls the mailbox, and the other when the first is killed."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.process import HOST, PATIENCE, free_ports

SETTINGS: Final = """
[company]
name = "Nexio Projects"
contact = "info@nexioprojects.com"
country = "NL"
timezone = "Europe/Amsterdam"
domains = ["nexioprojects.com"]
[storage]
url = "{url}"
[[mailbox]]
name = "info"
host = "{host}"
port = {port}
tls = "none"
user = "{user}"
password_file = "imap"
poll_seconds = 1
[console]
listen = "{listen}"
"""


class Process:
    """`serve` with intake and console; its health says whether it is the one that polls."""

    def __init__(self, config: Path, console: int) -> None:
        self.console = console
        command = [sys.executable, "-m", "bot", "serve", "--role", "intake,console", "--config", str(config)]
        self.running = subprocess.Popen(command)

    def mailbox(self) -> dict[str, Any]:
        """Return what it knows of the mailbox; empty while it starts."""
        try:
            health = httpx.get(f"http://{HOST}:{self.console}/health").json()
        except httpx.TransportError:
            return {}
        found: dict[str, Any] = health["channels"]["info"]
        return found

    def polls(self) -> bool:
        return bool(self.mailbox().get("here"))


@pytest.fixture
def start(database_url: str, dovecot: Dovecot, tmp_path: Path) -> Iterator[Callable[[], Process]]:
    account = dovecot.account("nexioprojects.com")
    (tmp_path / "imap").write_text(account.password)
    with ExitStack() as stack:

        def begin() -> Process:
            (console,) = free_ports(1)
            config = tmp_path / f"{console}.toml"
            mailbox = {"host": dovecot.host, "port": dovecot.imap_port, "user": account.user}
            config.write_text(SETTINGS.format(url=database_url, listen=f"{HOST}:{console}", **mailbox))
            subprocess.run([sys.executable, "-m", "bot", "migrate", "--config", str(config)], check=True)
            process = Process(config, console)
            stack.callback(process.running.wait)
            stack.callback(process.running.kill)
            return process

        yield begin


def wait_for(seen: Callable[[], object], seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < until, "nothing happened"
        time.sleep(0.1)


def test_one_polls_and_the_other_takes_over_when_it_is_killed(start: Callable[[], Process]) -> None:
    first = start()
    wait_for(first.polls)
    second = start()
    wait_for(second.mailbox)
    time.sleep(2)  # two rounds of polling, had it any
    assert not second.polls()
    assert first.polls()
    first.running.kill()
    wait_for(second.polls, 10)

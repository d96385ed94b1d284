"""`nexio-intake serve` as a process of its own: which roles it plays, how it ends, what it says when it can't begin."""

import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.servers.process import HOST, PATIENCE, free_ports

SETTINGS: Final = """
[company]
name = "Nexio Projects"
contact = "info@nexioprojects.com"
country = "NL"
timezone = "Europe/Amsterdam"
domains = ["nexioprojects.com"]
[storage]
url = "sqlite:///intake.db"
[smtp_in]
listen = "{host}:{mail}"
[console]
listen = "{host}:{console}"
"""


class Served:
    """A settings file in a folder, and what can be started with it."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "intake.toml"
        self.mail, self.console = free_ports(2)
        self.config.write_text(SETTINGS.format(host=HOST, mail=self.mail, console=self.console))
        with self.start("migrate") as migrating:
            assert migrating.wait(PATIENCE) == 0

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "bot", *words, "--config", str(self.config)]
        return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)

    def answers(self, process: subprocess.Popen[str], port: int) -> bool:
        """Wait until somebody listens on a port, or the process is gone."""
        while process.poll() is None:
            with socket.socket() as line:
                if line.connect_ex((HOST, port)) == 0:
                    return True
        return False


@pytest.fixture
def served(tmp_path: Path) -> Served:
    return Served(tmp_path)


def test_a_mix_of_roles_is_played_until_sigterm(served: Served) -> None:
    with served.start("serve", "--role", "delivery, console") as service:
        assert served.answers(service, served.console)
        assert httpx.get(f"http://{HOST}:{served.console}/health").json()["ok"]
        with socket.socket() as line:
            assert line.connect_ex((HOST, served.mail)) != 0  # intake was not asked for
        service.send_signal(signal.SIGTERM)
        assert service.wait(PATIENCE) == 0
        assert service.stderr is not None
        assert service.stderr.read().startswith("Nexio Projects: serving console, delivery\n")


@pytest.mark.parametrize(("role", "door"), [("console", "console"), ("intake", "mail")])
def test_a_taken_port_ends_the_start_with_one_sentence(served: Served, role: str, door: str) -> None:
    port: int = getattr(served, door)
    with socket.create_server((HOST, port)), served.start("serve", "--role", role) as service:
        _, told = service.communicate(timeout=PATIENCE)
    assert service.returncode == 1
    *_, sentence = told.splitlines()
    assert "Traceback" not in told
    assert sentence.startswith(f"nexio-intake: {HOST}:{port} can't be listened on (Address already in use): end what")


def test_a_reader_that_was_never_trained_ends_the_start_with_one_sentence(served: Served) -> None:
    served.config.write_text(served.config.read_text() + '[reading]\nmodel = "nowhere"\n')
    with served.start("serve", "--role", "worker") as service:
        _, told = service.communicate(timeout=PATIENCE)
    assert service.returncode == 1
    folder = served.config.parent / "nowhere"
    (sentence,) = told.splitlines()[1:]
    advice = f"run `nexio-intake train --out {folder}`"
    assert sentence == f"nexio-intake: there is no pipeline in {folder}: {advice}"

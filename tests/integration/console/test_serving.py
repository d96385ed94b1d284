"""The address the console is served at."""

import socket

import pytest

from bot.console.server import taken
from bot.core.errors import CannotListen
from tests.servers.process import HOST


def test_no_answer_waits_for_the_other_side_to_acknowledge_its_beginning() -> None:
    """Whatever is accepted sends at once: a page behind a proxy came 40 ms later else."""
    with taken(f"{HOST}:0") as door, socket.create_connection(door.getsockname()):
        accepted, _ = door.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_an_address_in_use_is_told_and_ends_nothing() -> None:
    with taken(f"{HOST}:0") as door:
        port = door.getsockname()[1]
        with pytest.raises(CannotListen, match=str(port)):
            taken(f"{HOST}:{port}")

"""The reader in a process of its own: says what the reader says, is replaced when lost, never stops the desk."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.errors import ReaderFailed, ReaderUnusable
from bot.core.rights import RequestType
from bot.reader_process import ReaderProcess
from classifiers.pipeline import PipelineReader

ASK = ("", "Delete my account", "chat")


def impostor(behaviour: str) -> tuple[str, ...]:
    """Return a child that misbehaves once it was asked."""
    return (sys.executable, "-I", "-c", f"import json, os, sys, time\nsys.stdin.readline()\n{behaviour}")


@pytest.fixture
def apart(tiny_model: Path) -> Iterator[ReaderProcess]:
    reader = ReaderProcess(tiny_model)
    yield reader
    reader.close()


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("", "Delete my account"),
        ("Mes données", "Supprimez mon compte.\nMon adresse est a@example.org, mon nom Zoé Müller."),
        ("", ""),
        ("", "👩‍👧 \x00 \u202e \ud83d {\"reading\": 1}\r\n\u2028 'stop'"),
        ("", "Wis al mijn gegevens. " + "Het regende gisteren in Gent. " * 20_000),
    ],
    ids=["plain", "with names", "empty", "odd signs", "long"],
)
def test_it_says_what_the_reader_says(apart: ReaderProcess, reader: PipelineReader, subject: str, text: str) -> None:
    here, there = reader.read(subject, text, "email"), apart.read(subject, text, "email")
    # Two processes need not add in one order: the last digits differ
    assert there.scores == pytest.approx(here.scores, rel=1e-4)
    assert (there.confidence, there.any_right) == pytest.approx((here.confidence, here.any_right), rel=1e-4)
    assert [(one.start, one.end) for one in there.evidence] == [(one.start, one.end) for one in here.evidence]
    same = {name: getattr(here, name) for name in ("scores", "confidence", "any_right", "evidence")}
    assert replace(there, **same) == here


def test_without_a_model_it_says_what_to_do_each_time_it_is_asked(tmp_path: Path) -> None:
    reader = ReaderProcess(tmp_path / "none")
    for _ in range(2):
        with pytest.raises(ReaderUnusable, match=r"there is no pipeline in .*none: run `nexio-intake train --out"):
            reader.read(*ASK)
    reader.close()


def test_one_that_was_killed_between_messages_costs_no_message(apart: ReaderProcess) -> None:
    apart.read(*ASK)
    child = apart._child
    assert child is not None
    os.kill(child.pid, 9)
    assert apart.read(*ASK).rights == {RequestType.ERASURE}


def test_who_stops_the_service_leaves_it_for_the_message_in_hand(apart: ReaderProcess) -> None:
    apart.read(*ASK)
    child = apart._child
    assert child is not None
    os.kill(child.pid, signal.SIGTERM)  # as systemd does to all that belongs to a service
    assert apart.read(*ASK).rights == {RequestType.ERASURE}
    assert apart._child is child


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("sys.exit(3)", r"ended without an answer \(exit code 3\)"),
        ("os.kill(os.getpid(), 9)", r"ended without an answer \(exit code -9\)"),
        ("print('hello')", "nonsense"),
        ("print(json.dumps({'reading': {'rights': ['everything']}}))", "nonsense in .* places"),
        ("print(json.dumps({'failed': 'KeyError'}))", "reading failed: KeyError"),
        ("print('{}')", "no reason given"),
    ],
)
def test_a_message_it_does_not_survive_is_told_with_the_reason(tmp_path: Path, behaviour: str, reason: str) -> None:
    reader = ReaderProcess(tmp_path, command=impostor(behaviour))
    with pytest.raises(ReaderFailed, match=reason):
        reader.read(*ASK)
    reader.close()


def test_a_message_that_ends_it_is_tried_twice_and_no_more(tmp_path: Path) -> None:
    tried = f"open({str(tmp_path / 'tries')!r}, 'a').write('x'); sys.exit(1)"
    reader = ReaderProcess(tmp_path, command=impostor(tried))
    with pytest.raises(ReaderFailed):
        reader.read(*ASK)
    assert (tmp_path / "tries").read_text() == "xx"


def test_one_that_is_stuck_is_killed(tmp_path: Path) -> None:
    stuck = f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    reader = ReaderProcess(tmp_path, command=impostor(stuck), wall_seconds=1)
    with pytest.raises(ReaderFailed, match="took more than 1 seconds"):
        reader.read(*ASK)
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text()}").exists()


def test_it_sees_none_of_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEXIO_SECRET", "hunter2")
    reader = ReaderProcess(tmp_path, command=impostor("print(json.dumps({'failed': ' '.join(os.environ)}))"))
    with pytest.raises(ReaderFailed) as told:
        reader.read(*ASK)
    assert "LANG" in str(told.value)
    assert "NEXIO" not in str(told.value)
    reader.close()


def test_closing_ends_it_and_may_be_done_twice(apart: ReaderProcess) -> None:
    apart.read(*ASK)
    child = apart._child
    assert child is not None
    apart.close()
    assert child.returncode == 0
    apart.close()


def test_it_goes_when_the_desk_is_killed(tiny_model: Path, tmp_path: Path) -> None:
    desk = (
        "import os, sys, pathlib\n"
        "from bot.reader_process import ReaderProcess\n"
        f"reader = ReaderProcess(pathlib.Path({str(tiny_model)!r}))\n"
        "reader.read('', 'hello', 'chat')\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(reader._child.pid))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    assert os.spawnl(os.P_WAIT, sys.executable, sys.executable, "-c", desk) == -9
    child = Path("/proc", (tmp_path / "pid").read_text(), "cmdline")
    left = time.monotonic() + 20
    while child.exists() and child.read_bytes() and time.monotonic() < left:
        time.sleep(0.05)
    assert not child.exists() or not child.read_bytes()  # gone, or waiting to be buried by whoever inherited it

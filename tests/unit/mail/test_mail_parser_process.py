"""The reading child: killed when slow, replaced when dead, never believed about the sender, and the service goes on."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from bot.channels.mime.process import MimeParser
from bot.channels.sender_auth.resolver import StaticResolver
from bot.core.errors import Unparsable
from bot.core.messages import Verdict
from bot.core.ports import Parser
from tests.campaigns.mails import MAILS, mail
from tests.unit.mail.reading import inbound, read
from tests.unit.mail.signing import dkim_sign, zone

PARTIAL = (
    "import sys, os, time, json, struct\n"
    "def request():\n"
    "    line = sys.stdin.buffer\n"
    "    size = line.read(4)\n"
    "    if not size: sys.exit()\n"
    "    line.read(struct.unpack('>I', size)[0])\n"
    "    pieces = struct.unpack('>I', line.read(4))[0]\n"
    "    return b''.join(line.read(struct.unpack('>I', line.read(4))[0]) for _ in range(pieces))\n"
    "def answer(body):\n"
    "    sys.stdout.buffer.write(struct.pack('>I', len(body)) + body); sys.stdout.buffer.flush()\n"
)


def impostor(behaviour: str) -> tuple[str, ...]:
    """Return a child that misbehaves."""
    return (sys.executable, "-I", "-c", PARTIAL + behaviour)


@pytest.fixture
async def parser() -> AsyncIterator[MimeParser]:
    parser = MimeParser(StaticResolver(zone()))
    yield parser
    await parser.aclose()


async def test_the_child_reads_as_the_function_does(parser: Parser) -> None:
    for raw in MAILS.values():
        assert await parser.parse(inbound(raw)) == read(raw)


async def test_the_sender_is_looked_up_on_this_side(parser: Parser) -> None:
    raw = dkim_sign(mail(**{"from": "jan@example.org"}))
    message = await parser.parse(inbound(raw, peer="198.51.100.7", helo="x", envelope_from="a@fwd.example.net"))
    assert message.authentication.dmarc is Verdict.PASS


async def test_a_trap_is_refused_with_its_reason_and_the_next_mail_is_read(parser: Parser) -> None:
    with pytest.raises(Unparsable, match="charset"):
        await parser.parse(inbound(mail(content_type="text/plain; charset=punycode")))
    assert (await parser.parse(inbound(mail()))).subject == "Mijn gegevens"


async def test_mails_offered_together_do_not_mix(parser: Parser) -> None:
    subjects = [f"mail {number}" for number in range(20)]
    messages = await asyncio.gather(*(parser.parse(inbound(mail(subject=subject))) for subject in subjects))
    assert [message.subject for message in messages] == subjects


async def test_a_slow_child_is_killed_and_replaced(tmp_path: Path) -> None:
    mark = tmp_path / "once"
    slow_once = f"request()\nif not os.path.exists({str(mark)!r}):\n    open({str(mark)!r}, 'w'); time.sleep(60)\n"
    parser = MimeParser(
        StaticResolver({}),
        command=impostor(slow_once + "answer(json.dumps({'unparsable': 'second child'}).encode())"),
        wall_seconds=0.5,
    )
    began = time.monotonic()
    with pytest.raises(Unparsable, match=r"more than 0\.5 seconds"):
        await parser.parse(inbound(mail()))
    assert time.monotonic() - began < 5
    with pytest.raises(Unparsable, match="second child"):
        await parser.parse(inbound(mail()))
    await parser.aclose()


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("request(); os.kill(os.getpid(), 9)", "killed by SIGKILL"),
        ("request(); os._exit(3)", "exit code 3"),
        ("sys.exit(4)", "exit code 4"),
        ("request(); answer(b'not json')", "nonsense"),
        ("request(); answer(b'[]')", "nonsense"),
        ("request(); answer(json.dumps({'message': {'channel': 'email'}}).encode())", "nonsense"),
        ("request(); answer(b'[' * 100000)", "nonsense"),
        ("request(); sys.stdout.buffer.write(b'\\xff\\xff\\xff\\xff'); sys.stdout.flush(); time.sleep(9)", "ended"),
        ("request(); sys.stdout.buffer.write(b'\\0\\0\\0\\9half'); sys.stdout.flush(); os._exit(0)", "exit code 0"),
    ],
)
async def test_whatever_the_child_does_the_mail_is_parked_with_a_reason(behaviour: str, reason: str) -> None:
    parser = MimeParser(StaticResolver({}), command=impostor(behaviour))
    with pytest.raises(Unparsable, match=reason):
        await parser.parse(inbound(mail()))
    await parser.aclose()


async def test_a_child_taken_over_cannot_lend_a_mail_another_sender() -> None:
    lie = {
        "channel": "email",
        "sender": {"channel": "email", "value": "victim@example.org"},
        "authentication": {"dmarc": "pass"},
        "text": "erase me",
    }
    parser = MimeParser(
        StaticResolver(zone()), command=impostor(f"request(); answer(json.dumps({{'message': {lie!r}}}).encode())")
    )
    message = await parser.parse(inbound(mail(**{"from": "x@evil.example"})))
    assert message.sender.value == "x@evil.example"
    assert message.authentication.dmarc is Verdict.NONE
    await parser.aclose()


async def test_a_child_that_died_between_mails_costs_nobody_a_mail(parser: MimeParser) -> None:
    await parser.parse(inbound(mail()))
    child = parser._child
    assert child is not None
    os.kill(child.pid, 9)
    assert (await parser.parse(inbound(mail()))).subject == "Mijn gegevens"


async def test_a_child_is_replaced_after_so_many_mails() -> None:
    parser = MimeParser(StaticResolver({}), mails_per_child=2)
    pids = []
    for _ in range(4):
        await parser.parse(inbound(mail()))
        assert parser._child is not None
        pids.append(parser._child.pid)
    assert pids[0] == pids[1] != pids[2] == pids[3]
    await parser.aclose()


async def test_a_cancelled_reader_leaves_no_answer_for_the_next(parser: MimeParser) -> None:
    await parser.parse(inbound(mail()))
    task = asyncio.create_task(parser.parse(inbound(mail("x\r\n" * 2_000_000, subject="first"))))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await parser.parse(inbound(mail(subject="second")))).subject == "second"


async def test_the_child_sees_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEXIO_SECRET", "hunter2")
    tell = "request(); answer(json.dumps({'unparsable': ' '.join(os.environ)}).encode())"
    parser = MimeParser(StaticResolver({}), command=impostor(tell))
    with pytest.raises(Unparsable) as told:
        await parser.parse(inbound(mail()))
    assert "NEXIO" not in str(told.value)
    await parser.aclose()


@pytest.mark.parametrize(
    ("abuse", "ending"),
    [
        ("confine(); bytearray(600 * 1024 * 1024)", "exit code 1"),
        ("confine(); open('/tmp/leak', 'ab').write(b'x' * 100_000)", "killed by SIGXFSZ|exit code 1"),
        ("child.CPU_SECONDS = 0; child._allow_cpu()\nwhile True: pass", "killed by SIGXCPU"),
    ],
)
async def test_the_child_has_little_memory_time_and_no_files(abuse: str, ending: str) -> None:
    source = "from bot.channels.mime import child\nfrom bot.channels.mime.child import confine\n"
    # A busy machine may take long over one second of processor time; the wall clock is another test's.
    parser = MimeParser(StaticResolver({}), command=impostor(f"{source}request()\n{abuse}"), wall_seconds=120)
    with pytest.raises(Unparsable, match=ending):
        await parser.parse(inbound(mail()))
    await parser.aclose()


async def test_a_mail_that_swells_does_not_stop_the_service(parser: MimeParser) -> None:
    # Thirty megabytes of quoted-printable HTML; whatever comes of it, the next mail is read
    raw = mail("<p>=C3=A9</p>" * 2_500_000, content_type="text/html", content_transfer_encoding="quoted-printable")
    with suppress(Unparsable):
        await parser.parse(inbound(raw))
    assert (await parser.parse(inbound(mail()))).subject == "Mijn gegevens"


async def test_closing_ends_the_child(parser: MimeParser) -> None:
    await parser.parse(inbound(mail()))
    child = parser._child
    await parser.aclose()
    assert child is not None
    assert child.returncode is not None
    await parser.aclose()

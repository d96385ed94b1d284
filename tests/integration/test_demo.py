"""The demo: its post office and page, and the whole service with the whole cast."""

import asyncio
import re
import smtplib
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from io import StringIO
from pathlib import Path
from typing import Final

import httpx
import pytest
from rich.console import Console

from bot.demo.mailbox_page import mailbox_app
from bot.demo.post_office import PostOffice
from bot.demo.premises import HOST, free_ports
from bot.demo.stock import Stock
from bot.demo.stream import Line, show

ROOT: Final = Path(__file__).parents[2]
SHINGLE: Final = 10  # shorter ones are the common formulas of such letters

EMPTY: Final = Stock(cases={}, drafts={}, outgoing={}, messages={}, suppressions=0, desk=[], suppressed=[])


@pytest.fixture
async def office() -> AsyncIterator[tuple[PostOffice, int]]:
    office, port = PostOffice(), free_ports().mail_out
    async with office.open(HOST, port):
        yield office, port


@pytest.fixture
async def page(office: tuple[PostOffice, int]) -> AsyncIterator[tuple[httpx.AsyncClient, asyncio.Event]]:
    async def count() -> Stock:
        return EMPTY

    done = asyncio.Event()
    transport = httpx.ASGITransport(mailbox_app(office[0], count, done))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client, done


async def send(port: int, *recipients: str, html: str = "<p>Hello</p>") -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "info@nexioprojects.com", recipients[0], "<b>Code</b> & réponse"
    mail.set_content("Bonjour\n")
    mail.add_alternative(html, subtype="html")

    def hand_over() -> None:
        with smtplib.SMTP(HOST, port) as server:
            server.send_message(mail, to_addrs=list(recipients))

    await asyncio.to_thread(hand_over)


async def test_the_post_office_keeps_one_mail_for_each_recipient(
    office: tuple[PostOffice, int], page: tuple[httpx.AsyncClient, asyncio.Event]
) -> None:
    await send(office[1], "Ann@Example.com", "bob@example.org")
    client, _ = page
    everything = (await client.get("/mail.json")).json()
    assert [mail["to"] for mail in everything] == ["ann@example.com", "bob@example.org"]
    (mine,) = (await client.get("/mail.json", params={"to": "ann@example.com"})).json()
    assert (mine["subject"], mine["text"].strip()) == ("<b>Code</b> & réponse", "Bonjour")
    assert (await client.get("/mail.json", params={"to": "ann@example.com", "after": mine["number"]})).json() == []


async def test_the_page_shows_mail_and_lets_none_of_it_act(
    office: tuple[PostOffice, int], page: tuple[httpx.AsyncClient, asyncio.Event]
) -> None:
    evil = "<script>alert(1)</script><img src=https://tracker.example/pixel>"
    await send(office[1], "ann@example.com", html=evil)
    client, _ = page
    mailboxes, mail, letter = [await client.get(path) for path in ("/", "/mail/1", "/mail/1/html")]
    for shown in (mailboxes, mail):
        assert "<b>Code" not in shown.text
        assert "&lt;b&gt;Code" in shown.text
        assert "<script" not in shown.text
        assert "default-src 'none'" in shown.headers["content-security-policy"]
        assert not re.search(r'(?:src|href)="(?![/#])', shown.text), "something from elsewhere"
    assert '<iframe sandbox title="The mail as HTML" src="/mail/1/html">' in mail.text
    policy = letter.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy.split("; ")
    assert (await client.get("/mail/2")).status_code == 404


async def test_the_page_answers_this_machine_only(page: tuple[httpx.AsyncClient, asyncio.Event]) -> None:
    client, done = page
    rebound = await client.get("/mail.json", headers={"Host": "attacker.example"})
    assert rebound.status_code == 400
    assert (await client.get("/done")).status_code == 405
    assert not done.is_set()
    assert (await client.post("/done")).status_code == 204
    assert done.is_set()


def test_the_terminal_prints_what_strangers_wrote_as_mere_text() -> None:
    printed = StringIO()
    evil = "\x1b]0;owned\x07[bold]now[/bold]\r\nfake line\u202e"
    show(Console(file=printed, force_terminal=True, width=200), [Line(datetime.now(UTC), "arrived", "cyan", evil)])
    (line,) = printed.getvalue().splitlines()
    assert "[bold]now[/bold] fake line" in line
    assert "\x1b]" not in line
    assert not {"\x07", "\r", "\u202e"} & set(line)


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def shingles(text: str) -> Iterator[tuple[str, ...]]:
    words = words_of(text)
    return zip(*(words[start:] for start in range(SHINGLE)), strict=False)


def test_no_text_of_the_cast_is_training_data() -> None:
    learnt = {
        shingle
        for file in (ROOT / "classifiers" / "data").rglob("*.txt")
        for shingle in shingles(file.read_text(encoding="utf-8"))
    }
    played = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests" / "cast" / "people").glob("*.py"))
    joined = re.sub(r'"\s*\n\s*f?"', "", played).replace("\\n", " ")
    assert learnt
    assert [" ".join(shingle) for shingle in shingles(joined) if shingle in learnt] == []


def test_the_cast_knows_nothing_of_the_service() -> None:
    ours = re.compile(r"^\s*(?:from|import) (?:bot|classifiers|replies|storage)\b", re.MULTILINE)
    for file in (ROOT / "tests" / "cast").rglob("*.py"):
        assert not ours.search(file.read_text(encoding="utf-8")), file


def test_the_whole_service_does_what_the_cast_expects() -> None:
    played = subprocess.run(
        [sys.executable, "-m", "tests.cast", "--once"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert played.returncode == 0, f"{played.stdout[-6000:]}\n{played.stderr[-4000:]}"
    assert "On the desk when the cast went home" in played.stdout

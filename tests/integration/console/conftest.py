"""The console over real HTTP, on a desk with told readers, and colleagues with browsers."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path

import httpx
import pytest

from bot.console.app import build_app
from bot.console.authenticators import WebAuthnDevices
from bot.console.office import Office
from bot.console.server import serve
from bot.core.accounts import Account, PasswordHasher
from bot.core.drafts import Role
from bot.core.entering import Entry
from bot.core.house import House
from bot.core.introductions import Groups, IdentityProvider
from bot.core.messages import Attachment, EnteredBy, Message
from bot.core.one_time import password_at, step_of
from bot.core.ports import Clock, Scanner, Writer
from bot.core.unit import Unit
from bot.flow.announcing import SubscriberDesk
from bot.flow.api_tokens import TokenDesk
from bot.flow.coming_in import FrontDoor
from bot.flow.customers import CustomerImport
from bot.flow.entering import EntryDesk
from bot.flow.ingest import Ingest
from bot.flow.introductions import CompanyDoor
from bot.flow.inviting import Invitations
from bot.flow.passkeys import PasskeyDoor
from bot.flow.regulator_pack import PackDesk
from replies import LetterWriter, SpecimenShelf
from replies.case_page import print_case
from replies.policy import PUBLISHED
from tests.fakes.ports import MESSAGE, CountedEntropy, PlainHasher, TurnedClock
from tests.flow.conftest import WITH_PAGES, TestDesk, open_test_desk
from tests.servers.process import HOST, free_ports, listening

SECRET = b"twenty bytes of salt"
PASSWORD = "four unrelated words"
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass
class Browser:
    """A colleague's browser: it keeps cookies and sends the forms it was shown."""

    http: httpx.AsyncClient
    clock: TurnedClock
    page: str = ""
    last: httpx.Response = field(default_factory=lambda: httpx.Response(0))

    async def open(self, path: str, status: int = 200) -> str:
        """Look at a page, as a browser follows it there."""
        return self._shown(await self.http.get(path, follow_redirects=True), status)

    async def send(self, path: str, status: int = 200, /, **fields: str | list[str]) -> str:
        """Send a form of the page last shown."""
        found = _CSRF.search(self.page)
        data = {"csrf": unescape(found[1]) if found else "", **fields}
        return self._shown(await self.http.post(path, data=data, follow_redirects=True), status)

    async def sign_in(self, email: str, *, code: str = "", status: int = 200) -> str:
        """Come in with the right password and the right code."""
        await self.open("/sign-in")
        await self.send("/sign-in", email=email, password=PASSWORD)
        self.clock.turn(seconds=60)  # a code is taken once
        return await self.send("/sign-in/code", status, code=code or self.code())

    def code(self, secret: bytes = SECRET) -> str:
        """Return what the authenticator shows now."""
        return password_at(secret, step_of(self.clock.at))

    def _shown(self, response: httpx.Response, status: int) -> str:
        assert response.status_code == status, f"{response.status_code} {response.url}\n{response.text[:3000]}"
        self.last, self.page = response, response.text
        return self.page


@dataclass
class Console:
    """The console of a test desk, how to come to it, and the ways in that are `away`."""

    desk: TestDesk
    office: Office
    url: str
    stack: AsyncExitStack
    away: list[str]

    async def browser(self) -> Browser:
        """Return a browser nobody used yet."""
        http = httpx.AsyncClient(base_url=self.url, timeout=20)
        await self.stack.enter_async_context(http)
        return Browser(http, self.desk.clock)

    async def hire(self, email: str, *roles: Role) -> None:
        """Give a colleague an account and exactly these roles."""
        account = Account(
            email, email.partition("@")[0].title(), f"hash of {PASSWORD}", SECRET.hex(), "en", self.desk.clock.at
        )

        def work(unit: Unit) -> None:
            for role in unit.staff.roles(email) - set(roles):
                unit.staff.remove(email, role)
            for role in roles:
                unit.staff.add(email, role)
            unit.accounts.keep(account)

        await self.desk.store.transact(work)

    async def colleague(self, email: str, *roles: Role) -> Browser:
        """Return the browser of a colleague who has come in."""
        await self.hire(email, *roles)
        browser = await self.browser()
        await browser.sign_in(email, status=200 if roles else 403)
        return browser


@asynccontextmanager
async def open_console(
    url: str,
    keys: Path,
    house: House = WITH_PAGES,
    writer: Writer | None = None,
    host: str = HOST,
    company: Callable[[str, Clock], IdentityProvider] | None = None,
    groups: Groups | None = None,
    hasher: PasswordHasher | None = None,
    scanner: Scanner | None = None,
) -> AsyncIterator[Console]:
    """Serve the console of a fresh desk on a port of its own; colleagues reach it by the name of `host`."""
    (port,) = free_ports(1)
    address = f"http://{host}:{port}"
    async with open_test_desk(url, keys, house, writer) as desk, AsyncExitStack() as stack:
        gone: list[str] = []

        async def away() -> Sequence[str]:
            return tuple(gone)

        door = FrontDoor(desk.store, hasher or PlainHasher(), desk.clock, CountedEntropy("door"))
        office = Office(
            house=house,
            store=desk.store,
            clock=desk.clock,
            door=door,
            invitations=Invitations(door),
            company=CompanyDoor(
                door, Invitations(door), company(address, desk.clock) if company else None, groups or Groups()
            ),
            passkeys=PasskeyDoor(door, WebAuthnDevices(address, house.name)),
            approval=desk.approval,
            outbox=desk.outbox_desk,
            outcomes=desk.outcomes,
            extensions=desk.extensions,
            authorities=desk.authorities,
            breaches=desk.breaches,
            vouching=desk.vouching,
            choosing=desk.choosing,
            facts=desk.facts,
            evidence=desk.evidence,
            entries=EntryDesk(desk.store, Ingest(desk.store, desk.room.read_batch, desk.clock), as_message, desk.clock),
            packing=PackDesk(house.name, print_case),
            suppressions=desk.suppressions,
            dossiers=desk.dossiers,
            tasks=desk.tasks,
            redactions=desk.redactions,
            reception=desk.reception,
            retention=desk.retention,
            subscribers=SubscriberDesk(desk.store, house.subscribers, desk.clock),
            tokens=TokenDesk(desk.store, desk.clock, CountedEntropy("tokens")),
            health=_healthy,
            away=away,
            customers=CustomerImport(desk.store, house.numbers, desk.clock, CountedEntropy("customers")),
            specimens=SpecimenShelf(LetterWriter(replace(PUBLISHED, authority="NL"))),
            public_url=address,
            scanner=scanner,
        )
        app = build_app(_healthy, {}, office)
        serving = asyncio.create_task(serve(app, f"{HOST}:{port}", app.state.streams.ending))
        await _served(port)
        try:
            yield Console(desk, office, address, stack, gone)
        finally:
            await stack.aclose()
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


def as_message(entry: Entry) -> bytes:
    """Write an entry down as the test desk's parser reads it."""
    entered = EnteredBy(entry.by, entry.way, entry.reason)
    channel = entry.sender.channel
    files = tuple(
        Attachment(number, paper.name, paper.media_type, len(paper.content))
        for number, paper in enumerate(entry.papers, 1)
    )
    words = Message(channel, entry.sender, text=entry.text, name=entry.name, entered=entered, attachments=files)
    return MESSAGE.dump_json(words)


async def _served(port: int) -> None:
    while not listening(port):  # noqa: ASYNC110 - another task's socket tells nobody
        await asyncio.sleep(0.02)


async def _healthy() -> dict[str, object]:
    well = {"last_error": "", "unwatched": False, "away": False, "backlog": None, "refused": 0, "version": "0.1.0"}
    info = {**well, "last_contact": "2026-03-02T08:59:00+00:00", "unread": 2, "backlog": 3}
    sms = {**well, "last_contact": None, "unread": 0, "refused": 1, "unwatched": True, "away": True}
    waits = {"unread": 2, "unread_since": "2026-03-02T08:00:00+00:00", "letters": 1, "letters_since": None, "parked": 0}
    return {"ok": False, "storage": "", "away": ["sms"], "channels": {"info": info, "sms": sms}, **waits}


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    async with open_console(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys.json") as opened:
        yield opened


def session(browser: Browser) -> str:
    """Return the token of a browser's session, or nothing."""
    return browser.http.cookies.get("desk-session") or ""


def row_of(page: str, word: str) -> str:
    """Return the line of a page that holds a word."""
    return next(line for line in page.splitlines() if word in line)

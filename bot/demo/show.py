"""The demo: the whole service in one program, a post office instead of the internet, and a terminal that tells."""

import asyncio
import shlex
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

import storage
from bot.bootstrap import Desk, open_desk
from bot.console.server import serve
from bot.core.accounts import Account
from bot.core.drafts import Role
from bot.core.unit import Unit
from bot.demo.bot_api import open_bot_api
from bot.demo.mailbox_page import mailbox_app
from bot.demo.post_office import PostOffice
from bot.demo.premises import APPROVERS, HOST, PASSWORD, Ports, announce, free_ports, furnish, withdraw
from bot.demo.stock import Stock, take_stock
from bot.demo.stream import Stream, show
from bot.demo.zone import read_zone
from bot.service import run_service
from bot.settings import load_settings

_LOOK_EVERY: Final = 0.5
_PATIENCE: Final = 30.0


def run(directory: Path, zone: Path | None, *, once: bool, console: Console) -> int:
    """Run the demo; see `bot.demo.run_demo`."""
    return asyncio.run(_run(directory.resolve(), zone, once=once, console=console))


async def _run(directory: Path, zone: Path | None, *, once: bool, console: Console) -> int:
    ports = free_ports()
    config = furnish(directory, ports)
    settings = load_settings(config)
    settings.data_dir.mkdir(exist_ok=True)
    await asyncio.to_thread(storage.migrate, settings.database_url)
    office, done = PostOffice(), asyncio.Event()
    resolver = read_zone(zone) if zone else None
    async with open_desk(settings, resolver=resolver) as desk:
        await _populate(
            desk, _lines(directory / "customers.csv"), (directory / PASSWORD).read_text(encoding="ascii").strip()
        )
        async with _open_doors(directory, desk, office, ports, done):
            _where_to_look(console, config, ports, (directory / PASSWORD).read_text(encoding="ascii").strip())
            await _tell_until(done, desk, console)
        if once:
            _close_books(console, await desk.store.transact(take_stock), len(office.mails))
    return 0


@asynccontextmanager
async def _open_doors(
    directory: Path, desk: Desk, office: PostOffice, ports: Ports, done: asyncio.Event
) -> AsyncIterator[None]:
    """Run the service and the world around it as long as the block lasts; `done` ends it, and so does Ctrl-C."""
    page = mailbox_app(office, lambda: desk.store.transact(take_stock), done)
    async with office.open(HOST, ports.mail_out), open_bot_api(HOST, ports.chat), asyncio.TaskGroup() as group:
        work = [
            group.create_task(serve(page, f"{HOST}:{ports.mailboxes}")),
            group.create_task(_serve_until(desk, done)),
        ]
        for port in (ports.mail_in, ports.mailboxes, ports.console):
            await _listening(port)
        announce(directory, ports)
        try:
            yield
        finally:
            withdraw(directory)
            for task in work:
                task.cancel()


async def _serve_until(desk: Desk, done: asyncio.Event) -> None:
    """Run the service; SIGINT and SIGTERM end it, and the demo with it."""
    try:
        await run_service(desk)
    finally:
        done.set()


async def _listening(port: int) -> None:
    """Wait until somebody answers on a port."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            try:
                _, writer = await asyncio.open_connection(HOST, port)
            except ConnectionRefusedError:
                await asyncio.sleep(_LOOK_EVERY / 10)
            else:
                writer.close()
                await writer.wait_closed()
                return


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines(keepends=True) if file.exists() else []


async def _populate(desk: Desk, customers: list[str], password: str) -> None:
    """Put the customers on record and let two colleagues approve, here or at the console."""
    hashed = await asyncio.to_thread(desk.door.hasher.hash, password)
    now = desk.clock.now()

    def hire(unit: Unit) -> None:
        for colleague in APPROVERS:
            name = colleague.partition("@")[0].title()
            unit.accounts.keep(Account(colleague, name, hashed, one_time_secret="", language="", created_at=now))
            unit.staff.add(colleague, Role.DPO)
        unit.staff.add(APPROVERS[0], Role.ADMINISTRATOR)

    if customers:
        await desk.customers.run(customers)
    await desk.store.transact(hire)


async def _tell_until(done: asyncio.Event, desk: Desk, console: Console) -> None:
    """Print what happens, as it happens, and what happened last."""
    stream = Stream()
    while not done.is_set():
        show(console, await desk.store.transact(stream.news))
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), _LOOK_EVERY)
    show(console, await desk.store.transact(stream.news))


def _where_to_look(console: Console, config: Path, ports: Ports, password: str) -> None:
    """Say where mails can be read and how a draft is approved, in a browser or in commands that can be copied."""
    command, option = _program(), f"--config {shlex.quote(str(config))}"
    first, second = APPROVERS
    console.rule("Rights desk demo")
    for label, text in (
        ("Mails that were sent", f"http://{HOST}:{ports.mailboxes}"),
        ("Write to the desk", f"SMTP {HOST}:{ports.mail_in}, to info@nexioprojects.com"),
        ("Approve in a browser", f"http://{HOST}:{ports.console}  as {first} or {second}, password {password}"),
        ("or here: what waits", f"{command} drafts list {option}"),
        ("Read one draft", f"{command} drafts show ID {option}"),
        ("Approve it", f"{command} drafts approve ID --as {first} {option}"),
        ("and where two must", f"{command} drafts approve ID --as {second} {option}"),
    ):
        console.print(f"{label:<21} {text}", markup=False, soft_wrap=True)
    console.print("Ctrl-C ends the demo.", markup=False)
    console.rule()


def _program() -> str:
    """Return what to type for our own command: it lies beside the Python that runs this, unless nobody installed it."""
    program = Path(sys.executable).with_name("nexio-intake")
    if not program.exists():
        return shlex.join([sys.executable, "-m", "bot"])
    return shlex.quote(str(program.relative_to(Path.cwd()) if program.is_relative_to(Path.cwd()) else program))


def _close_books(console: Console, stock: Stock, mails: int) -> None:
    """Print what a demo that ran to its end leaves on the desk."""
    table = Table(title="On the desk when the cast went home", title_justify="left", show_header=False)
    table.add_row("cases", _counted(stock["cases"]))
    table.add_row("drafts waiting", _counted(stock["drafts"]))
    table.add_row("sent", f"{stock['outgoing'].get('sent', 0)} messages, {mails} of them mails")
    table.add_row("parked", f"{stock['messages'].get('parked', 0)} in, {stock['outgoing'].get('parked', 0)} out")
    table.add_row("other mail", str(stock["messages"].get("other", 0)))
    table.add_row("suppressions", str(stock["suppressions"]))
    console.print(table)


def _counted(counts: dict[str, int]) -> str:
    listed = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sorted(counts.items()))
    return f"{sum(counts.values())}: {listed}" if counts else "none"

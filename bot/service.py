"""The running service: the chosen roles in one program, and an orderly end."""

import asyncio
import gc
import logging
import signal
from collections.abc import Coroutine, Mapping
from enum import StrEnum
from typing import Any, Final

from bot.bootstrap import Desk
from bot.console.app import build_app
from bot.console.office import Office
from bot.console.server import serve as serve_pages
from bot.core.calls import Webhook
from bot.core.errors import RightsDeskError
from bot.core.messages import MAIL
from bot.core.ports import CalledSource, Source
from bot.flow.duty import on_duty
from bot.health import health, versions
from bot.social import file_keepers
from bot.wires import scanner_of

log = logging.getLogger(__name__)


class ServiceRole(StrEnum):
    """What one process does; any mix, in any number of processes on PostgreSQL."""

    INTAKE = "intake"
    WORKER = "worker"
    DELIVERY = "delivery"
    CONSOLE = "console"


ALL_ROLES: Final = frozenset(ServiceRole)


async def be_ready(desk: Desk) -> None:
    """Load the model, so that no message waits for it, and spare the garbage collector what was loaded.

    Our code is 275,000 objects that stay. Going through them all, as the collector does time and again, stops every
    thread for 0.17 s of processor time, and every call with them. Raises ReaderUnusable where there is no model: that
    ends the start, not every message after it.
    """
    await asyncio.to_thread(desk.reader.read, "", desk.house.name, MAIL)
    gc.collect()
    gc.freeze()


async def run_service(desk: Desk, roles: frozenset[ServiceRole] = ALL_ROLES) -> None:
    """Run until SIGTERM or SIGINT (or cancellation); the unit in hand is finished first.

    Raises what ended the service, where it is a failure of ours with a name: CannotListen, or no model to read with.
    """
    if ServiceRole.WORKER in roles:
        await be_ready(desk)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(work, name=name) for name, work in _work(desk, roles)]
            group.create_task(_end(stop, running), name="end")
    except ExceptionGroup as ended:
        ours, others = ended.split(RightsDeskError)
        if ours is None or others is not None:
            raise
        raise ours.exceptions[0] from None
    finally:
        gc.unfreeze()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def _end(stop: asyncio.Event, running: list[asyncio.Task[None]]) -> None:
    await stop.wait()
    log.info("stopping: the work in hand is finished first")
    for task in running:
        task.cancel()


def _work(desk: Desk, roles: frozenset[ServiceRole]) -> list[tuple[str, Coroutine[Any, Any, None]]]:
    work: list[tuple[str, Coroutine[Any, Any, None]]] = []
    if ServiceRole.INTAKE in roles:
        work += [(source.name, _listen(desk, source)) for source in desk.sources]
    if ServiceRole.WORKER in roles:
        work += [
            ("reading", desk.reading.run()),
            ("copying", desk.copying.run()),
            ("timers", on_duty(desk.duties, "timers", desk.timers.run)),
        ]
    if ServiceRole.DELIVERY in roles:
        work += [("delivery", desk.delivery.run()), ("telling", desk.telling.run())]
    if ServiceRole.CONSOLE in roles and desk.settings.console is not None:
        app = build_app(lambda: health(desk), webhooks(desk), office_of(desk))
        work.append(("console", serve_pages(app, desk.settings.console.listen, app.state.streams.ending)))
        if ServiceRole.INTAKE not in roles:  # platforms call this process, and nobody else knows of it
            work.append(("pulse", desk.pulse.run([one for one in desk.sources if isinstance(one, CalledSource)])))
    return work


def _listen(desk: Desk, source: Source) -> Coroutine[Any, Any, None]:
    def run() -> Coroutine[Any, Any, None]:
        return desk.pulse.beside(source, source.run(desk.intake.accept))

    return on_duty(desk.duties, f"source {source.name}", run) if source.one_at_a_time else run()


def office_of(desk: Desk) -> Office:
    """Return the desk as the console needs it."""
    return Office(
        house=desk.house,
        store=desk.store,
        clock=desk.clock,
        door=desk.door,
        invitations=desk.invitations,
        passkeys=desk.passkeys,
        company=desk.company,
        approval=desk.approval,
        outbox=desk.outbox,
        outcomes=desk.outcomes,
        extensions=desk.extensions,
        authorities=desk.authorities,
        breaches=desk.breaches,
        vouching=desk.vouching,
        choosing=desk.choosing,
        facts=desk.facts,
        evidence=desk.evidence,
        entries=desk.entries,
        packing=desk.packing,
        suppressions=desk.suppressions,
        dossiers=desk.dossiers,
        tasks=desk.tasks,
        redactions=desk.redactions,
        reception=desk.reception,
        retention=desk.retention,
        subscribers=desk.subscribers,
        tokens=desk.tokens,
        health=lambda: health(desk),
        away=lambda: desk.pulse.away(desk.sources),
        specimens=desk.specimens,
        customers=desk.customers,
        versions=versions(),
        public_url=desk.settings.company.public_url,
        files=file_keepers(desk.couriers),
        scanner=scanner_of(desk.settings),
    )


def webhooks(desk: Desk) -> Mapping[str, Webhook]:
    """Return the addresses platforms call, by path."""
    return {
        path: webhook
        for source in desk.sources
        if isinstance(source, CalledSource)
        for path, webhook in source.webhooks(desk.intake.accept).items()
    }

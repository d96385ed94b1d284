"""Telling an open page that it has changed, by server-sent events: few, bounded, and over with the session.

A page says by its mark what it shows. Its stream says one word and ends: that the page has changed, or that the session
has ended. It never carries contents, and the page never changes by itself.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from bot.console.admission import Admitted, Visit
from bot.core.case import Case
from bot.core.day import Day
from bot.core.errors import NotFound, StorageUnavailable
from bot.core.unit import Store
from bot.flow.case_file import history_seen, seen_case
from bot.flow.day import day_of
from bot.flow.marks import mark_of_case, mark_of_day

router = APIRouter()

Look = Callable[[], Awaitable[str]]
"""Returns the mark of what a page would show now."""

BEAT: Final = 15.0
"""Seconds between two signs of life: proxies end a connection that is silent for a minute."""
SETTLE: Final = 1.0
"""Seconds to wait after a change, so that a burst of them is looked at once."""
MOST: Final = 200
MOST_EACH: Final = 8

_FIRST: Final = "retry: 5000\n\n"
_ALIVE: Final = ": nothing has changed\n\n"
_CHANGED: Final = "event: changed\ndata: .\n\n"
_ENDED: Final = "event: ended\ndata: .\n\n"
_FULL: Final = "event: full\ndata: .\n\n"
_HEADERS: Final = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
"""No proxy may keep, pack or collect what has to arrive at once."""


@dataclass(frozen=True, slots=True)
class Live:
    """How a page learns that it has changed: the stream to listen to, and where the page is shown anew."""

    stream: str
    page: str


class Streams:
    """The streams of this process: so many for all, so many for one colleague; `ending` ends them."""

    def __init__(self) -> None:
        self.ending = asyncio.Event()
        self._open: Counter[str] = Counter()

    @contextmanager
    def place(self, email: str) -> Iterator[bool]:
        """Take a place for a stream, and say whether there was one."""
        if self._open.total() >= MOST or self._open[email] >= MOST_EACH:
            yield False
            return
        self._open[email] += 1
        try:
            yield True
        finally:
            self._open[email] -= 1


def live_day(day: Day, away: Sequence[str]) -> Live:
    """Return how Today learns that it has changed."""
    return Live(f"/live/today?mark={mark_of_day(day, away)}", "/")


def live_case(case: Case, mark: str, page: str) -> Live:
    """Return how a page about a case learns that it has changed."""
    return Live(f"/live/cases/{quote(case.reference)}?mark={mark}", page)


@router.get("/live/today")
async def today(visit: Admitted) -> Response:
    """Say when a colleague's day has changed."""
    office, me = visit.office, visit.me.email

    async def look() -> str:
        away, now = await office.away(), office.clock.now()
        return await office.store.transact(lambda unit: mark_of_day(day_of(unit, office.house, me, now), away))

    return _streamed(visit, look)


@router.get("/live/cases/{case}")
async def one_case(visit: Admitted, case: str) -> Response:
    """Say when a case or a letter of it has changed; this is no look at it."""
    me, store = visit.me.email, visit.office.store

    async def look() -> str:
        return await store.transact(lambda unit: mark_of_case(history_seen(unit, seen_case(unit, case, me), me)))

    await look()  # what may not be seen has no stream
    return _streamed(visit, look)


def _streamed(visit: Visit, look: Look) -> Response:
    shown = visit.request.query_params.get("mark", "")
    return StreamingResponse(_words(visit, shown, look), media_type="text/event-stream", headers=_HEADERS)


async def _words(visit: Visit, shown: str, look: Look) -> AsyncIterator[str]:
    streams: Streams = visit.request.app.state.streams
    with streams.place(visit.me.email) as has_place:
        if not has_place:
            yield _FULL
            return
        yield _FIRST
        word = _ALIVE
        while word is _ALIVE and not streams.ending.is_set():
            word = await _word(visit, shown, look)
            yield word
            if word is _ALIVE:
                await _beat(visit.office.store, streams.ending)


async def _word(visit: Visit, shown: str, look: Look) -> str:
    office = visit.office
    try:
        if await office.door.visitor(visit.me.token, is_there=False) is None:
            return _ENDED
        return _ALIVE if await look() == shown else _CHANGED
    except NotFound:  # it may not be seen any more
        return _CHANGED
    except StorageUnavailable:
        return _ALIVE


async def _beat(store: Store, ending: asyncio.Event) -> None:
    """Wait for a change of the desk, for the end, or for one beat."""
    waiting = [asyncio.ensure_future(store.wait("desk", BEAT)), asyncio.ensure_future(ending.wait())]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if not ending.is_set():
            await asyncio.sleep(SETTLE)
    finally:
        for task in waiting:
            task.cancel()

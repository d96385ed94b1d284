"""How the desk is, for whoever watches it: does everything come in, is it read, does it go out."""

import platform
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version

import psycopg

from bot.bootstrap import DISTRIBUTION, Desk
from bot.core.case import Lane
from bot.core.errors import StorageUnavailable
from bot.core.records import Disposition
from bot.core.unit import Unit
from bot.core.vitals import Vitals
from bot.flow.announcing import standing_of


async def health(desk: Desk) -> Mapping[str, object]:
    """Say in one answer how the desk is; no personal data.

    Its counts are the machine's, for monitoring: they name no case, and leave none out that is kept from somebody.

    `ok` is false while the storage is away, or a way in: one that nobody watches, or that fails for some minutes.
    """

    def look(unit: Unit) -> dict[str, object]:
        return {
            "open_items": {state.value: count for state, count in unit.listings.stages(frozenset(Lane)).items()},
            "parked": len(unit.inbox.listed(Disposition.PARKED, limit=100)),
            "webhooks": {
                one.subscriber: {"waiting": one.waiting, "parked": one.parked, "last_error": one.last_error}
                for one in standing_of(unit, desk.house.subscribers)
            },
        }

    now = desk.clock.now()
    try:
        vitals, waiting = await desk.pulse.taken(desk.sources)
        found = await desk.store.transact(look)
    except StorageUnavailable as away:
        own = {source.name: _told(desk.pulse.of(source), now) for source in desk.sources}
        return {"ok": False, "storage": str(away), "away": [], "channels": own}
    here = {source.name for source in desk.sources if desk.pulse.of(source).last_contact}
    channels = {
        one.name: {**_told(one, now), "unread": waiting.unread_of(one.name), "here": one.name in here} for one in vitals
    }
    gone = [one.name for one in vitals if one.is_away(now)]
    letters = {"letters": waiting.letters, "letters_since": _written(waiting.letters_since)}
    unread = {"unread": sum(waiting.unread.values()), "unread_since": _written(waiting.unread_since)}
    return {"ok": not gone, "storage": "", "away": gone, "channels": channels, **unread, **letters, **found}


def versions() -> Mapping[str, str]:
    """Return what this process runs on."""
    return {
        "nexio-intake": version(DISTRIBUTION),
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "psycopg": psycopg.__version__,
        "spaCy": version("spacy"),
    }


def _told(one: Vitals, now: datetime) -> Mapping[str, object]:
    return {
        "last_contact": _written(one.last_contact),
        "last_error": one.last_error,
        "unwatched": one.is_unwatched(now),
        "away": one.is_away(now),
        "backlog": one.backlog,
        "refused": one.refused,
        "version": one.version,
    }


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None

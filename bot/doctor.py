"""Try every connection and setting and say, in words, what to do about each that is not right."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Final

import storage
from bot.channels.sender_auth.resolver import DnsResolver, Resolver
from bot.choices import choices
from bot.connections import connection_checks
from bot.core.announcing import Standing
from bot.core.case import Lane
from bot.core.errors import RightsDeskError
from bot.core.lanes import MAY, Deed
from bot.core.proof import asked_twice
from bot.core.register import EVERY_LANGUAGE, Point, Processing
from bot.core.unit import Unit
from bot.finding import Finding, mend
from bot.flow.announcing import standing_of
from bot.heralds import subscribers_of
from bot.identity_settings import IN_OUR_MAILS
from bot.settings import Settings
from replies.policy import whole_record

PATIENCE: Final = 15.0
"""Seconds a single check may take."""


async def examine(settings: Settings, resolver: Resolver | None = None) -> list[Finding]:
    """Make every check, each within its patience."""
    findings = [*choices(settings)]
    findings += await _storage(settings)
    for about, check in connection_checks(settings, resolver or DnsResolver()):
        findings.append(await _try(about, check))
    return findings


async def _try(about: str, check: Callable[[], Awaitable[str]]) -> Finding:
    try:
        async with asyncio.timeout(PATIENCE):
            return Finding(about, ok=True, text=await check())
    except RightsDeskError as failure:
        return mend(about, str(failure))
    except TimeoutError:
        return mend(about, f"no answer within {PATIENCE:.0f} s: check host, port and firewall")
    except OSError as failure:
        return mend(about, f"can't be reached ({failure.strerror or type(failure).__name__}): check host and port")


def _approvers(unit: Unit, lane: Lane) -> Finding:
    """Say whether a lane has the two different people that disclosures, erasures and refusals need."""
    admitted = MAY[lane][Deed.APPROVE]
    approvers = unit.staff.count(admitted)
    enough = approvers >= 2  # noqa: PLR2004 - disclosures need two different people
    text = f"{approvers} colleague(s) may approve in the {lane} lane"
    role = min(admitted)
    advice = f"; disclosures, erasures and refusals need two: `nexio-intake staff add EMAIL --role {role}`"
    return Finding("approvers", ok=enough, text=text if enough else text + advice)


def _register(record: Sequence[Processing]) -> Finding:
    """List what the company has to say of its processing before a letter may state it (law.md rule 21)."""
    waiting: dict[Sequence[str], list[str]] = {}
    for entry in record:
        if entry.open_points:
            waiting.setdefault(entry.open_points, []).append(entry.category)
    open_points = "; ".join(f"{', '.join(points)} of {', '.join(entries)}" for points, entries in waiting.items())
    if not open_points:
        return Finding("register", ok=True, text=f"all confirmed ({len(record)} entries)")
    how = "complete what `nexio-intake register export` writes, then `nexio-intake register import FILE.csv`"
    return Finding("register", ok=False, text=f"to confirm: {open_points}. No letter states them until then: {how}")


def _untold(record: Sequence[Processing], settings: Settings) -> Iterator[Finding]:
    """Name the recipients of the record that no erasure, correction or pause would reach (Art. 19)."""
    written = [entry.says(Point.RECIPIENTS, EVERY_LANGUAGE) for entry in record if entry.may_state(Point.RECIPIENTS)]
    names = dict.fromkeys(name.strip() for names in written for name in names.split(";") if name.strip())
    known = {section.name.casefold() for section in settings.recipient}
    missing = [name for name in names if name.casefold() not in known]
    if names:
        how = f"nobody tells {', '.join(missing)} of a change: add a [[recipient]] of that name (Art. 19)"
        yield Finding("recipients", ok=not missing, text=how if missing else "all of the record are told")


def _second_proof(record: Sequence[Processing], settings: Settings, customers: int) -> Iterator[Finding]:
    """Say whether people can give the second proof that sensitive data ask for (law.md rule 12)."""
    identity = settings.identity
    if not asked_twice(frozenset(identity.second_proof), record):
        return
    written = [field for field in identity.second_facts if field in IN_OUR_MAILS]
    if not customers:
        how = "asked, and nobody can give it: it is compared with the customers on record, and there is none"
    elif not identity.second_facts:
        how = "asked from another channel on record alone: name facts for it under [identity] second_facts"
    elif written:
        how = f"{', '.join(written)} may stand in mails of yours, which who reads the mailbox knows: ask others"
    else:
        how = f"asked by {', '.join(identity.second_facts)}, or from another channel on record"
    yield Finding("second proof", ok=bool(customers and identity.second_facts) and not written, text=how)


def _unheard(standing: Standing) -> Finding:
    """Say what one system has not heard, and what to do about what was given up."""
    name, about = standing.subscriber, f"webhook {standing.subscriber}, news"
    if not standing.parked:
        return Finding(about, ok=True, text=f"{standing.waiting} to tell")
    how = f"mend it, then `nexio-intake webhooks retry {name}`, or forget them: `nexio-intake webhooks drop {name}`"
    return mend(about, f"{standing.parked} given up ({standing.last_error}): {how}")


async def _storage(settings: Settings) -> list[Finding]:
    try:
        store = storage.open_store(settings.database_url, settings.keys_path)
    except RightsDeskError as failure:
        return [mend("storage", str(failure))]
    async with store:

        def look(unit: Unit) -> list[Finding]:
            customers = unit.directory.count()
            known = f"{customers} customer(s) on record"
            record = whole_record(tuple(unit.register.listed()))
            return [
                *(_approvers(unit, lane) for lane in Lane),
                Finding(
                    "customers",
                    ok=customers > 0,
                    text=known if customers else f"{known}: `nexio-intake customers import FILE.csv`",
                ),
                _register(record),
                *_untold(record, settings),
                *_second_proof(record, settings, customers),
                *map(_unheard, standing_of(unit, subscribers_of(settings))),
            ]

        return [Finding("storage", ok=True, text="reachable, current"), *await store.transact(look)]

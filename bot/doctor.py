"""Try every connection and setting and say, in words, what to do about each that is not right."""

import asyncio
import stat
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import classifiers
import storage
from bot.connections import connection_checks
from bot.core.case import Lane
from bot.core.errors import RightsDeskError
from bot.core.lanes import MAY, Deed
from bot.core.ports import Unit
from bot.core.register import TO_CONFIRM, Processing
from bot.settings import Settings
from replies.policy import first_fill

PATIENCE: Final = 15.0
"""Seconds a single check may take."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, whether it is right, and what to do when it is not.

    A grave finding keeps the service from its work; any other is a choice the company should confirm.
    """

    about: str
    ok: bool
    text: str
    grave: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as programs read it."""
        return asdict(self)

    def as_text(self) -> str:
        """Return the finding as one line."""
        mark = "ok  " if self.ok else "MEND" if self.grave else "look"
        return f"{mark}  {self.about}: {self.text}"


async def examine(settings: Settings) -> list[Finding]:
    """Make every check, each within its patience."""
    findings = [_keys(settings), _model(settings), *_choices(settings)]
    findings += await _storage(settings)
    for about, check in connection_checks(settings):
        findings.append(await _try(about, check))
    return findings


async def _try(about: str, check: Callable[[], Awaitable[str]]) -> Finding:
    try:
        async with asyncio.timeout(PATIENCE):
            return Finding(about, ok=True, text=await check())
    except RightsDeskError as failure:
        return Finding(about, ok=False, text=str(failure), grave=True)
    except TimeoutError:
        return Finding(
            about, ok=False, text=f"no answer within {PATIENCE:.0f} s: check host, port and firewall", grave=True
        )
    except OSError as failure:
        text = f"can't be reached ({failure.strerror or type(failure).__name__}): check host and port"
        return Finding(about, ok=False, text=text, grave=True)


def _keys(settings: Settings) -> Finding:
    path = settings.keys_path
    if not path.exists():
        return Finding("keys", ok=True, text=f"{path} is made with the first start; back it up apart from the database")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Finding("keys", ok=False, text=f"others may read {path}: `chmod 600 {path}`", grave=True)
    return Finding("keys", ok=True, text=f"{path}, readable by its owner only")


def _model(settings: Settings) -> Finding:
    model = settings.path(settings.reading.model) if settings.reading.model else classifiers.MODEL_DIR
    if not (model / "meta.json").is_file():
        return Finding(
            "reader", ok=False, text=f"there is no pipeline in {model}: run `nexio-intake train`", grave=True
        )
    return Finding("reader", ok=True, text=f"pipeline in {model}")


def _choices(settings: Settings) -> list[Finding]:
    """List what the company still has to say."""
    findings = []
    if not settings.company.authority:
        text = (
            "name the lead authority (company.authority, such as NL or DE-BY); until then a refusal to anybody "
            "whose country we don't know can't be approved"
        )
        findings.append(Finding("company.authority", ok=False, text=text))
    if not settings.staff.notify:
        text = "nobody hears of deadlines and alarms: set staff.notify"
        findings.append(Finding("staff.notify", ok=False, text=text))
    if settings.smtp_out is None:
        findings.append(Finding("smtp_out", ok=False, text="no way out for mail: add [smtp_out]", grave=True))
    if not (settings.mailbox or settings.smtp_in or settings.telegram or settings.social):
        text = "no way in: add [[mailbox]], [smtp_in], [telegram] or [[social]]"
        findings.append(Finding("sources", ok=False, text=text, grave=True))
    if settings.replies.mode == "observe":
        findings.append(
            Finding("replies.mode", ok=False, text="observe: drafts are written, nothing is approved or sent")
        )
    return findings


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
    waiting = {point: [entry.category for entry in record if point in entry.open_points] for point in TO_CONFIRM}
    open_points = "; ".join(f"{point} of {', '.join(entries)}" for point, entries in waiting.items() if entries)
    if not open_points:
        return Finding("register", ok=True, text=f"all confirmed ({len(record)} entries)")
    how = "complete what `nexio-intake register export` writes, then `nexio-intake register import FILE.csv`"
    return Finding("register", ok=False, text=f"to confirm: {open_points}. No letter states them until then: {how}")


async def _storage(settings: Settings) -> list[Finding]:
    try:
        store = storage.open_store(settings.database_url, settings.keys_path)
    except RightsDeskError as failure:
        return [Finding("storage", ok=False, text=str(failure), grave=True)]
    async with store:

        def look(unit: Unit) -> list[Finding]:
            customers = unit.directory.count()
            known = f"{customers} customer(s) on record"
            record = tuple(unit.register.listed()) or first_fill()
            return [
                *(_approvers(unit, lane) for lane in Lane),
                Finding(
                    "customers",
                    ok=customers > 0,
                    text=known if customers else f"{known}: `nexio-intake customers import FILE.csv`",
                ),
                _register(record),
            ]

        return [Finding("storage", ok=True, text="reachable, current"), *await store.transact(look)]

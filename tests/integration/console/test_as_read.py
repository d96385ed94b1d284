"""A form does nothing to a case that went on since its page was shown, however late that happens."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest

from bot.console import case as case_page
from bot.console.access import ROUTES
from bot.console.as_read import as_read
from bot.console.office import Office
from bot.core.case import Case
from bot.core.drafts import Role
from bot.core.lanes import Deed
from tests.flow.conftest import ANN, KIM, LEE
from tests.integration.console.conftest import Console, open_console
from tests.integration.console.test_joins import two_matters, version

WHY: Final = {"reason": "she rang us"}
FORMS: Final[dict[str, dict[str, str]]] = {
    "assign": {"to": KIM},
    "note": {"text": "Call back."},
    "language": {"language": "fr"},
    "ask": {"at": ""},
    "ask-facts": {"of": ANN},
    "vouch": {"of": ANN, "ground": "mandate"} | WHY,
    "unvouch": WHY,
    "choose": {"field": "name", "how": "read_out"} | WHY,
    "unchoose": WHY,
    "undoubt": WHY,
    "anew": {},
    "reread": {"right": "access"},
    "close": WHY,
    "conflict": {"colleague": LEE},
    "conflict-lifted": {"colleague": LEE},
    "reopen": WHY,
    "split": {"right": "access"} | WHY,
    "outcome": {"outcome-access": "granted"},
    "extend": {"right": "access", "reason": "volume"},
    "package": {"kind": "access"},
    "hold": WHY,
    "release": WHY,
    "authority-day": {"day": "2026-12-15"} | WHY,
    "breach": WHY,
    "breach-assessed": WHY,
    "denial-settled": WHY,
}
OF_THEIR_OWN: Final = frozenset({"merge", "task", "take-along", "pack", "code"})
"""Another case is named, a task is marked once whatever else went on, and the others only hand something out."""


@pytest.fixture
async def console(database_url: str, tmp_path: Path) -> AsyncIterator[Console]:
    async with open_console(database_url, tmp_path / "keys.json") as opened:
        yield opened


async def test_what_lands_between_the_look_and_the_deed_is_read_first(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = await two_matters(console)
    store = console.desk.store

    async def overtaken(office: Office, staff: str, named: str, seen: int | str, deed: Deed) -> tuple[Case, Office]:
        found = await as_read(office, staff, named, seen, deed)
        await store.transact(lambda unit: unit.cases.save(unit.cases.get(found[0].id)))
        return found

    monkeypatch.setattr(case_page, "as_read", overtaken)
    kim = await console.colleague(KIM, *Role)
    named = {route.rpartition("/")[2] for route in ROUTES if route.startswith("POST /cases/{case}/")}
    assert {form for form in named if f"POST /cases/{{case}}/{form}" in ROUTES} - OF_THEIR_OWN == set(FORMS)
    before: Any = None
    for form, fields in (FORMS | {"merge": {"into": reference} | WHY}).items():
        seen = version(await kim.open(f"/cases/{reference}"))
        before = before or await _trail(console)
        page = await kim.send(f"/cases/{reference}/{form}", 409, seen=seen, **fields)
        assert "went on while you had it open" in page, form
        assert int(version(page)) == int(seen) + 1, form
    assert await _trail(console) == before


async def _trail(console: Console) -> list[str]:
    """Return what was done in the only case, but for looks."""
    case = await console.desk.case()
    history = await console.desk.store.transact(lambda unit: unit.audit.chain(case.id))
    return [link.event for link in history if link.event != "seen"]

"""An erasure is told before it is done: what goes, what stays, why (law.md rule 24; Art. 17(3))."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.core.register import Point, Processing
from bot.core.rehearsal import Fate
from bot.core.rights import RequestType, Scope
from bot.core.tasks import System
from bot.flow.rehearsing import rehearse
from tests.flow.conftest import ANN, HOUSE, KIM, TestDesk, open_test_desk

ORDERS = Processing(
    "orders",
    {Point.NAME: {"en": "Orders"}, Point.KEPT: {"en": "ten years"}},
    confirmed_by="dpo@nexioprojects.com",
    confirmed_on=date(2026, 1, 5),
)
SURVEYS = Processing("surveys", {Point.NAME: {"en": "Surveys"}, Point.KEPT: {"en": "until the survey ends"}})


async def asked(desk: TestDesk, right: RequestType) -> None:
    await desk.know(ANN, telegram="777")
    await desk.store.transact(lambda unit: unit.register.replace([ORDERS, SURVEYS]))
    await desk.suppressions.add(ANN, Scope.EMAIL, KIM, "asked on the phone")
    desk.reader.tell("please", right)
    await desk.mail("please")
    await desk.mail(await desk.code())


@pytest.mark.rule(24)
async def test_the_rehearsal_tells_every_place_and_its_reason(database_url: str, tmp_path: Path) -> None:
    shop = System("shop", "it@nexioprojects.com", keeps="invoices, 7 years (tax law)")
    newsletter = System("newsletter", rights=frozenset({RequestType.RECTIFICATION}))
    async with open_test_desk(database_url, tmp_path / "keys.json", replace(HOUSE, systems=(shop, newsletter))) as desk:
        await asked(desk, RequestType.ERASURE)
        case = await desk.case()
        await desk.retention.hold(case.id, KIM, "claim before the court")
        held = await desk.case()
        told = await desk.store.transact(lambda unit: rehearse(unit, desk.approval.casework.house, held))
        by_what = {(one.what, one.fate): one for one in told}
        assert by_what["everything of this case", Fate.STAYS].detail == "claim before the court"
        assert by_what["customer C-1", Fate.GOES].why.startswith("this desk's own row")
        assert by_what["shop", Fate.GOES].detail == "it@nexioprojects.com"
        assert by_what["shop", Fate.STAYS].detail == "invoices, 7 years (tax law)"
        assert by_what["Orders", Fate.WEIGH].detail == "ten years"
        assert "nobody has confirmed" in by_what["Surveys", Fate.WEIGH].why
        assert by_what[ANN, Fate.STAYS].detail == "email"
        assert "5 years" in by_what["letters, decisions and reasons of this case", Fate.STAYS].why
        assert "7 days" in by_what["what was asked to be sure of the person", Fate.GOES].why
        assert "newsletter" not in {one.what for one in told}
        assert (await desk.case()).version == held.version
        assert await desk.store.transact(lambda unit: unit.directory.numbered("C-1")) is not None


async def test_what_asks_for_no_erasure_is_not_rehearsed(desk: TestDesk) -> None:
    await asked(desk, RequestType.ACCESS)
    case = await desk.case()
    assert await desk.store.transact(lambda unit: rehearse(unit, desk.approval.casework.house, case)) == ()

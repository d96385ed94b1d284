"""The record of processing (Art. 30): taken in whole or not at all, and no more certain than who confirmed it."""

import json

from bot.core.register import Point, RegisterReport
from bot.core.unit import Store
from bot.flow.register import RegisterImport, read_register, write_register
from replies.policy import first_fill
from tests.flow.conftest import TestDesk

HEADER = "category,name_en,basis_en,kept_en,recipients,transfers_en,automated_en,confirmed_by,confirmed_on\n"
ORDERS = "orders,Orders,contract,ten years,Parcel Post Ltd; Card House plc,none,none,dpo@example.org,2026-03-01\n"
VISITS = "visits,Visits to our office,,,,,,,\n"


async def take_in(store: Store, text: str, *, as_json: bool = False, dry_run: bool = False) -> RegisterReport:
    return await RegisterImport(store).run(text, as_json=as_json, dry_run=dry_run)


async def test_art_30_a_file_becomes_the_record_and_replaces_it(desk: TestDesk) -> None:
    report = await take_in(desk.store, HEADER + ORDERS + VISITS)
    assert (report.added, report.changed, report.removed, report.problems) == (2, 0, 0, [])
    orders, visits = await desk.store.transact(lambda unit: unit.register.listed())
    assert orders.says(Point.RECIPIENTS, "nl") == "Parcel Post Ltd; Card House plc"
    assert orders.open_points == ()
    assert visits.open_points == (Point.BASIS, Point.KEPT, Point.RECIPIENTS, Point.TRANSFERS, Point.AUTOMATED)
    report = await take_in(desk.store, HEADER + ORDERS.replace("ten", "seven"))
    assert (report.added, report.changed, report.removed) == (0, 1, 1)


async def test_a_dry_run_counts_and_keeps_nothing(desk: TestDesk) -> None:
    report = await take_in(desk.store, HEADER + ORDERS, dry_run=True)
    assert report.added == 1
    assert await desk.store.transact(lambda unit: unit.register.listed()) == []


async def test_one_bad_row_keeps_the_whole_file_out_and_each_is_told_by_its_line(desk: TestDesk) -> None:
    await take_in(desk.store, HEADER + ORDERS)
    bad = (
        "Or ders,Orders,,,,,,,\n"
        "orders,,,,,,,,\n"
        "usage,Usage,,,,,,dpo@example.org,\n"
        "social,Social,,,,,,somebody,2026-13-01\n"
        "post,Post,,,,,,,,,\n"
    )
    report = await take_in(desk.store, HEADER + ORDERS + bad + ORDERS)
    told = [(line, problem.split(":")[0]) for line, problem in report.problems]
    assert told == [
        (3, "needs a category"),
        (4, "needs a name in at least one language"),
        (4, "repeats orders"),
        (5, "needs confirmed_by and confirmed_on together"),
        (6, "'somebody' is no e-mail address of whoever confirmed it"),
        (6, "'2026-13-01' is no date; write one such as 2026-03-02"),
        (7, "has more cells than the header"),
        (8, "repeats orders"),
    ]
    (kept,) = await desk.store.transact(lambda unit: unit.register.listed())
    assert kept.category == "orders"


async def test_json_is_read_like_csv(desk: TestDesk) -> None:
    entry = {"category": "orders", "name_fr": "Commandes", "kept_fr": "dix ans", "recipients": "none"}
    report = await take_in(desk.store, json.dumps({"entries": [entry, {"category": 1}]}), as_json=True)
    assert report.problems == [(2, "must be an object whose values are texts")]
    assert (await take_in(desk.store, json.dumps([entry]), as_json=True)).added == 1
    assert "is no JSON" in (await take_in(desk.store, "{", as_json=True)).problems[0][1]
    assert "is no column" in (await take_in(desk.store, "category,name_en,colour\nx,X,red\n")).problems[0][1]
    assert "holds no entry" in (await take_in(desk.store, "category\n")).problems[0][1]


def test_rule_21_the_first_fill_is_the_policy_and_everything_beyond_it_is_to_confirm() -> None:
    entries = first_fill()
    assert [entry.category for entry in entries][:3] == ["usage", "orders", "services"]
    assert [entry.category for entry in entries][11:] == ["opt_outs", "requests"]  # what this desk keeps itself
    for entry in entries:
        assert all(entry.says(Point.NAME, language) for language in ("fr", "en", "nl", "de"))
        assert entry.open_points == (Point.BASIS, Point.KEPT, Point.RECIPIENTS, Point.TRANSFERS, Point.AUTOMATED)


def test_what_is_exported_can_be_completed_and_imported() -> None:
    report = RegisterReport()
    assert tuple(read_register(write_register(first_fill()), report, as_json=False)) == first_fill()
    complete = read_register(HEADER + ORDERS, report, as_json=False)
    again = read_register(write_register(complete), report, as_json=False)
    assert again == complete
    assert report.problems == []


async def test_rule_12_a_category_is_marked_sensitive_and_written_out_so(desk: TestDesk) -> None:
    marked = (HEADER + ORDERS).replace("confirmed_on\n", "confirmed_on,sensitive\n").replace("-01\n", "-01,{}\n")
    report = await take_in(desk.store, marked.format("perhaps"))
    assert [problem for _, problem in report.problems] == [
        "'perhaps' does not say whether the data are sensitive: write yes or no"
    ]
    await take_in(desk.store, marked.format("Yes"))
    kept = await desk.store.transact(lambda unit: unit.register.listed())
    assert kept[0].sensitive
    assert list(read_register(write_register(kept), RegisterReport(), as_json=False)) == list(kept)

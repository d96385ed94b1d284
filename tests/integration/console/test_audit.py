"""The history at the console: found by day, person, event and case; nobody sees of it what they may not see."""

import csv
from html import unescape
from io import StringIO

from bot.core.drafts import Role
from bot.core.rights import RequestType
from tests.integration.console.conftest import PASSWORD, Console
from tests.integration.console.test_work import proven_access

KIM, DEE, ADA, LEE = (f"{name}@nexioprojects.com" for name in ("kim", "dee", "ada", "lee"))


def entries(page: str) -> list[str]:
    return page.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr>")[1:]


async def test_the_history_is_found_by_day_person_event_and_case(console: Console) -> None:
    reference = await proven_access(console)
    kim = await console.colleague(KIM, Role.READER)
    await kim.open(f"/cases/{reference}")
    console.desk.clock.turn(days=1)
    dee = await console.colleague(DEE, Role.DPO)
    (seen,) = entries(await dee.open(f"/audit?who={KIM.upper()}&what=seen&case={reference}"))
    assert KIM in seen
    assert f'href="/cases/{reference}"' in seen
    assert entries(await dee.open("/audit?since=2026-03-03"))[0].count("came in") == 1
    assert len(entries(dee.page)) == 1
    assert KIM in entries(await dee.open("/audit?until=2026-03-02"))[0]
    assert all(DEE not in entry for entry in entries(dee.page))
    assert "Nothing fits" in await dee.open("/audit?who=nobody@nexioprojects.com")
    assert "Write a day as" in await dee.open("/audit?since=yesterday", 422)
    assert "no such case" in await dee.open("/audit?case=NX-0000-0000", 422)
    await dee.open("/audit?after=none", 404)


async def test_a_long_history_is_leafed_through_without_a_gap(console: Console) -> None:
    reference = await proven_access(console)
    kim = await console.colleague(KIM, Role.READER)
    for _ in range(60):
        await kim.http.get(f"/cases/{reference}")
    dee = await console.colleague(DEE, Role.DPO)
    first = entries(await dee.open(f"/audit?who={KIM}&what=seen"))
    onward = unescape(dee.page.partition('rel="next" href="')[2].partition('"')[0])
    assert (len(first), len(entries(await dee.open(onward)))) == (50, 10)
    assert 'rel="next"' not in dee.page


async def test_what_is_taken_along_needs_the_password_and_is_on_file(console: Console) -> None:
    reference = await proven_access(console)
    dee = await console.colleague(DEE, Role.DPO)
    console.desk.clock.turn(minutes=15)
    await dee.open("/audit?what=proved")
    assert "Your password once more" in await dee.send("/audit/export", what="proved")
    await dee.send("/prove", password=PASSWORD, next="/audit")
    rows = list(csv.reader(StringIO(await dee.send("/audit/export", what="proved"))))
    assert [row[1:4] for row in rows] == [["case", "who", "what"], [reference, "desk", "proved"]]
    assert "took the history along" in entries(await dee.open("/audit"))[0]


async def test_nobody_sees_of_the_history_what_they_may_not_see(console: Console) -> None:
    reference = await proven_access(console)
    desk = console.desk
    desk.reader.tell("I complain.", RequestType.COMPLAINT)
    await desk.mail("I complain.", "bo@example.com")
    complaint = (await desk.case_of("bo@example.com")).reference
    ada, dee = await console.colleague(ADA, Role.ADMINISTRATOR), await console.colleague(DEE, Role.DPO)
    page = await ada.open("/audit")
    assert "came in" in page
    assert reference not in page
    page = await dee.open("/audit")
    assert reference in page
    assert complaint in page
    lee = await console.colleague("lee@nexioprojects.com", Role.DPO)
    await lee.open(f"/cases/{complaint}")
    await lee.send(f"/cases/{complaint}/conflict", colleague=DEE)
    assert complaint not in await dee.open("/audit")
    assert complaint not in await dee.send("/audit/export")
    never = await dee.open("/audit?case=NX-0000-0000", 422)
    hidden = await dee.open(f"/audit?case={complaint}", 422)
    assert hidden.replace(complaint, "NX-0000-0000") == never
    await (await console.colleague(KIM, Role.APPROVER)).open("/audit", 403)


async def test_what_parted_from_a_case_is_not_named_to_whom_it_is_kept_from(console: Console) -> None:
    """Neither by the history of the case it came from, nor once it is destroyed."""
    desk = console.desk
    desk.reader.tell("Tim read my file.", RequestType.ACCESS, RequestType.COMPLAINT)
    await desk.mail("Tim read my file.", "bo@example.com")
    came = await desk.case_of("bo@example.com")
    dee, lee = await console.colleague(DEE, Role.DPO), await console.colleague(LEE, Role.DPO)
    await lee.open(f"/cases/{came.reference}")
    await lee.send(f"/cases/{came.reference}/split", right=["complaint"], reason="another matter")
    parted = lee.last.url.path.rpartition("/")[2]
    assert parted != came.reference
    assert parted in await dee.open(f"/cases/{came.reference}")
    await lee.send(f"/cases/{parted}/conflict", colleague=DEE)
    assert parted not in await dee.open(f"/cases/{came.reference}")
    assert parted not in await dee.open("/audit")
    assert parted in await lee.open("/audit")

    await lee.open(f"/cases/{parted}")
    await lee.send(f"/cases/{parted}/close", reason="she talked it over with us")
    desk.clock.turn(days=6 * 365)
    (gone,) = [fate.case for fate in await desk.retention.run(dry_run=False) if fate.case]
    assert gone == parted
    for browser, email in ((lee, LEE), (dee, DEE)):
        await browser.sign_in(email)
        await browser.open("/audit")
    export = await lee.send("/audit/export")
    (destroyed,) = [row[1] for row in csv.reader(StringIO(export)) if "kept_from" in row[4]]
    told = await dee.send("/audit/export")
    assert destroyed not in told
    assert parted not in told + await dee.open(f"/cases/{came.reference}")
    assert parted in await lee.open(f"/cases/{came.reference}")


async def two_complaints(console: Console) -> tuple[str, str]:
    """Let two people complain, the second about Dee, and return the references of their cases."""
    desk = console.desk
    for letter, sender in (("My data.", "bo@example.com"), ("Dee laughed at me.", "bo@example.org")):
        desk.reader.tell(letter, RequestType.COMPLAINT)
        await desk.mail(letter, sender)
    return (await desk.case_of("bo@example.com")).reference, (await desk.case_of("bo@example.org")).reference


async def test_what_is_carried_on_in_a_case_is_kept_away_with_it(console: Console) -> None:
    first, second = await two_complaints(console)
    dee, lee = await console.colleague(DEE, Role.DPO), await console.colleague(LEE, Role.DPO)
    await lee.open(f"/cases/{second}")
    await lee.send(f"/cases/{second}/merge", into=first, reason="one and the same")
    await dee.open(f"/cases/{second}")
    await lee.send(f"/cases/{first}/conflict", colleague=DEE)
    await dee.open(f"/cases/{second}", 404)
    await lee.send(f"/cases/{first}/conflict-lifted", colleague=DEE)
    await dee.open(f"/cases/{second}")


async def test_what_joins_a_case_that_is_kept_away_is_kept_away_too(console: Console) -> None:
    first, second = await two_complaints(console)
    dee, lee = await console.colleague(DEE, Role.DPO), await console.colleague(LEE, Role.DPO)
    await lee.open(f"/cases/{second}")
    await lee.send(f"/cases/{second}/conflict", colleague=DEE)
    await lee.send(f"/cases/{first}/merge", into=second, reason="one and the same")
    for reference in (first, second):
        await dee.open(f"/cases/{reference}", 404)
        assert reference not in await dee.open("/audit")

"""What a colleague decides beside the words: how an item ends, more time, a breach."""

from bot.core.drafts import DraftKind, Role
from bot.core.rights import Flag, RequestType
from bot.core.verdict import Outcome
from tests.flow.conftest import ANN
from tests.integration.console.conftest import Console
from tests.integration.console.test_work import draft_of, proven_access

KIM, LEE = "kim@nexioprojects.com", "lee@nexioprojects.com"


async def test_a_no_is_chosen_and_drafted_with_what_belongs_to_it(console: Console) -> None:
    await proven_access(console)
    ident = await draft_of(console)
    kim = await console.colleague(KIM, Role.APPROVER)
    page = await kim.open(f"/drafts/{ident}")
    offered = page.partition('name="outcome-access"')[2].partition("</select>")[0]
    assert 'value="refused"' in offered
    assert 'value="lifted"' not in offered
    assert "Choose for at least one right" in await kim.send(f"/drafts/{ident}/outcomes", 422)
    page = await kim.send(f"/drafts/{ident}/outcomes", **{"outcome-access": "refused"})
    assert "drafted anew, as you said it ends" in page
    assert "says no" in page
    newer = await draft_of(console)
    assert str(kim.last.url).startswith(f"{console.url}/drafts/{newer}")
    assert (await console.desk.case()).items[0].outcome is Outcome.REFUSED
    assert "access can" in await kim.send(f"/drafts/{newer}/outcomes", 422, **{"outcome-access": "lifted"})
    for_the_dpo = await kim.send(f"/drafts/{newer}/outcomes", 422, **{"outcome-access": "excessive"})
    assert "data protection officer" in for_the_dpo


async def test_an_opt_out_knows_no_no(console: Console) -> None:
    await console.desk.mail("Enough of your mails")
    kim = await console.colleague(KIM, Role.APPROVER)
    ident = (await kim.open("/messages?kind=other")).partition('action="/messages/')[2].partition("/")[0]
    await kim.send(f"/messages/{ident}/adopt", right=["unsubscribe"])
    page = await kim.open(f"/drafts/{await draft_of(console)}")
    assert 'name="outcome-unsubscribe"' in page
    assert "Prepare their data as files" not in page
    assert 'value="refused"' not in page


async def test_more_time_is_a_letter_of_its_own_that_waits_for_approval(console: Console) -> None:
    reference = await proven_access(console)
    kim = await console.colleague(KIM, Role.DRAFTER)
    assert "Take more time" in await kim.open(f"/cases/{reference}")
    assert "Tick what needs more time" in await kim.send(f"/cases/{reference}/extend", 422, reason="volume")
    assert "Tick what needs more time" in await kim.send(f"/cases/{reference}/extend", 422, right="access", reason="x")
    page = await kim.send(f"/cases/{reference}/extend", right="access", reason="volume")
    assert "only once it is approved" in page
    assert DraftKind.EXTENSION in {draft.kind for draft in await console.desk.drafts()}
    assert (await console.desk.case()).items[0].extension is None
    await kim.open(f"/cases/{reference}")
    assert "no open erasure" in await kim.send(f"/cases/{reference}/extend", 422, right="erasure", reason="volume")


async def test_data_at_the_wrong_person_starts_the_72_hours_until_somebody_has_assessed_it(console: Console) -> None:
    reference = await proven_access(console)
    reader, lee = await console.colleague(KIM, Role.READER), await console.colleague(LEE, Role.APPROVER)
    assert f"/cases/{reference}?open=breach#do-breach" in await reader.open(
        f"/cases/{reference}"
    )  # at each letter sent
    assert 'id="do-breach" open>' in await reader.open(f"/cases/{reference}?open=breach")
    assert "goes on file" in await reader.send(f"/cases/{reference}/breach", 422, reason=" ")
    page = await reader.send(f"/cases/{reference}/breach", reason="the letter went to a neighbour")
    assert "the 72 hours run" in page
    assert "A breach is known since" in page
    assert "End the alarm" not in page
    page = await reader.open("/")
    assert "1 breach waits to be assessed" in page
    assert "All is well" not in page
    assert "Assess the breach" in page
    assert "until 5 Mar 2026" in page
    await lee.open(f"/cases/{reference}")
    page = await lee.send(f"/cases/{reference}/breach-assessed", reason="told the authority")
    assert "The alarm has ended" in page
    assert "A breach is known since" not in page
    await lee.send(f"/cases/{reference}/breach-assessed", 422, reason="again")


async def test_data_are_prepared_from_the_case_and_their_link_stands_in_the_answer(console: Console) -> None:
    desk = console.desk
    await desk.know(ANN)
    desk.reader.tell("My data, please.", RequestType.ACCESS)
    await desk.mail("My data, please.")
    case = await desk.case()
    kim = await console.colleague(KIM, Role.APPROVER)
    await kim.open(f"/cases/{case.reference}")
    refused = await kim.send(f"/cases/{case.reference}/package", 422, kind="access")
    assert "somebody has to be proven first" in refused
    await desk.mail(await desk.code())
    await kim.open(f"/cases/{case.reference}")
    assert "The data are prepared." in await kim.send(f"/cases/{case.reference}/package", kind="access")
    (draft,) = await desk.drafts()
    assert "/your-data/" in draft.body


async def test_the_officer_notes_by_when_an_authority_wants_its_answer(console: Console) -> None:
    console.desk.reader.tell("Please comment.", RequestType.COMPLAINT, flags=frozenset({Flag.AUTHORITY}))
    await console.desk.mail("Please comment.")
    case = await console.desk.case()
    dee = await console.colleague("dee@nexioprojects.com", Role.DPO)
    assert "its letter says by when" in await dee.open(f"/cases/{case.reference}")
    form = f"/cases/{case.reference}/authority-day"
    assert "Give the day" in await dee.send(form, 422, day="soon", reason="page 2")
    assert "2020-01-01 is over" in await dee.send(form, 422, day="2020-01-01", reason="page 2")
    assert "it rings before it comes" in await dee.send(form, day="2026-12-15", reason="page 2")
    assert "wants our answer by Tuesday 15 December 2026" in dee.page


async def test_the_officer_holds_a_case_and_others_see_no_button(console: Console) -> None:
    await console.desk.mail("hello")
    console.desk.reader.tell("Stop using my data.", RequestType.OBJECTION)
    await console.desk.mail("Stop using my data.")
    case = await console.desk.case()
    kim = await console.colleague(KIM, Role.APPROVER)
    assert "Keep all of it for a dispute?" not in await kim.open(f"/cases/{case.reference}")
    dee = await console.colleague("dee@nexioprojects.com", Role.DPO)
    await dee.open(f"/cases/{case.reference}")
    assert "Say why" in await dee.send(f"/cases/{case.reference}/hold", 422, reason=" ")
    assert "until the hold is released" in await dee.send(f"/cases/{case.reference}/hold", reason="a claim")
    assert "by dee@nexioprojects.com: a claim" in dee.page
    assert "as long as any other again" in await dee.send(f"/cases/{case.reference}/release", reason="settled")

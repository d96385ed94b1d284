"""A colleague's work: the day, the cases, one case, its draft; refusals, and strangers' words that stay words."""

from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from bot.core.case import Lane
from bot.core.drafts import DraftKind, Role
from bot.core.errors import PermanentFailure
from bot.core.messages import MAIL, TELEGRAM, Attachment, Handle, Inbound, Message
from bot.core.records import Disposition
from bot.core.rights import Evidence, RequestType
from bot.core.unit import Unit
from tests.flow.conftest import ANN
from tests.integration.console.conftest import Browser, Console
from tests.storage.samples import a_case
from tests.work import each

KIM, LEE, DEE = "kim@nexioprojects.com", "lee@nexioprojects.com", "dee@nexioprojects.com"
ASKS = "Please send me everything you hold about me."
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><b>{{7*7}}"


async def proven_access(console: Console, name: str = "Ann Peeters") -> str:
    """Let a customer ask for access and prove herself; return the case's reference."""
    desk = console.desk
    await desk.know(ANN)
    evidence = (Evidence("access", "send me everything", 7, 25),)
    desk.reader.tell(ASKS, RequestType.ACCESS, evidence=evidence)
    await desk.mail(ASKS, name=name)
    code = await desk.code()
    await desk.deliver()
    await desk.mail(f"Here: {code}", message_id="<code@example.com>", name=name)
    await desk.deliver()
    return (await desk.case()).reference


async def draft_of(console: Console) -> str:
    (draft,) = await console.desk.drafts()
    return draft.id


def seal(page: str) -> str:
    return page.partition('name="seal" value="')[2].partition('"')[0]


async def test_the_day_says_at_one_glance_whether_all_is_well_and_what_to_do(console: Console) -> None:
    kim = await console.colleague(KIM, Role.APPROVER)
    page = await kim.open("/")
    assert "All is well" in page
    assert "Nothing waits for you" in page
    reference = await proven_access(console)
    page = await kim.open("/")
    assert "Read and approve" in page
    assert reference in page
    assert "All is well" in page
    console.desk.clock.turn(days=9)
    await kim.sign_in(KIM)
    page = await kim.open("/")
    assert "1 case is late" in page
    assert "2 days late" in page


async def test_a_case_shows_the_words_what_was_understood_and_who_it_is(console: Console) -> None:
    reference = await proven_access(console)
    kim = await console.colleague(KIM, Role.READER)
    page = await kim.open(f"/cases/{reference}")
    assert '<mark title="access">send me everything</mark>' in page
    assert "99 % sure" in page
    assert "We promised Monday 9 March 2026" in page
    assert "The law allows until Thursday 2 April 2026" in page
    assert "by a code sent there, on 2 Mar 2026" in page
    assert "Canary" not in page
    history = await console.desk.store.transact(lambda unit: unit.audit.chain(unit.cases.by_reference(reference).id))  # type: ignore[union-attr]
    assert (history[-1].event, history[-1].actor) == ("seen", KIM)


async def test_two_people_approve_a_disclosure_and_the_page_says_what_each_yes_does(console: Console) -> None:
    await proven_access(console)
    ident = await draft_of(console)
    kim, lee = await console.colleague(KIM, Role.APPROVER), await console.colleague(LEE, Role.APPROVER)
    page = await kim.open(f"/drafts/{ident}")
    assert ANN in page
    assert "address on record; its owner proved it" in page
    assert "nothing leaves yet" in page
    assert "Canary Lane 7" in page
    page = await kim.send(f"/drafts/{ident}/approve", seal=seal(page), then="stay")
    assert "A second, different colleague" in page
    assert f'action="/drafts/{ident}/approve"' not in page
    await console.desk.deliver()
    assert all(sent.kind is not DraftKind.ANSWER for sent in console.desk.couriers[MAIL].to(ANN))
    assert "Give the second yes" in await lee.open("/")
    page = await lee.open(f"/drafts/{ident}")
    assert "has said yes. With yours the letter leaves within seconds" in page
    assert "leaves within seconds" in await lee.send(f"/drafts/{ident}/approve", seal=seal(page), then="stay")
    await console.desk.deliver()
    assert "Canary Lane 7" in console.desk.couriers[MAIL].to(ANN)[-1].body


async def test_nobody_says_yes_to_words_they_have_not_read(console: Console) -> None:
    await proven_access(console)
    ident = await draft_of(console)
    kim, lee = await console.colleague(KIM, Role.APPROVER), await console.colleague(LEE, Role.DRAFTER)
    read_by_kim = seal(await kim.open(f"/drafts/{ident}"))
    page = await lee.open(f"/drafts/{ident}")
    await lee.send(f"/drafts/{ident}/edit", deed="save", seal=seal(page), subject="About you", body="Other words")
    page = await kim.send(f"/drafts/{ident}/approve", 409, seal=read_by_kim, then="stay")
    assert "somebody changed this draft while you had it open" in page
    (draft,) = await console.desk.drafts()
    assert draft.approvals == ()
    await kim.send(f"/drafts/{ident}/approve", 409, then="stay")
    assert (await console.desk.drafts())[0].approvals == ()


async def test_an_edit_is_shown_before_it_is_kept_and_voids_an_earlier_yes(console: Console) -> None:
    await proven_access(console)
    ident = await draft_of(console)
    kim = await console.colleague(KIM, Role.APPROVER)
    page = await kim.open(f"/drafts/{ident}")
    page = await kim.send(f"/drafts/{ident}/approve", seal=seal(page), then="stay")
    words = {"subject": "About you", "body": "Fresh words\r\n\r\n⟦a place⟧"}
    page = await kim.send(f"/drafts/{ident}/edit", deed="preview", seal=seal(page), **words)
    assert "Fresh words" in page
    assert "<mark>⟦a place⟧</mark>" in page
    assert "Keep them first" in page
    assert len((await console.desk.drafts())[0].approvals) == 1
    page = await kim.send(f"/drafts/{ident}/edit", deed="save", seal=seal(page), **words)
    assert "Earlier approvals are void" in page
    (draft,) = await console.desk.drafts()
    assert (draft.body, draft.approvals, draft.open_slots) == ("Fresh words\n\n⟦a place⟧", (), ("⟦a place⟧",))


async def test_what_was_changed_shows_against_the_template_and_the_version_before(console: Console) -> None:
    await proven_access(console)
    ident = await draft_of(console)
    kim = await console.colleague(KIM, Role.APPROVER)
    page = await kim.open(f"/drafts/{ident}")
    assert "What was changed" not in page
    (draft,) = await console.desk.drafts()
    for body in (f"{draft.body}\n\nKind regards", f"{draft.body}\n\nWarm regards"):
        page = await kim.send(f"/drafts/{ident}/edit", deed="save", seal=seal(page), subject=draft.subject, body=body)
    before, _, template = page.partition("Since the version before")[2].partition("Against the wording")
    assert "<del>Kind</del><ins>Warm</ins> regards" in before
    assert "Warm regards</ins>" in template
    assert "Kind" not in template
    console.desk.reader.tell("And correct my name.", RequestType.RECTIFICATION)
    await console.desk.mail("And correct my name.", message_id="<more@example.com>")
    page = await kim.open(f"/drafts/{await draft_of(console)}")
    assert "Warm regards</del>" in page.partition("Since the version before")[2].partition("</details>")[0]


async def test_a_finding_stands_beside_the_line_that_causes_it(console: Console) -> None:
    await proven_access(console)
    ident = await draft_of(console)
    kim = await console.colleague(KIM, Role.APPROVER)
    page = await kim.open(f"/drafts/{ident}")
    body = "First\n<b>a forbidden thing</b>\nLast \ue0000\ue000"
    page = await kim.send(f"/drafts/{ident}/edit", deed="save", seal=seal(page), subject="About you", body=body)
    letter = page.partition('class="sheet">')[2].partition("</section>")[0]
    line = letter.partition("a forbidden thing")[2].partition("Last")[0]
    assert '<span class="beside" id="flaw-0" lang="en">the forbidden word</span>' in line
    assert letter.count('class="beside"') == 1
    assert '<a href="#flaw-0">the forbidden word</a>' in page.partition("This is in the way")[2]


async def test_words_that_crossed_with_a_colleague_s_come_back_to_the_editor(console: Console) -> None:
    await proven_access(console)
    ident = await draft_of(console)
    kim, lee = await console.colleague(KIM, Role.APPROVER), await console.colleague(LEE, Role.APPROVER)
    seen = seal(await kim.open(f"/drafts/{ident}"))
    await lee.open(f"/drafts/{ident}")
    await lee.send(f"/drafts/{ident}/edit", deed="save", seal=seen, subject="Lee's", body="Lee's words")
    page = await kim.send(
        f"/drafts/{ident}/edit", 409, deed="save", seal=seen, subject="Kim's", body="Kim's long words"
    )
    assert "Kim&#39;s long words</textarea>" in page
    assert (await console.desk.drafts())[0].body == "Lee's words"


async def test_a_draft_the_person_overtook_can_not_be_approved_and_leads_to_the_new_one(console: Console) -> None:
    await proven_access(console)
    ident = await draft_of(console)
    kim = await console.colleague(KIM, Role.APPROVER)
    seen = seal(await kim.open(f"/drafts/{ident}"))
    console.desk.reader.tell("And erase it all.", RequestType.ERASURE)
    await console.desk.mail("And erase it all.", message_id="<more@example.com>")
    await kim.send(f"/drafts/{ident}/approve", 409, seal=seen, then="stay")
    page = await kim.open(f"/drafts/{ident}")
    assert "overtaken" in page
    newer = await draft_of(console)
    assert f'href="/drafts/{newer}"' in page
    assert 'action="/drafts/' not in page


async def test_a_draft_goes_back_only_with_a_reason(console: Console) -> None:
    reference = await proven_access(console)
    ident = await draft_of(console)
    kim = await console.colleague(KIM, Role.DRAFTER)
    await kim.open(f"/drafts/{ident}")
    assert "Say in a few words" in await kim.send(f"/drafts/{ident}/reject", 409, reason="  ")
    assert "sent back" in await kim.send(f"/drafts/{ident}/reject", reason="the address is missing")
    assert await console.desk.drafts() == []
    assert "Draft it anew: it was sent back" in await kim.open("/")
    await kim.open(f"/cases/{reference}")
    await kim.send(f"/cases/{reference}/anew")
    assert len(await console.desk.drafts()) == 1


async def test_approve_and_next_walks_through_what_may_be_approved(console: Console) -> None:
    await proven_access(console)
    console.desk.reader.tell("I complain.", RequestType.OBJECTION)
    await console.desk.know("bo@example.com", number="C-2", name="Bo")
    await console.desk.mail("I complain.", "bo@example.com", message_id="<bo@example.com>")
    first, second = [draft.id for draft in await console.desk.drafts()]
    kim = await console.colleague(KIM, Role.APPROVER)
    page = await kim.open(f"/drafts/{first}")
    page = await kim.send(f"/drafts/{first}/approve", seal=seal(page), then="next")
    assert str(kim.last.url).startswith(f"{console.url}/drafts/{second}")
    await kim.send(f"/drafts/{second}/approve", seal=seal(page), then="next")
    assert str(kim.last.url) == f"{console.url}/?done=sent&undo={second}"


async def test_a_wrong_reading_is_put_right_and_a_case_closed_only_for_a_reason(console: Console) -> None:
    reference = await proven_access(console)
    kim = await console.colleague(KIM, Role.APPROVER)
    await kim.open(f"/cases/{reference}")
    assert "Tick what the person asks for" in await kim.send(f"/cases/{reference}/reread", 422)
    page = await kim.send(f"/cases/{reference}/reread", right=["erasure"])
    assert "put right" in page
    assert (await console.desk.drafts())[0].rights == {RequestType.ERASURE}
    assert "goes on file" in await kim.send(f"/cases/{reference}/close", 422, reason="")
    assert "The case is closed" in await kim.send(f"/cases/{reference}/close", reason="withdrawn by telephone")
    assert not (await console.desk.case()).is_open


@pytest.mark.rule(10, refused=True)
async def test_asking_who_it_is_takes_a_reason_where_nothing_lacks_proof(console: Console) -> None:
    reference = await proven_access(console)
    kim = await console.colleague(KIM, Role.APPROVER)
    asking = (await kim.open(f"/cases/{reference}")).partition('id="do-ask"')[2].partition("</details>")[0]
    assert '<textarea name="reason" rows="2" required' in asking
    refused = await kim.send(f"/cases/{reference}/ask", 422, reason=" ")
    assert "nothing in this case waits for a proof: to ask all the same, say why" in refused
    assert "Why it is doubted" not in await kim.open(f"/cases/{reference}")


@pytest.mark.rule(10)
async def test_a_doubt_is_shown_with_its_reason_until_whoever_approves_withdraws_it(console: Console) -> None:
    reference = await proven_access(console)
    lee = await console.colleague(LEE, Role.DRAFTER)
    page = await lee.send(f"/cases/{reference}/ask", at="", reason="The tone is not hers.")
    assert "The person is asked" in page
    shown = page.partition("Why it is doubted")[2].partition("</dd>")[0]
    assert "The tone is not hers." in shown
    assert LEE in shown
    assert "Withdraw the doubt" not in page
    assert await console.desk.drafts() == []
    kim = await console.colleague(KIM, Role.APPROVER)
    assert "goes on file" in await kim.send(f"/cases/{reference}/undoubt", 422, reason=" ")
    page = await kim.send(f"/cases/{reference}/undoubt", reason="She rang us.")
    assert "The doubt is withdrawn" in page
    assert "Why it is doubted" not in page
    assert "She rang us." in page.partition("History")[2]
    assert len(await console.desk.drafts()) == 1


async def _nowhere(browser: Browser, reference: str, draft: str, message: str) -> None:
    for path in ("/", "/cases", "/cases?which=all"):
        assert reference not in await browser.open(path)
    for path in (
        f"/cases/{reference}",
        f"/drafts/{draft}",
        f"/messages/{message}/original",
        f"/messages/{message}/html",
    ):
        page = await browser.open(path, 404)
        assert ANN not in page
    await browser.open("/")
    assert "No case fits" in await browser.send("/cases/find", words=reference)
    assert "No case fits" in await browser.send("/cases/find", words=ANN)
    for path in (f"/cases/{reference}/anew", f"/cases/{reference}/ask"):
        await browser.send(path, 404)
    await browser.send(f"/drafts/{draft}/approve", 404, seal="x", then="stay")


async def test_a_case_of_another_lane_is_nowhere(console: Console) -> None:
    console.desk.reader.tell("I complain about how you treat my data.", RequestType.COMPLAINT)
    await console.desk.mail("I complain about how you treat my data.")
    case = await console.desk.case()
    assert case.lane is Lane.DPO
    (kept,) = await console.desk.store.transact(lambda unit: unit.inbox.correspondence(case.id))
    draft = await draft_of(console)
    await _nowhere(await console.colleague(KIM, Role.APPROVER, Role.READER, Role.HR), case.reference, draft, kept.id)
    dee = await console.colleague(DEE, Role.DPO)
    assert case.reference in await dee.open("/")
    await dee.open(f"/cases/{case.reference}")
    await dee.open(f"/messages/{kept.id}/original")


async def test_who_a_complaint_is_about_sees_nothing_of_it_whatever_the_role(console: Console) -> None:
    reference = await proven_access(console)
    desk = console.desk

    def keep_away(unit: Unit) -> str:
        case = unit.cases.by_reference(reference)
        assert case
        unit.cases.save(replace(case, complained_of=frozenset({KIM})))
        return unit.inbox.correspondence(case.id)[0].id

    message = await desk.store.transact(keep_away)
    await _nowhere(await console.colleague(KIM, Role.APPROVER, Role.DPO), reference, await draft_of(console), message)
    assert reference in await (await console.colleague(LEE, Role.APPROVER)).open("/")


async def test_cases_are_found_by_reference_and_by_address_and_no_address_stays_in_the_url(console: Console) -> None:
    reference = await proven_access(console)
    kim = await console.colleague(KIM, Role.READER)
    await kim.open("/cases")
    for words in (reference, reference.lower(), f" {ANN.upper()} "):
        await kim.send("/cases/find", words=words)
        assert str(kim.last.url) == f"{console.url}/cases/{reference}"
    assert "No case fits" in await kim.send("/cases/find", words="nobody@example.com")
    assert "nobody" not in str(kim.last.url)


async def test_a_case_is_found_by_name_as_far_as_it_may_be_seen(console: Console) -> None:
    reference = await proven_access(console, name="Änn Peeters")
    console.desk.reader.tell("I complain.", RequestType.COMPLAINT)
    await console.desk.mail("I complain.", "ann@elsewhere.example", name="Ann Peeters")
    kim = await console.colleague(KIM, Role.READER)
    await kim.open("/cases")
    for words in ("ann peeters", "Peeters, Ann", "PEETERS"):
        await kim.send("/cases/find", words=words)
        assert str(kim.last.url) == f"{console.url}/cases/{reference}"
    assert "No case fits" in await kim.send("/cases/find", words="Peeters Jansen")
    dee = await console.colleague(DEE, Role.DPO)
    assert (await dee.send("/cases/find", words="peeters")).count('href="/cases/NX-') == 2


async def test_filters_are_in_the_address_and_pages_follow_each_other(console: Console) -> None:
    cases = [a_case(f"{number:04}") for number in range(60)]
    await console.desk.store.transact(each(cases, lambda unit, case: unit.cases.add(case)))
    kim = await console.colleague(KIM, Role.READER)
    first = await kim.open("/cases?right=erasure&state=open&language=en&due=late")
    assert first.count('href="/cases/NX-') == 0  # due on 9 March: not late yet
    first = await kim.open("/cases?right=erasure&state=open&language=en")
    onward = unescape(first.partition('rel="next" href="')[2].partition('"')[0])
    assert "right=erasure" in onward
    second = await kim.open(onward)
    assert (first.count('href="/cases/NX-'), second.count('href="/cases/NX-')) == (50, 10)
    assert "No case fits" in await kim.open("/cases?right=access")
    assert "No case fits" in await kim.open("/cases?language=fr")
    await kim.open("/cases?right=nonsense&state=&language=zz&due=x&which=y")
    await kim.open("/cases?after=nonsense", 404)


async def test_what_a_stranger_writes_stays_words_on_every_page(console: Console) -> None:
    desk = console.desk
    await desk.know(ANN, name=EVIL)
    text = f"{EVIL} erase"
    desk.reader.tell(
        text, RequestType.OBJECTION, evidence=(Evidence("objection", EVIL, len(EVIL) + 1, 2 * len(EVIL) + 1),)
    )
    await desk.mail(
        text, name=EVIL, subject=EVIL, quoted=EVIL, signature=EVIL, html=True,
        attachments=(Attachment(1, EVIL, "text/html", 10),),
    )  # fmt: skip
    case = await desk.case()
    kim = await console.colleague(KIM, Role.APPROVER)
    draft = await draft_of(console)
    pages = [await kim.open(path) for path in ("/", "/cases", f"/cases/{case.reference}", f"/drafts/{draft}")]
    pages.append(await kim.send("/cases/find", words=EVIL))
    page = await kim.open(f"/drafts/{draft}")
    pages.append(await kim.send(f"/drafts/{draft}/edit", deed="preview", seal=seal(page), subject=EVIL, body=EVIL))
    for shown in pages:
        assert "<script>" not in shown
        assert "<img" not in shown
        assert "<b>{{" not in shown
        assert "49" not in shown.partition("{{")[2][:9]
    assert "&lt;script&gt;alert(1)" in pages[2]


RICH = b"""From: ann@example.com
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html; charset=utf-8

<p onclick="x()">Hello <b>you</b></p><script>alert(1)</script><img src="https://tracker.example/p.gif">
<a href="https://evil.example">click</a><style>body{background:url(https://tracker.example)}</style>
--b
Content-Type: application/pdf
Content-Disposition: attachment; filename="bill.pdf"
Content-Transfer-Encoding: base64

JVBERi0=
--b--
"""


async def test_html_is_shown_where_it_can_do_nothing_and_files_are_only_saved(console: Console) -> None:
    desk = console.desk
    inbound = Inbound(MAIL, "info/INBOX", "rich", desk.clock.now(), [RICH])
    bill = Attachment(1, 'bill".pdf', "application/pdf", 5)
    message = Message(MAIL, Handle(MAIL, ANN), text="Hello you", html=True, attachments=(bill,))

    def keep(unit: Unit) -> str:
        unit.inbox.keep(inbound, desk.clock.now())
        (claimed,) = unit.inbox.claim(desk.clock.now(), 1, timedelta(minutes=1))
        case = a_case("rich")
        unit.cases.add(case)
        unit.inbox.finish(claimed.message, claimed.fence, Disposition.CASE, parsed=message, case_id=case.id)
        return claimed.message

    ident = await desk.store.transact(keep)
    kim = await console.colleague(KIM, Role.READER)
    page = await kim.open("/cases/NX-rich")
    assert '<iframe sandbox loading="lazy"' in page
    framed = await kim.open(f"/messages/{ident}/html")
    assert "<p>Hello <b>you</b></p>" in framed
    for word in ("script", "tracker", "onclick", "evil", "<img", "url("):
        assert word not in framed
    policy = kim.last.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy.split("; ")
    for path in (f"/messages/{ident}/parts/1", f"/messages/{ident}/original"):
        await kim.open(path)
        assert kim.last.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
        assert '"' not in kim.last.headers["content-disposition"]
        assert kim.last.headers["content-type"] == "application/octet-stream"
    assert kim.last.content == RICH
    assert (await kim.http.get(f"/messages/{ident}/parts/1")).content == b"%PDF-"
    await kim.open(f"/messages/{ident}/parts/0", 404)
    await kim.open(f"/messages/{ident}/parts/x", 422)
    history = await desk.store.transact(lambda unit: unit.audit.chain("rich"))
    assert {"seen", "original_opened"} <= {link.event for link in history}


async def test_two_people_on_one_case_see_each_other_for_a_while(console: Console) -> None:
    reference = await proven_access(console)
    kim, lee = await console.colleague(KIM, Role.APPROVER), await console.colleague(LEE, Role.APPROVER)
    assert "has this open too" not in await kim.open(f"/cases/{reference}")
    assert "has this open too" not in await kim.open(f"/cases/{reference}")
    for path in (f"/cases/{reference}", f"/drafts/{await draft_of(console)}"):
        assert f"{KIM} has this open too" in await lee.open(path)
    console.desk.clock.turn(minutes=11)
    assert "has this open too" not in await kim.open(f"/cases/{reference}")


async def test_a_colleague_complained_of_is_kept_away_from_then_on(console: Console) -> None:
    reference = await proven_access(console)
    kim, lee = await console.colleague(KIM, Role.APPROVER), await console.colleague(LEE, Role.APPROVER)
    await kim.open(f"/cases/{reference}")
    await lee.open(f"/cases/{reference}")
    assert "no colleague here" in await lee.send(f"/cases/{reference}/conflict", 422, colleague="x@example.com")
    assert "kept away from this case" in await lee.send(f"/cases/{reference}/conflict", colleague=KIM)
    await kim.open(f"/cases/{reference}", 404)
    assert "kept a colleague away" in await lee.open(f"/cases/{reference}")


async def test_words_being_typed_are_noted_for_their_colleague_alone_and_change_nothing(console: Console) -> None:
    await proven_access(console)
    ident = await draft_of(console)
    kim, lee = await console.colleague(KIM, Role.APPROVER), await console.colleague(LEE, Role.APPROVER)
    seen = seal(await kim.open(f"/drafts/{ident}"))
    await kim.send(f"/drafts/{ident}/unsaved", 204, seal=seen, subject="About you", body="Half a sentence")
    shown = await kim.open(f"/drafts/{ident}/unsaved")
    assert "Half a sentence" in shown
    assert "Keep them first" in shown
    assert "Half a sentence" not in await lee.open(f"/drafts/{ident}/unsaved")
    (draft,) = await console.desk.drafts()
    assert "Half a sentence" not in draft.body
    looks = await console.desk.store.transact(lambda unit: unit.audit.chain(draft.case_id))
    assert [link.actor for link in looks if link.event == "seen"] == [KIM, LEE]  # who never opened it has looked now
    assert "Half a sentence" not in await lee.open(f"/drafts/{ident}")
    await lee.send(f"/drafts/{ident}/approve", seal=seen, then="stay")
    console.desk.clock.turn(hours=3)  # the session ends, the words stay
    await kim.sign_in(KIM)
    page = await kim.open(f"/drafts/{ident}")
    assert "You typed other words on" in page
    assert ">Half a sentence</textarea>" in page
    assert "Keep them first" in page
    page = await kim.send(f"/drafts/{ident}/forget")
    assert "Half a sentence" not in page
    await kim.send(f"/drafts/{ident}/unsaved", 204, seal=seal(page), subject="About you", body="A whole sentence")
    page = await kim.open(f"/drafts/{ident}")
    page = await kim.send(
        f"/drafts/{ident}/edit", deed="save", seal=seal(page), subject="About you", body="A whole one"
    )
    assert "You typed other words" not in page
    reader = await console.colleague(DEE, Role.READER)
    await reader.open("/")
    await reader.send(f"/drafts/{ident}/unsaved", 403, seal=seen, body="x")


async def test_letters_read_long_after_their_case_was_opened_are_a_look_of_their_own(console: Console) -> None:
    """Rule 46: whoever once opened a case doesn't read on unseen by asking for what is typed there."""
    await proven_access(console)
    ident, kim = await draft_of(console), await console.colleague(KIM, Role.APPROVER)
    (draft,) = await console.desk.drafts()

    async def looks() -> int:
        history = await console.desk.store.transact(lambda unit: unit.audit.chain(draft.case_id))
        return sum(link.event == "seen" for link in history)

    await kim.open(f"/drafts/{ident}")
    console.desk.clock.turn(minutes=9)
    await kim.open(f"/drafts/{ident}/unsaved")
    assert await looks() == 1
    console.desk.clock.turn(minutes=1)
    for _ in range(2):
        await kim.open(f"/drafts/{ident}/unsaved")
    assert await looks() == 2


class Keeper:
    """A platform that has one file, and not for ever."""

    async def fetch(self, reference: str) -> bytes:
        if reference != "v1":
            raise PermanentFailure("the platform has this file no more (404)")
        return b"OggS a voice"


async def test_a_file_of_a_chat_is_fetched_when_a_colleague_opens_it(console: Console) -> None:
    desk, files = console.desk, console.office.files
    assert isinstance(files, dict)
    files[TELEGRAM] = Keeper()
    voice, gone = (
        Attachment(1, "voice", "audio/ogg", 12, reference="v1"),
        Attachment(2, "photo", "image/jpeg", 9, reference="p1"),
    )
    told = Attachment(3, "old", "image/jpeg", 9)
    desk.reader.tell("my data", RequestType.ACCESS)
    await desk.chat("my data", attachments=(voice, gone, told))
    case = await desk.case()
    kept = (await desk.store.transact(lambda unit: unit.inbox.correspondence(case.id)))[-1]
    kim = await console.colleague(KIM, Role.READER)
    await kim.open(f"/messages/{kept.id}/parts/1")
    assert kim.last.content == b"OggS a voice"
    assert kim.last.headers["content-disposition"] == "attachment; filename*=UTF-8''voice"
    assert "no more" in await kim.open(f"/messages/{kept.id}/parts/2", 409)
    await kim.open(f"/messages/{kept.id}/parts/3", 404)

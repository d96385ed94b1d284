"""More than five hundred strings in every field a stranger fills: shown as text, none runs, none calls anybody.

Every string carries a mark of its field and number, so that a test knows it was really shown.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Final
from urllib.parse import quote

from playwright.async_api import Browser

from bot.core.delivery import DeliveryState
from bot.core.drafts import DraftKind, Role
from bot.core.messages import MAIL, TELEGRAM, Attachment, Handle, Inbound, Message
from bot.core.records import Customer, Disposition, Suppression
from bot.core.rights import Evidence, Reading, RequestType, Scope
from bot.core.unit import Unit
from tests.e2e.test_console_in_a_browser import WIDE, Screen, browser, console, open_screen
from tests.integration.console.conftest import Console
from tests.storage.samples import NOW, a_case, a_draft, an_outgoing

__all__ = ["browser", "console"]
KIM: Final = "kim@nexioprojects.com"

PAYLOADS: Final = (
    "<script>{}</script>",
    "<img src=x onerror={}>",
    "<svg onload={}>",
    "<body onload={}>",
    "<iframe src=javascript:{}>",
    "<a href=javascript:{}>x</a>",
    "<details open ontoggle={}>",
    "<input autofocus onfocus={}>",
    "<video><source onerror={}>",
    "<math href=javascript:{}>",
    "<style>@import 'javascript:{}'</style>",
    "<link rel=stylesheet href=//evil.example/{}>",
    "<meta http-equiv=refresh content='0;url=//evil.example/{}'>",
    "<form action=//evil.example/{}><button>",
    "<base href=//evil.example/{}>",
    "<object data=//evil.example/{}>",
    "<embed src=//evil.example/{}>",
    "{{{{constructor.constructor('{}')()}}}}",
    "${{{}}}",
    "<template><script>{}</script></template>",
    "<noscript><p title='</noscript><img src=x onerror={}>'>",
)
BREAKERS: Final = (
    "", '"', "'", "'>", '">', "--><", "</textarea>", "</title>", "</mark>", "]]>", "\u202e", "</script>", "`",
)  # fmt: skip
DEEDS: Final = ("alert(1)", "document.title='owned'")
STRINGS: Final = [breaker + payload.format(deed) for payload, breaker, deed in product(PAYLOADS, BREAKERS, DEEDS)]
_FORBIDDEN: Final = (
    "main script, main img, main object, main embed, main video, main math, main style, base, "
    "main form[action*=evil], main a[href*='javascript:'], "
    "main [onerror], main [onload], main [onfocus], main [ontoggle]"
)

FIELDS: Final = (
    "subject", "name", "local", "text", "quoted", "signature", "filename", "mediatype", "requester", "chatname",
    "chattext", "chathandle", "error", "letter", "recipient", "bounce", "optout", "customer", "drafted",
)  # fmt: skip
_MARK: Final = re.compile(rf"({'|'.join(FIELDS)})·(\d+)·")


def marked(field: str) -> list[str]:
    """Return every string with the mark of a field."""
    return [f"{field}·{number}·{string}" for number, string in enumerate(STRINGS)]


def packed(field: str, into: int) -> list[str]:
    """Return the strings of a field in so many values, for what is listed up to a number."""
    strings = marked(field)
    return [" ".join(strings[start::into]) for start in range(into)]


def finish(
    unit: Unit, event: str, disposition: Disposition, message: Message | None, case_id: str | None = None
) -> str:
    """Keep a message and read it as this one; without one it is parked."""
    channel = message.channel if message else MAIL
    unit.inbox.keep(Inbound(channel, "info/INBOX", event, NOW, [event.encode()]), NOW)
    (claimed,) = unit.inbox.claim(NOW, 1, timedelta(minutes=1))
    reading = Reading(frozenset({RequestType.ACCESS}), 0.5, abstain=True, any_right=0.5, language="en")
    if message is None:
        unit.inbox.park(claimed.message, claimed.fence, event)
    else:
        evidence = (Evidence("access", message.text[:9], 0, 9),)
        unit.inbox.finish(
            claimed.message, claimed.fence, disposition, parsed=message,
            reading=replace(reading, evidence=evidence), case_id=case_id,
        )  # fmt: skip
    return claimed.message


def mails() -> Iterator[Message]:
    """Yield one mail for each string, with one in every field."""
    fields = [marked(name) for name in ("name", "subject", "text", "quoted", "signature", "local")]
    for name, subject, text, quoted, signature, local in zip(*fields, strict=True):
        yield Message(
            MAIL, Handle(MAIL, f"{local}@example.com"), name=name, subject=subject, text=text, quoted=quoted,
            signature=signature, message_id=f"<{subject}>", html=False,
        )  # fmt: skip


def write_everything(unit: Unit) -> None:
    """Put the strings wherever one that a stranger wrote can come to lie."""
    requesters, drafted = marked("requester"), packed("drafted", 1)[0]
    case = replace(a_case("talk", requester=Handle(MAIL, STRINGS[0])), name=STRINGS[1])
    unit.cases.add(case)
    unit.drafts.add(replace(a_draft(case), subject=STRINGS[2], body=drafted))
    files = [
        Attachment(number, filename, kind, 9)
        for number, (filename, kind) in enumerate(zip(marked("filename"), marked("mediatype"), strict=True))
    ]
    for number, mail in enumerate(mails()):
        message = replace(mail, attachments=tuple(files)) if number == 0 else mail
        finish(unit, f"talk {number}", Disposition.CASE, message, "talk")
    chat = a_case("chat", requester=Handle(TELEGRAM, STRINGS[3]))
    unit.cases.add(chat)
    chats = zip(marked("chatname"), marked("chattext"), marked("chathandle"), strict=True)
    for number, (name, text, handle) in enumerate(chats):
        finish(
            unit, f"chat {number}", Disposition.CASE,
            Message(TELEGRAM, Handle(TELEGRAM, handle), name=name, text=text), "chat",
        )  # fmt: skip
    for number, requester in enumerate(requesters):
        unit.cases.add(replace(a_case(f"r{number:04}"), name=requester))
    for number, mail in enumerate(list(mails())[:50]):
        finish(unit, f"other {number}", Disposition.OTHER, mail)
    for error in packed("error", 40):
        finish(unit, error, Disposition.PARKED, None)
    rows = zip(packed("letter", 80), packed("recipient", 80), packed("bounce", 80), strict=True)
    for subject, recipient, bounce in rows:
        letter = replace(an_outgoing(case), kind=DraftKind.HOLDING, subject=subject, recipient=Handle(MAIL, recipient))
        unit.outbox.add(replace(letter, state=DeliveryState.PARKED, last_error=bounce))
    for number, written in enumerate(packed("optout", 150)):
        unit.suppressions.add(Suppression(f"s{number}", Handle(MAIL, written), Scope.ALL, NOW, None))
    for number, name in enumerate(packed("customer", 50)):
        unit.directory.put(Customer(f"c{number}", f"C-{number}", name, ("all@example.com",)), NOW)


async def test_no_string_of_a_stranger_runs_or_calls_anybody(browser: Browser, console: Console) -> None:
    assert len(STRINGS) >= 500
    await console.desk.store.transact(write_everything)
    await console.hire(KIM, *Role)
    kim = await open_screen(browser, console, viewport=WIDE)
    await kim.sign_in(KIM)
    seen: defaultdict[str, set[int]] = defaultdict(set)
    (draft,) = await console.desk.drafts()
    for path in (
        "/", "/cases/NX-talk", "/cases/NX-chat", f"/drafts/{draft.id}", "/messages?kind=other", "/messages",
        "/deliveries", "/suppressions", "/customers", "/audit", "/people", "/health-of-the-desk",
        "/tasks", "/reports", "/tokens", "/templates",
    ):  # fmt: skip
        await look(kim, path, seen)
    await kim.page.goto(f"{console.url}/cases")
    while True:
        await harmless(kim, seen)
        onward = kim.page.locator("a[rel=next]")
        if not await onward.count():
            break
        async with kim.page.expect_navigation():
            await onward.click()
    await searches(kim, seen)
    await previews(kim, f"/drafts/{draft.id}", seen)
    missing = {field: len(STRINGS) - len(seen[field]) for field in FIELDS if len(seen[field]) < len(STRINGS)}
    assert missing == {}
    assert [said for said in kim.complaints if "404" not in said] == []


async def look(kim: Screen, path: str, seen: defaultdict[str, set[int]]) -> None:
    await kim.page.goto(kim.console.url + path)
    await harmless(kim, seen)


async def harmless(kim: Screen, seen: defaultdict[str, set[int]]) -> None:
    """Note which strings the page shows, with every fold open, and that all of them are text."""
    await kim.page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    assert await kim.page.locator(_FORBIDDEN).count() == 0, kim.page.url
    assert await kim.page.title() != "owned"
    for field, number in _MARK.findall(await kim.page.evaluate("document.body.textContent")):
        seen[field].add(int(number))


async def searches(kim: Screen, seen: defaultdict[str, set[int]]) -> None:
    """Ask for every string: in the searches, in filters, in references and names that are guessed."""
    everything = " ".join(STRINGS)
    for page in ("/cases", "/customers"):
        await kim.page.goto(kim.console.url + page)
        words = kim.page.locator("input[name=words]")
        await words.evaluate(
            "(field, words) => { field.removeAttribute('maxlength'); field.value = words; }", everything
        )
        async with kim.page.expect_navigation():
            await words.evaluate("field => field.form.requestSubmit()")
        assert await kim.page.locator("input[name=words]").input_value() == everything.replace("\n", "")
        await harmless(kim, seen)
    await kim.page.goto(kim.console.url + "/customers")
    await kim.page.locator("input[name=words]").fill("all@example.com")
    await kim.page.get_by_role("button", name="Find").click()
    await kim.page.get_by_role("heading", level=2).first.wait_for()
    await harmless(kim, seen)
    for start in range(10):
        guess = quote(" ".join(STRINGS[start::10]), safe="")
        for path in (
            f"/audit?who={guess}",
            f"/cases?right={guess}&after=",
            f"/cases/{guess}",
            f"/templates?kind={guess}",
        ):
            await look(kim, path, seen)


async def previews(kim: Screen, path: str, seen: defaultdict[str, set[int]]) -> None:
    """Take everything over into a letter and show how it would look."""
    await look(kim, path, seen)
    await kim.page.locator("textarea[name=body]").fill("\n".join(STRINGS))
    await kim.page.get_by_role("button", name="Only show how it looks").click()
    await kim.page.get_by_text("Keep them first").wait_for()
    await harmless(kim, seen)


RICH: Final = "From: ann@example.com\nContent-Type: text/html; charset=utf-8\n\n<p>Hello <b>in bold</b></p>\n"
SHOW: Final = """messages => Promise.all(messages.map(message => new Promise(shown => {
    const frame = document.createElement("iframe");
    frame.onload = shown;
    frame.src = `/messages/${message}/html`;
    document.body.append(frame);
})))"""
"""Show mails in frames that are allowed everything: what the answers themselves forbid has to be enough."""


async def test_no_string_runs_in_the_frame_of_a_mail_as_it_looked(browser: Browser, console: Console) -> None:
    def keep(unit: Unit) -> list[str]:
        unit.cases.add(a_case("rich"))
        message = Message(MAIL, Handle(MAIL, "ann@example.com"), text="Hello", html=True)
        return [finish(unit, RICH + some, Disposition.CASE, message, "rich") for some in packed("rich", 91)]

    kept = await console.desk.store.transact(keep)
    await console.hire(KIM, Role.READER)
    kim = await open_screen(browser, console, viewport=WIDE)
    await kim.sign_in(KIM)
    await kim.page.evaluate(SHOW, kept)
    assert len(kim.page.frames) == 1 + len(kept)
    for frame in kim.page.frames[1:]:
        assert await frame.get_by_text("in bold").count() == 1
        assert await frame.locator("script, img, svg, iframe, object, embed, form, link, base, video").count() == 0
    assert kim.complaints == []

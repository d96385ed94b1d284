"""Beside every button that sends, destroys or changes something stands what it does, before anybody clicks."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from lxml.html import HtmlElement, document_fromstring

from bot.console.access import ROUTES
from bot.core.accounts import Stage
from bot.core.announcing import Happening
from bot.core.case import Case, Lane
from bot.core.drafts import DraftKind, Role
from bot.core.errors import PermanentFailure, UncertainDelivery
from bot.core.messages import MAIL, Attachment, Inbound
from bot.core.passkeys import Passkey
from bot.core.rights import Flag, RequestType
from bot.core.shelves import Hold
from bot.core.unit import Unit
from bot.core.verdict import Outcome
from bot.core.vouching import Ground
from bot.core.withholding import Where
from tests.flow.conftest import ANN, KIM, LEE, WITH_PAGES
from tests.flow.test_without_mail import asks_for_a_call
from tests.integration.console.conftest import Browser, Console, open_console
from tests.integration.console.test_joins import two_matters
from tests.integration.console.test_lists import stuck, upload
from tests.integration.console.test_redacting import copied, sent_file
from tests.integration.console.test_tasks import OTHERS, draft_of, erasure, task_of
from tests.integration.console.test_work import proven_access, seal

UNSAID: Final = frozenset(
    {
        "POST /sign-out",
        "POST /prove",
        "POST /prove/passkey",
        "POST /account/language",
        "POST /cases/find",
        "POST /customers/find",
        "POST /cases/assign",
        "POST /cases/{case}/assign",
    }
)
"""What sends and destroys nothing and changes no more than what somebody sees, or who sees to a case."""

BY_SCRIPT: Final = frozenset(
    {"POST /drafts/{draft}/unsaved", "POST /account/passkey-challenge", "POST /prove/passkey-challenge"}
)
"""What our script asks by itself."""

HOUSE: Final = replace(
    WITH_PAGES,
    undo=timedelta(seconds=15),
    systems=OTHERS.systems,
    recipients=OTHERS.recipients,
    subscribers={"crm": frozenset(Happening)},
)


@dataclass
class Walk:
    """A colleague who looks at pages, and tells which buttons there do not say what they do."""

    browser: Browser
    met: set[str] = field(default_factory=set)
    silent: list[str] = field(default_factory=list)

    async def look(self, path: str) -> str:
        """Open a page and read what stands beside its buttons."""
        return self.read(await self.browser.open(path))

    def read(self, page: str) -> str:
        """Read what stands beside the buttons of a page."""
        whole = document_fromstring(page)
        for form in whole.xpath("//main//form[@method='post']"):
            route = route_of(form.get("action"))
            self.met.add(route)
            for button in form.xpath(".//button") if route not in UNSAID else ():
                if not re.search(r"\w{2,} .*\w[.”]+$", said_beside(whole, button)):
                    self.silent.append(f"{route}: {button.text_content()}")
        return page


def route_of(action: str) -> str:
    """Return the route that a form is sent to."""
    for route in ROUTES:
        method, _, path = route.partition(" ")
        if method == "POST" and re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), action):
            return route
    raise AssertionError(f"no route takes {action}")


def said_beside(page: HtmlElement, button: HtmlElement) -> str:
    """Return what describes a button, as a screen reader says it with the button."""
    described = button.get("aria-describedby", "").split()
    return " ".join(page.get_element_by_id(ident).text_content().strip() for ident in described)


@asynccontextmanager
async def a_walk(folder: Path, name: str) -> AsyncIterator[tuple[Console, Walk]]:
    """Open a desk of its own for a colleague with every role."""
    async with open_console(
        f"sqlite:///{folder / name}.db", folder / f"{name}.json", HOUSE, host="localhost"
    ) as console:
        yield console, Walk(await console.colleague(KIM, *Role))


async def change(console: Console, ident: str, changed: Callable[[Case], Case]) -> None:
    await console.desk.store.transact(lambda unit: unit.cases.save(changed(unit.cases.get(ident))))


async def a_case_and_its_draft(console: Console, walk: Walk) -> None:
    """As it comes, doubted, typed at, with one yes, overtaken, ended."""
    case, kim = f"/cases/{await proven_access(console)}", walk.browser
    await walk.look(case)
    await kim.send(f"{case}/ask", at="", reason="the tone is not hers")
    assert "Withdraw the doubt" in await walk.look(case)
    await kim.send(f"{case}/undoubt", reason="she rang us")
    draft = await draft_of(console, DraftKind.ANSWER)
    path = f"/drafts/{draft.id}"
    await walk.look(path)
    await kim.send(f"{path}/unsaved", 204, subject="About you", body="Fresh words", seal=draft.seal)
    assert "Forget what I typed" in await walk.look(path)
    await kim.send(f"{path}/forget")
    walk.read(await kim.send(f"{path}/approve", seal=draft.seal, then="stay"))
    await kim.open(case)
    await kim.send(f"{case}/close", reason="settled on the telephone")
    assert "Take the case up again" in await walk.look(case)
    await walk.look(path)


async def a_yes_that_may_be_taken_back(console: Console, walk: Walk) -> None:
    desk = console.desk
    desk.reader.tell("Stop using my data.", RequestType.OBJECTION)
    await desk.know(ANN)
    await desk.mail("Stop using my data.")
    draft = await draft_of(console, DraftKind.ANSWER)
    shown = await walk.look(f"/drafts/{draft.id}")
    assert "Take it back" in walk.read(
        await walk.browser.send(f"/drafts/{draft.id}/approve", seal=seal(shown), then="stay")
    )


async def what_is_rare(console: Console, walk: Walk) -> None:
    """A hold, a breach, a denial, an authority, a colleague kept away, two matters, a wrong reading, a proof."""
    desk, now = console.desk, console.desk.clock.now()
    case = f"/cases/{await two_matters(console)}"
    ident = (await desk.case()).id
    await walk.look(case)
    for changed in (
        lambda one: replace(one, hold=Hold("a dispute", KIM, now), complained_of=frozenset({LEE})),
        lambda one: replace(one, aware_at=now),
        lambda one: replace(one, denied_at=now),
        lambda one: replace(one, lane=Lane.AUTHORITY),
    ):
        await change(console, ident, changed)
        await walk.look(case)
    scores = {RequestType.OBJECTION: 0.61, RequestType.UNSUBSCRIBE: 0.34}
    desk.reader.tell("Leave me out of it.", RequestType.OBJECTION, scores=scores)
    proof = Attachment(1, "card.jpg", "image/jpeg", 9)
    await desk.mail("Leave me out of it.", "bo@example.com", message_id="<bo@example.com>", attachments=(proof,))
    other = next(one for one in await desk.cases() if one.id != ident)
    page = await walk.look(f"/cases/{other.reference}")
    assert "instead</button>" in page
    assert "A proof of identity that you have seen?" in page


async def somebody_without_mail(console: Console, walk: Walk) -> None:
    """Vouched for, with a choice for their chat, and a code to be told."""
    desk, kim = console.desk, walk.browser
    ident = await asks_for_a_call(desk)
    case = f"/cases/{(await desk.case()).reference}"
    await desk.vouching.vouch(ident, Ground.DOCUMENT, "C-7", "saw it", LEE)
    assert "Record the choice" in await walk.look(case)
    walk.read(await kim.send(f"{case}/choose", field="address", how="read_out", reason="wants it here"))
    await kim.send(f"{case}/unchoose", reason="rather by telephone")
    await kim.send(f"{case}/unvouch", reason="rather by telephone")
    await kim.send(f"{case}/vouch", ground="chat_link", of="C-7", number="", reason="named two orders")
    assert "Create the code" in await walk.look(case)


async def what_is_to_be_done(console: Console, walk: Walk) -> None:
    """Systems, recipients and our own record; a notice that was sent back; marks that were mistakes."""
    case, kim = f"/cases/{await erasure(console)}", walk.browser
    assert "It is done" in await walk.look(case)
    await kim.send(f"{case}/task", task=await task_of(console, "web shop"), deed="done", note="two orders")
    await kim.send(f"{case}/task", task=await task_of(console, "Stripe"), deed="except", note="has closed down")
    assert "That was a mistake" in await walk.look(case)
    notice = await draft_of(console, DraftKind.RECIPIENT_NOTICE)
    page = await walk.look(f"/drafts/{notice.id}")
    await kim.send(f"/drafts/{notice.id}/reject", seal=seal(page), reason="the wrong address")
    assert "Draft its notice anew" in await walk.look(case)


async def what_nothing_is_drafted_for(console: Console, walk: Walk) -> None:
    """What a processor passed on, and a direct transfer that another colleague agreed to."""
    desk = console.desk
    desk.reader.tell("One of your customers wrote to us.", flags=frozenset({Flag.PROCESSOR}))
    await desk.mail("One of your customers wrote to us.", "shop@example.com")
    (passed_on,) = await desk.cases()
    assert "Say how it ends" in await walk.look(f"/cases/{passed_on.reference}")
    await desk.know(ANN)
    desk.reader.tell("Send it to Other Shop", RequestType.PORTABILITY)
    await desk.mail("Send it to Other Shop", message_id="<transfer@example.com>")
    await desk.mail(await desk.code(), message_id="<code@example.com>")
    case = next(one for one in await desk.cases() if one.id != passed_on.id)
    await desk.outcomes.choose_in(case.id, {RequestType.PORTABILITY: Outcome.TRANSFERRED}, LEE)
    assert "Save the files to send" in await walk.look(f"/cases/{case.reference}")


async def the_copy(console: Console, walk: Walk) -> None:
    copy, kim = f"/cases/{await copied(console)}/copy", walk.browser
    await walk.look(copy)
    await sent_file(kim, f"{copy}/file", "orders.csv", b"order,note\n7,none\n")
    out = {"where": Where.FIELD, "key": "notes", "words": "Bert Janssens", "ground": "other_person"}
    await kim.open(copy)
    await kim.send(f"{copy}/leave-out", **out, reason="he asked us not to")
    page = await walk.look(copy)
    assert "Put it back" in page
    assert "Take it away" in page


async def the_lists(console: Console, walk: Walk) -> None:
    """Messages, letters, opt-outs, customers, people, programs, figures, history, health, and an account."""
    desk, kim, now = console.desk, walk.browser, console.desk.clock.now()

    def park(unit: Unit) -> None:
        unit.inbox.keep(Inbound(MAIL, "info/INBOX", "bad", now, [b"\xff"]), now)
        (claimed,) = unit.inbox.claim(now, 1, timedelta(minutes=1))
        unit.inbox.park(claimed.message, claimed.fence, "too deep")
        unit.passkeys.keep(Passkey("ab", KIM, "work laptop", "cd", 0, now))
        (news, *_) = unit.announcements.claim(desk.clock.now(), 9, timedelta(minutes=1))
        unit.announcements.park(news, "410 gone")

    await proven_access(console)
    await desk.store.transact(park)
    await desk.mail("Could you kindly forget me?", "bo@example.com", message_id="<other@example.com>")
    for kind in ("parked", "other"):
        await walk.look(f"/messages?kind={kind}")
    await kim.open("/tokens")
    walk.read(await kim.send("/tokens/make", name="front end", days="9", role="reader"))
    await kim.open("/customers/import")
    walk.read(await upload(kim, 200, b"number,emails\nC-9,zoe@example.com\n", deed="preview"))
    for page in ("suppressions", "people", "audit", "reports", "account", "enter", "cases", "health-of-the-desk"):
        await walk.look(f"/{page}")


async def letters_in_trouble(failure: Exception, console: Console, walk: Walk) -> None:
    await stuck(console, failure)
    assert "<button" in await walk.look("/deliveries")


PARTS: Final[tuple[Callable[[Console, Walk], Awaitable[None]], ...]] = (
    a_case_and_its_draft,
    a_yes_that_may_be_taken_back,
    what_is_rare,
    somebody_without_mail,
    what_is_to_be_done,
    what_nothing_is_drafted_for,
    the_copy,
    the_lists,
    partial(letters_in_trouble, PermanentFailure("550 no")),
    partial(letters_in_trouble, UncertainDelivery("the line broke")),
)


async def test_no_button_acts_without_saying_before_what_it_does(tmp_path: Path) -> None:
    """In every state in which a page offers one: a form that no part of the walk meets fails too."""
    met: set[str] = set()
    silent: set[str] = set()
    for number, part in enumerate(PARTS):
        async with a_walk(tmp_path, str(number)) as (console, walk):
            await part(console, walk)
        met |= walk.met
        silent |= set(walk.silent)
    assert not silent, "\n".join(sorted(silent))
    inside = {route for route, rule in ROUTES.items() if route.startswith("POST") and rule.stage is Stage.INSIDE}
    assert inside - UNSAID - BY_SCRIPT - met == set()

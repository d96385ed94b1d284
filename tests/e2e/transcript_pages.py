"""What people do on our public pages in a transcript, over real HTTP, and what these show."""

import re
from collections.abc import Mapping
from html import unescape
from io import BytesIO
from typing import Final
from zipfile import ZipFile

import httpx

from bot.core.tickets import Door
from tests.e2e.transcript import Block, Person
from tests.e2e.transcript_mail import text_of
from tests.e2e.transcript_stage import Stage, Verb
from tests.e2e.transcript_writing import filled

PAGES: Final = "https://privacy.nexioprojects.com"
_STATUS: Final = f"/{Door.STATUS}"


async def _types(stage: Stage, deed: Block, who: str) -> None:
    person = stage.person(who)
    await _send(stage, person, _link(stage, person, Door.CONFIRM), code=filled(stage, deed.text, person))


async def _denies(stage: Stage, _deed: Block, who: str) -> None:
    person = stage.person(who)
    await _send(stage, person, _link(stage, person, Door.NOT_ME), sure="yes")


async def _chooses(stage: Stage, deed: Block, who: str) -> None:
    person = stage.person(who)
    kinds = [kind for kind in deed.text.removeprefix("none of:").strip().split(", ") if kind]
    await _send(stage, person, _link(stage, person, Door.PREFERENCES), keep="yes", stop=kinds)


async def _asks(stage: Stage, _deed: Block, who: str) -> None:
    person = stage.person(who)
    (case,) = await stage.cases_of(person)
    page = await _send(stage, person, _STATUS, reference=case.reference)
    await stage.settle()
    ticket = re.search(r'name="ticket" value="(\w+)"', page)
    if ticket is None:
        raise ValueError("the page takes no code")
    await _send(stage, person, _STATUS, ticket=ticket[1], code=stage.code_of(person))


async def _opens(stage: Stage, _deed: Block, who: str) -> None:
    person = stage.person(who)
    _show(stage, person, (await _site(stage).get(_link(stage, person, Door.RECEIPT))).text)


async def _looks(stage: Stage, _deed: Block, who: str) -> None:
    _show(stage, stage.person(who), (await _site(stage).get(_from_chat(stage))).text)


async def _reads(stage: Stage, deed: Block, who: str) -> None:
    """Press the button behind a link in the chat, and read the file that comes, or the page that says why none does.

    Where a code is typed, `<code>` is the one that a colleague told last.
    """
    person, typed = stage.person(who), deed.text.replace("<code>", stage.told)
    answered = await _site(stage).post(_from_chat(stage), data={"code": typed})
    if answered.headers["content-type"] != "application/zip":
        _show(stage, person, answered.text)
        return
    letter = ZipFile(BytesIO(answered.content)).read("answer.txt").decode()
    stage.shown.append(Block(f"NEXIO shows {person.key} the answer", letter.strip("\n")))


def _from_chat(stage: Stage) -> str:
    """Return the last link that stood in a chat."""
    return stage.links[-1].removeprefix(PAGES)


async def _send(stage: Stage, person: Person, path: str, **fields: str | list[str]) -> str:
    """Send a form as a browser does, and keep what is shown then."""
    page = (await _site(stage).post(path, data=fields)).text
    _show(stage, person, page)
    return page


def _site(stage: Stage) -> httpx.AsyncClient:
    if stage.site is None:
        raise ValueError("nobody reaches our pages in this story: write `, with pages` beside its language")
    return stage.site


def _show(stage: Stage, person: Person, page: str) -> None:
    main = page.partition("<h1>")[2].partition("</main>")[0]
    words = re.sub(r"<label>Code.*?</label>", "[ ________ ]", main)
    words = re.sub(r'<input type="checkbox"[^>]* checked>', "[x] ", words)
    words = re.sub(r'<input type="checkbox"[^>]*>', "[ ] ", words)
    words = re.sub(r"<button[^>]*>(.*?)</button>", r"[\1]", words)
    words = words.replace("</dt><dd>", ": ")
    lines = [unescape(re.sub(r"<[^>]+>", "", line)).strip() for line in words.split("\n")]
    stage.shown.append(Block(f"NEXIO shows {person.key} a page", "\n".join(filter(None, lines))))


def _link(stage: Stage, person: Person, door: Door) -> str:
    """Return the last link of a kind that somebody was sent."""
    texts = [text_of(mail) for mail in stage.mails_to(person)]
    last = next(text for text in reversed(texts) if PAGES + door.path in text)
    return door.path + last.partition(PAGES + door.path)[2].split()[0]


PAGED: Final[Mapping[str, Verb]] = {
    r"(?P<who>[A-Z]+) types on our page": _types,
    r"(?P<who>[A-Z]+) says on our page that it was somebody else": _denies,
    r"(?P<who>[A-Z]+) chooses mailings on our page": _chooses,
    r"(?P<who>[A-Z]+) asks on our page how far it is": _asks,
    r"(?P<who>[A-Z]+) opens the receipt": _opens,
    r"(?P<who>[A-Z]+) looks at the link in the chat": _looks,
    r"(?P<who>[A-Z]+) opens the answer behind it": _reads,
}

"""A letter as the person will see it, inside our page: our markup, cleaned once more, slots and flaws marked."""

import re
from collections.abc import Sequence
from typing import Final

import nh3
from markupsafe import Markup

from bot.core.drafts import Draft
from bot.core.letters import Flaw
from bot.core.messages import is_chat
from bot.core.ports import Writer

_SLOT: Final = re.compile("(⟦[^⟦⟧\n]*⟧)")
_TAGS: Final = {"h1", "h2", "p", "ul", "li", "blockquote", "br"}
_PIN: Final = "\ue000"
_PINNED: Final = re.compile(f"{_PIN}(\\d+){_PIN}")
"""A number between two characters of private use: it passes the markup as a word and holds a flaw's place in it."""


def letter_of(writer: Writer, draft: Draft, notes: Sequence[tuple[Flaw, str]], language: str) -> Markup:
    """Return the letter, each flaw told behind the line that causes it; a chat message is its plain words.

    `notes` are the flaws in the words of `language`, the colleague's.
    """
    body = _pinned(draft.body, notes)
    if is_chat(draft.recipient.channel):
        clean = str(Markup("<p>{}</p>").format(body)).replace("\n", "<br>")
    else:
        page = writer.dress(body, draft.language)
        inner = page.partition("<main")[2].partition(">")[2].partition("</main>")[0] or page
        clean = nh3.clean(inner, tags=_TAGS, attributes={})
    told = [
        Markup('<span class="beside" id="flaw-{}" lang="{}">{}</span>').format(number, language, said)
        for number, (_, said) in enumerate(notes)
    ]
    marked = _SLOT.sub(r"<mark>\1</mark>", clean)
    with_notes = _PINNED.sub(lambda pin: str(told[int(pin[1])]), marked)
    return Markup(with_notes)  # noqa: S704 - cleaned above; slots are part of it, notes are escaped


def _pinned(body: str, notes: Sequence[tuple[Flaw, str]]) -> str:
    lines = body.replace(_PIN, "").split("\n")
    for number, (flaw, _) in enumerate(notes):
        if flaw.line is not None:
            lines[flaw.line] += f" {_PIN}{number}{_PIN}"
    return "\n".join(lines)

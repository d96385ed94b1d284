"""A letter as the person will see it, inside our page: our own markup, cleaned once more, open slots marked."""

import re
from typing import Final

import nh3
from markupsafe import Markup

from bot.core.drafts import Draft
from bot.core.messages import MAIL
from bot.core.ports import Writer

_SLOT: Final = re.compile("(⟦[^⟦⟧\n]*⟧)")
_TAGS: Final = {"h1", "h2", "p", "ul", "li", "blockquote", "br"}


def letter_of(writer: Writer, draft: Draft, body: str) -> Markup:
    """Return the letter with this body; a chat message is its plain words."""
    if draft.recipient.channel != MAIL:
        return _marked(str(Markup("<p>{}</p>").format(body)).replace("\n", "<br>"))
    page = writer.dress(body, draft.language)
    inner = page.partition("<main")[2].partition(">")[2].partition("</main>")[0] or page
    return _marked(nh3.clean(inner, tags=_TAGS, attributes={}))


def _marked(clean: str) -> Markup:
    return Markup(_SLOT.sub(r"<mark>\1</mark>", clean))  # noqa: S704 - cleaned above; the slot's text is part of it

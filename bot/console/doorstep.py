"""Pages for the public: no cookie, no login, no redirect (RFC 8058 3.1), in the language the browser asks for."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse

from bot.console.rendering import Renderer
from bot.console.words import preferred
from bot.core.counters import neighbourhood
from bot.core.pages import Page, PageKind
from bot.core.ports import Clock, Writer
from bot.core.rights import OUR_LANGUAGES
from bot.core.unit import Store

ENGLISH: Final = "en"
POSTS_AN_HOUR: Final = 60
"""How many forms one network address, or one /64 of IPv6, may send in an hour; many people may share it."""

_HOUR: Final = timedelta(hours=1)
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Robots-Tag": "noindex, nofollow",
}

_SHAPE: Final[dict[str, object]] = {
    "field": (),
    "code": False,
    "again": "",
    "asks": "",
    "ticked": (),
    "leads": "",
    "before": None,
}


@dataclass(frozen=True, slots=True)
class Doorstep:
    """Where whoever has no account is shown something."""

    writer: Writer
    pages: Renderer
    store: Store
    clock: Clock

    def show(self, page: Page, status: int = 200, **shape: object) -> HTMLResponse:
        """Return a page.

        `field` is what its button sends, `code` whether it takes one, `again` the words of a button for another, `asks`
        the name of a field to fill in, `ticked` which boxes are, `leads` where the link to another page goes, `before`
        which boxes were, for a button that takes the change back.
        """
        values = {"words": self.writer.page(page), "spoken": page.language, **_SHAPE}
        text = self.pages.render(ENGLISH, "public.html", values | shape)
        return HTMLResponse(text, status, headers=_HEADERS)

    async def is_crowded(self, request: Request) -> bool:
        """Count one more form from a network address, and say whether these were too many for an hour."""
        now, client = self.clock.now(), neighbourhood(request.client.host) if request.client else ""
        return not await self.store.transact(
            lambda unit: unit.counters.raise_within(f"doorstep:{client}", POSTS_AN_HOUR, now - _HOUR, now)
        )

    def too_often(self, request: Request) -> HTMLResponse:
        """Ask for patience; nothing was done."""
        return self.show(Page(PageKind.TOO_OFTEN, language_of(request)), 429)


def language_of(request: Request, otherwise: str = ENGLISH) -> str:
    """Return the language of ours that somebody's browser asks for."""
    return preferred(request.headers.get("accept-language", ""), OUR_LANGUAGES, otherwise)

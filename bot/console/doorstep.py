"""Pages for the public: no cookie, no login, no redirect (RFC 8058 3.1), in the language the browser asks for."""

from dataclasses import dataclass
from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse

from bot.console.admission import POLICY
from bot.console.rendering import Renderer
from bot.console.words import preferred
from bot.core.pages import Page
from bot.core.ports import Writer
from bot.core.rights import OUR_LANGUAGES

ENGLISH: Final = "en"


@dataclass(frozen=True, slots=True)
class Doorstep:
    """Where whoever has no account is shown something."""

    writer: Writer
    pages: Renderer

    def show(self, page: Page, status: int = 200, **shape: object) -> HTMLResponse:
        """Return a page; `field` is what its button sends, `again` the words of a button for another code."""
        values = {"words": self.writer.page(page), "spoken": page.language, "field": (), "again": ""}
        text = self.pages.render(ENGLISH, "public.html", values | shape)
        return HTMLResponse(text, status, headers={"Content-Security-Policy": POLICY})


def language_of(request: Request, otherwise: str = ENGLISH) -> str:
    """Return the language of ours that somebody's browser asks for."""
    return preferred(request.headers.get("accept-language", ""), OUR_LANGUAGES, otherwise)

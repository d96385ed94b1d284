"""The gate before every page: who is asking, with what form, and whether the table of access lets them."""

import hmac
import secrets
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Annotated, Final

from fastapi import Depends, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.console.access import ROUTES, Rule
from bot.console.form import LETTER_BYTES, MOST_BYTES, MOST_FILE_BYTES, Form, Unread, read_form
from bot.console.office import Office
from bot.console.rendering import Renderer
from bot.console.words import choose
from bot.core.accounts import LONGEST_SESSION, Stage
from bot.core.counters import neighbourhood
from bot.flow.coming_in import Knock, Visitor
from bot.flow.sight import require_sight

SEE_OTHER: Final = 303
_FOREIGN: Final = frozenset({"cross-site", "same-site"})

POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; frame-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
"""Nothing inline, nothing from elsewhere, nobody may frame us."""


class SignInNeeded(Exception):
    """Nobody is signed in, or not far enough for this page; `form` is what would be lost."""

    def __init__(self, form: Form, stage: Stage | None) -> None:
        super().__init__()
        self.form = form
        self.stage = stage


class ProofNeeded(Exception):
    """The colleague has to give the password again first."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, by whom, with what it sent."""

    request: Request
    office: Office
    pages: Renderer
    visitor: Visitor | None
    form: Form
    language: str
    spare: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def me(self) -> Visitor:
        """The colleague who asks; the gate has made sure that there is one."""
        if self.visitor is None:
            raise SignInNeeded(self.form, None)
        return self.visitor

    @property
    def holder(self) -> str:
        """The token of this browser: its session's, or else the one its forms are sealed with."""
        if self.visitor is not None:
            return self.visitor.token
        return self.request.cookies.get(self._cookie("form"), "") or self.spare

    @property
    def knock(self) -> Knock:
        """Where a try to come in comes from."""
        client = self.request.client
        return Knock(neighbourhood(client.host) if client else "", self.request.cookies.get(self._cookie("device"), ""))

    def page(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """Render a page with what every page needs."""
        inside = self.visitor if self.visitor and self.visitor.session.stage is Stage.INSIDE else None
        shared = {
            "me": inside,
            "csrf": form_seal(self.holder),
            "path": self.request.url.path,
            "allowed": self._allowed(),
            "company": self.office.company.name,
            "passkeys_offered": self.office.passkeys.devices.offered,
            "live": None,
        }
        text = self.pages.render(self.language, template, shared | values)
        response = HTMLResponse(text, status, headers={"Content-Security-Policy": POLICY})
        if self.office.is_https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        self._keep_holder(response)
        return response

    def _allowed(self) -> frozenset[str]:
        """Return the routes this visitor's roles admit to, for links and buttons; the gate judges by itself."""
        if self.visitor is None:
            return frozenset()
        return frozenset(route for route, rule in ROUTES.items() if rule.admits(self.visitor.roles))

    def go(self, where: str) -> RedirectResponse:
        """Send the browser to a page of ours; what was posted is not posted again by going back."""
        return RedirectResponse(where, SEE_OTHER)

    def go_out(self, where: str) -> RedirectResponse:
        """Send the browser to somebody else's page, from which it comes back as the same one."""
        response = RedirectResponse(where, SEE_OTHER)
        self._keep_holder(response)
        return response

    def give_session(self, response: Response, token: str) -> None:
        """Hand the session's token out, in place of any older one."""
        self._set(response, "session", token)

    def take_session(self, response: Response) -> None:
        """Make the browser forget its session."""
        response.delete_cookie(self._cookie("session"), path="/")

    def give_device(self, response: Response, token: str) -> None:
        """Let this browser be known later on."""
        self._set(response, "device", token, days=180)

    def _keep_holder(self, response: Response) -> None:
        if self.visitor is None:
            self._set(response, "form", self.holder)

    def _set(self, response: Response, what: str, value: str, days: int = 0) -> None:
        response.set_cookie(
            self._cookie(what),
            value,
            path="/",
            max_age=days * 86400 if days else int(LONGEST_SESSION.total_seconds()),
            httponly=True,
            secure=self.office.is_https,
            samesite="lax",
        )

    def _cookie(self, what: str) -> str:
        return cookie_name(self.office, what)


def cookie_name(office: Office, what: str) -> str:
    """Return a cookie's name; over TLS with the prefix that binds it to this very host (RFC 6265bis 4.1.3)."""
    return f"__Host-desk-{what}" if office.is_https else f"desk-{what}"


def form_seal(token: str) -> str:
    """Return the word that shows a form to be ours: nobody without the cookie's token can make it."""
    return hmac.new(token.encode(), b"form", sha256).hexdigest()


def local(where: str) -> str:
    """Return an address within the console, or its front page for anything else."""
    return where if where.startswith("/") and not where.startswith("//") and "\\" not in where else "/"


async def admit(request: Request) -> Visit:
    """Let a request through to its page as the table of access says.

    Raises SignInNeeded, ProofNeeded, NotFound for a case that is not for these eyes, or HTTPException 403 for a role
    that may not or a form that is not ours.
    """
    office: Office = request.app.state.office
    rule = ROUTES.get(f"{request.method} {request.scope['route'].path}")
    if rule is None:
        raise HTTPException(403)
    posted = request.method == "POST"
    visitor = await office.door.visitor(request.cookies.get(cookie_name(office, "session"), ""), is_there=rule.by_hand)
    wanted = visitor.language if visitor and visitor.language else request.headers.get("accept-language", "")
    visit = Visit(request, office, request.app.state.pages, visitor, Form([]), choose(wanted))
    request.state.visit = visit
    stage = visitor.session.stage if visitor else None
    if visitor is not None and stage is rule.stage is Stage.INSIDE and not rule.admits(visitor.roles):
        raise HTTPException(403)
    unread = None
    if posted:
        try:
            form = await _form(request, rule, stage)
        except Unread as failure:
            unread, form = failure, failure.form
        visit = request.state.visit = replace(visit, form=form)
    if rule.stage not in {None, stage}:
        raise SignInNeeded(visit.form, stage)
    if unread is not None:
        raise unread
    if posted:
        _refuse_foreign(visit)
    if rule.stage is Stage.INSIDE and request.path_params:
        named, me = request.path_params, visit.me.email
        await office.store.transact(lambda unit: require_sight(unit, named, me))
    if rule.fresh and not visit.me.proved_lately(office.clock.now()):
        raise ProofNeeded
    return visit


Admitted = Annotated[Visit, Depends(admit)]


async def _form(request: Request, rule: Rule, stage: Stage | None) -> Form:
    """Read a form as far as its sender has come in: of who has not, as much as a letter that is shown again."""
    if request.headers.get("sec-fetch-site") in _FOREIGN:
        raise HTTPException(403, "form")
    if stage is Stage.INSIDE:
        return await read_form(request, MOST_BYTES, most_file=MOST_FILE_BYTES if rule.with_file else 0)
    if rule.stage is Stage.INSIDE:
        return await read_form(request, LETTER_BYTES, most_file=LETTER_BYTES if rule.with_file else 0)
    return await read_form(request)


def _refuse_foreign(visit: Visit) -> None:
    """Refuse a form that was made for another session."""
    if not hmac.compare_digest(form_seal(visit.holder).encode(), visit.form["csrf"].encode()):
        raise HTTPException(403, "form")

"""The company's own sign-in: it lets in who was invited, and nobody else, whatever it says and whoever says it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey

from bot.console.identity_documents import AWAY, NOT_HELD
from bot.console.identity_provider import Client, OpenIdProvider
from bot.core.drafts import Role
from bot.core.introductions import Groups
from bot.flow.introductions import ANOTHER, NOT_EXPECTED, NOT_INVITED, NOT_OFFERED, NOT_VERIFIED, NOT_YOU
from bot.flow.inviting import LAST_ADMINISTRATOR
from tests.fakes.ports import TurnedClock
from tests.integration.console.conftest import PASSWORD, Browser, Console, open_console, session
from tests.integration.console.programs import holding
from tests.servers.openid import CLIENT_ID, SECRET, Provider, open_provider

KIM = "kai@nexioprojects.com"
ADA = "ada@nexioprojects.com"


@dataclass
class Company:
    """A desk whose company has a sign-in of its own."""

    console: Console
    provider: Provider

    async def invited(self, email: str = KIM, *roles: Role) -> Browser:
        """Invite somebody, who takes the invitation up by the company's sign-in."""
        self.introduces(email)
        given = frozenset(roles or {Role.APPROVER})
        token = await self.console.office.invitations.invite(email, given, ADA)
        browser = await self.console.browser()
        await browser.open(f"/welcome/{token}/company")
        return browser

    def introduces(self, email: str, **changes: Any) -> None:
        """Let the provider introduce somebody."""
        person = {"sub": f"id of {email}", "email": email, "email_verified": True, "name": "Kim Jansen"}
        self.provider.person = person | changes

    async def way(self, browser: Browser, start: str = "/sign-in/company") -> str:
        """Go there, and return the address by which the browser would come back."""
        there = (await browser.http.get(start)).headers["location"]
        async with httpx.AsyncClient() as elsewhere:
            return (await elsewhere.get(there)).headers["location"]


@asynccontextmanager
async def open_company(folder: Path, groups: Groups | None = None, *, hired: bool = True) -> AsyncIterator[Company]:
    async with open_provider(TurnedClock()) as provider:

        def client(address: str, clock: TurnedClock) -> OpenIdProvider:
            provider.clock = clock
            known = Client("the house login", CLIENT_ID, SECRET, address)
            provider.redirect_uri = known.back
            return OpenIdProvider(provider.url, known, clock)

        database = f"sqlite:///{folder / 'desk.db'}"
        async with open_console(database, folder / "keys.json", company=client, groups=groups) as console:  # type: ignore[arg-type]
            if hired:
                await console.hire(ADA, Role.ADMINISTRATOR)
            yield Company(console, provider)


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Company]:
    async with open_company(tmp_path) as opened:
        yield opened


async def test_who_was_invited_comes_in_and_comes_back(company: Company) -> None:
    kim = await company.invited()
    assert "Today" in await kim.open("/")
    roles = await company.console.desk.store.transact(lambda unit: unit.staff.roles(KIM))
    assert roles == {Role.APPROVER}
    again = await company.console.browser()
    assert "Sign in with the house login" in await again.open("/sign-in")
    assert "Today" in await again.open("/sign-in/company")
    assert "Cases" in await (await company.console.browser()).open("/sign-in/company?next=/cases")
    assert "change your password there" in await again.open("/account")


async def test_a_program_rests_while_its_owner_does_not_sign_in(company: Company) -> None:
    """What the provider says of somebody's roles is known as of their last sign-in alone."""
    await company.invited()
    console, clock = company.console, company.console.desk.clock
    secret, _ = await console.office.tokens.make("front end", frozenset({Role.APPROVER}), 90, KIM)
    caller = await holding(console, secret)
    clock.turn(days=6)
    await caller.call("GET", "/cases")
    clock.turn(days=2)
    assert "This token rests" in (await caller.call("GET", "/cases", 401))["detail"]
    await (await console.browser()).open("/sign-in/company")
    await caller.call("GET", "/cases")


async def test_nobody_comes_in_who_was_not_invited(company: Company) -> None:
    company.introduces("nia@nexioprojects.com")
    stranger = await company.console.browser()
    assert NOT_INVITED in await stranger.open("/sign-in/company", 403)
    assert not session(stranger)
    await company.console.hire(KIM, Role.APPROVER)  # has an account, but with a password
    company.introduces(KIM)
    assert NOT_INVITED in await stranger.open("/sign-in/company", 403)


async def test_an_address_that_is_given_to_another_person_lets_nobody_in(company: Company) -> None:
    await company.invited()
    company.introduces(KIM, sub="somebody new")
    assert NOT_INVITED in await (await company.console.browser()).open("/sign-in/company", 403)


async def test_an_invitation_is_for_its_address_and_works_once(company: Company) -> None:
    token = await company.console.office.invitations.invite(KIM, frozenset({Role.DPO}), ADA)
    company.introduces("nia@nexioprojects.com")
    assert ANOTHER in await (await company.console.browser()).open(f"/welcome/{token}/company", 403)
    company.introduces(KIM)
    await (await company.console.browser()).open(f"/welcome/{token}/company")
    await (await company.console.browser()).open(f"/welcome/{token}/company", 404)


async def test_the_first_administrator_may_come_by_the_company(tmp_path: Path) -> None:
    async with open_company(tmp_path, hired=False) as company:
        token = await company.console.office.invitations.first()
        company.introduces(KIM)
        first = await company.console.browser()
        await first.open(f"/welcome/{token}/company")
        assert "People and roles" in await first.open("/people")


@pytest.mark.parametrize("verified", [False, None, "true", 1], ids=str)
async def test_an_address_that_is_not_verified_is_nobody_s(company: Company, verified: object) -> None:
    await company.invited()
    company.introduces(KIM, email_verified=verified)
    assert NOT_VERIFIED in await (await company.console.browser()).open("/sign-in/company", 403)


def without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def but(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda claims: claims | changes


@pytest.mark.parametrize(
    "twist",
    [
        but(nonce="another way's"),
        without("nonce"),
        but(aud="another-client"),
        but(aud=[CLIENT_ID, "another-client"]),
        but(aud=[CLIENT_ID, "another-client"], azp="another-client"),
        without("aud"),
        but(iss="https://evil.example"),
        without("iss"),
        lambda claims: claims | {"exp": claims["iat"] - 120},
        without("exp"),
        lambda claims: claims | {"iat": claims["iat"] + 3600},
        without("iat"),
        lambda claims: claims | {"nbf": claims["iat"] + 3600},
        without("sub"),
        but(at_hash="another token's"),
        but(exp="soon"),
    ],
    ids=lambda twist: twist.__qualname__.partition(".")[0].strip("<>"),
)
async def test_a_token_that_is_not_for_this_way_is_refused(company: Company, twist: Callable[..., Any]) -> None:
    await company.invited()
    company.provider.twist = twist
    stranger = await company.console.browser()
    assert NOT_HELD in await stranger.open("/sign-in/company", 403)
    assert not session(stranger)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_a_token_that_anybody_could_have_written_is_refused(company: Company, algorithm: str) -> None:
    await company.invited()
    company.provider.algorithm = algorithm
    assert NOT_HELD in await (await company.console.browser()).open("/sign-in/company", 403)


async def test_a_token_signed_by_another_key_is_refused_and_a_new_key_is_learned(company: Company) -> None:
    await company.invited()
    new = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
    company.provider.signing_key = new
    assert NOT_HELD in await (await company.console.browser()).open("/sign-in/company", 403)
    company.provider.key = new
    company.console.desk.clock.turn(minutes=2)
    assert "Today" in await (await company.console.browser()).open("/sign-in/company")


async def test_what_comes_back_counts_once_for_its_browser_and_in_time(company: Company) -> None:
    await company.invited()
    mine, theirs = await company.console.browser(), await company.console.browser()
    back = await company.way(mine)
    await theirs.open("/sign-in")
    assert NOT_EXPECTED in await theirs.open(back, 403)
    assert "Today" in await mine.open(back)
    assert NOT_EXPECTED in await mine.open(back, 403)
    late = await company.way(theirs)
    company.console.desk.clock.turn(minutes=11)
    assert NOT_EXPECTED in await theirs.open(late, 403)


async def test_a_code_of_another_way_is_refused(company: Company) -> None:
    """A code that was stolen, or slipped to somebody, does not fit this browser's verifier."""
    await company.invited()
    mine, theirs = await company.console.browser(), await company.console.browser()
    stolen = parse_qs(urlsplit(await company.way(theirs)).query)["code"][0]
    state = parse_qs(urlsplit(await company.way(mine)).query)["state"][0]
    back = f"/sign-in/company/back?{urlencode({'state': state, 'code': stolen})}"
    assert NOT_HELD in await mine.open(back, 403)
    assert not session(mine)


@pytest.mark.parametrize(
    "told", ["", "state=&code=", "error=access_denied&state=x", "state=x&code=y", "code=<script>alert(1)</script>"]
)
async def test_what_no_provider_says_is_refused(company: Company, told: str) -> None:
    stranger = await company.console.browser()
    page = await stranger.open(f"/sign-in/company/back?{told}", 403)
    assert "<script>alert" not in page
    assert not session(stranger)


async def test_what_stands_only_in_userinfo_is_taken_from_there(company: Company) -> None:
    await company.invited()
    company.provider.only_in_userinfo = ("email", "email_verified", "name")
    assert "Today" in await (await company.console.browser()).open("/sign-in/company")
    company.provider.twist = but(sub="somebody else")
    assert NOT_HELD in await (await company.console.browser()).open("/sign-in/company", 403)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": None},
    ],
    ids=lambda changed: next(iter(changed)),
)
async def test_a_provider_that_speaks_of_another_is_not_believed(company: Company, metadata: dict[str, str]) -> None:
    company.provider.metadata = metadata
    assert NOT_HELD in await (await company.console.browser()).open("/sign-in/company", 403)


async def test_a_provider_that_is_away_is_told_in_words(tmp_path: Path) -> None:
    def nobody(address: str, clock: TurnedClock) -> OpenIdProvider:
        return OpenIdProvider("http://127.0.0.1:1", Client("x", CLIENT_ID, SECRET, address), clock)

    database = f"sqlite:///{tmp_path / 'desk.db'}"
    async with open_console(database, tmp_path / "keys.json", company=nobody) as console:  # type: ignore[arg-type]
        assert AWAY in await (await console.browser()).open("/sign-in/company", 403)


async def test_without_a_company_s_sign_in_none_is_offered(console: Console) -> None:
    stranger = await console.browser()
    assert "company" not in (await stranger.open("/sign-in")).partition("<main")[2]
    for path in ("/sign-in/company", "/sign-in/company/leave"):
        assert NOT_OFFERED in await stranger.open(path, 403)


async def test_before_what_matters_somebody_signs_in_there_once_more(company: Company) -> None:
    administrator = await company.invited("nia@nexioprojects.com", Role.ADMINISTRATOR)
    company.console.desk.clock.turn(minutes=15)
    await administrator.open("/people")
    asked = await administrator.send("/people/roles", email=KIM, role=["reader"])
    assert "Sign in with the house login once more" in asked
    assert 'name="password"' not in asked
    before = session(administrator)
    await administrator.open("/prove/company?next=/people")
    assert session(administrator) != before
    await administrator.send("/people/roles", email=KIM, role=["reader"])
    assert await company.console.desk.store.transact(lambda unit: unit.staff.roles(KIM)) == {Role.READER}


@pytest.mark.parametrize("how", ["somebody else", "an hour ago", "does not say when"])
async def test_once_more_means_the_same_person_now(company: Company, how: str) -> None:
    kim = await company.invited()
    if how == "somebody else":
        company.introduces("nia@nexioprojects.com")
    elif how == "an hour ago":
        company.provider.twist = lambda claims: claims | {"auth_time": claims["iat"] - 3600}
    else:
        company.provider.twist = without("auth_time")
    assert NOT_YOU in await kim.open("/prove/company", 403)


async def test_signing_out_here_offers_to_sign_out_there(company: Company) -> None:
    kim = await company.invited()
    await kim.open("/")
    assert "Sign out of the house login too" in await kim.send("/sign-out")
    there = (await kim.http.get("/sign-in/company/leave")).headers["location"]
    assert there.startswith(f"{company.provider.url}/bye?client_id={CLIENT_ID}&post_logout_redirect_uri=")
    assert "Sign in" in await kim.open("/sign-in/company/leave")


async def test_who_is_signed_out_there_is_signed_out_here(company: Company) -> None:
    kim, nia = await company.invited(), await company.invited("nia@nexioprojects.com")
    company.introduces(KIM)
    notice = company.provider.logout_notice()
    stranger = await company.console.browser()
    make = company.console.office.tokens.make
    token, another = [
        (await make("front end", frozenset({Role.APPROVER}), 9, owner))[0] for owner in (KIM, "nia@nexioprojects.com")
    ]
    told = await stranger.http.post("/sign-in/company/left", data={"logout_token": notice})
    assert told.status_code == 200
    assert "Sign in" in await kim.open("/")
    assert "Today" in await nia.open("/")
    for one, status in {token: 401, another: 200}.items():
        told = await stranger.http.get("/api/v1/cases", headers={"Authorization": f"Bearer {one}"})
        assert told.status_code == status
    await kim.open("/sign-in/company")
    told = await stranger.http.post("/sign-in/company/left", data={"logout_token": notice})
    assert told.status_code == 400  # a notice counts once
    assert "Today" in await kim.open("/")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another-client"},
        {"iss": "https://evil.example"},
        {"events": {}},
        {"events": None},
        {"nonce": "an identity token in disguise"},
        {"sub": None},
        {"jti": None},
        {"iat": 0},
        {"exp": 0},
    ],
    ids=str,
)
async def test_a_notice_that_does_not_hold_ends_nothing(company: Company, changes: dict[str, Any]) -> None:
    kim = await company.invited()
    for notice in (company.provider.logout_notice(**changes), "", "a.b.c"):
        told = await kim.http.post("/sign-in/company/left", data={"logout_token": notice})
        assert told.status_code == 400
    assert "Today" in await kim.open("/")


async def test_roles_come_from_outside_only_where_the_settings_say_so(company: Company, tmp_path: Path) -> None:
    company.introduces(KIM, groups=["administrator", "dpo", "desk-dpo"])
    await company.invited()
    assert await company.console.desk.store.transact(lambda unit: unit.staff.roles(KIM)) == {Role.APPROVER}
    folder = tmp_path / "other"
    folder.mkdir()
    groups = Groups({"desk-dpo": frozenset({Role.DPO}), "desk-admin": frozenset({Role.ADMINISTRATOR})})
    async with open_company(folder, groups) as other:
        await other.invited(KIM, Role.READER)
        other.introduces(KIM, groups=["desk-dpo", "canteen"])
        kim = await other.console.browser()
        await kim.open("/sign-in/company")
        roles = await other.console.desk.store.transact(lambda unit: unit.staff.roles(KIM))
        assert roles == {Role.READER, Role.DPO}
        other.introduces(KIM, groups="desk-admin")  # no list
        await kim.open("/sign-in/company")
        assert await other.console.desk.store.transact(lambda unit: unit.staff.roles(KIM)) == {Role.READER}


async def test_the_last_administrator_is_not_taken_away_from_outside(tmp_path: Path) -> None:
    groups = Groups({"desk-admin": frozenset({Role.ADMINISTRATOR})})
    async with open_company(tmp_path, groups) as company:
        company.introduces(KIM, groups=["desk-admin"])
        token = await company.console.office.invitations.invite(KIM, frozenset({Role.ADMINISTRATOR}), ADA)
        await (await company.console.browser()).open(f"/welcome/{token}/company")
        await company.console.desk.store.transact(lambda unit: unit.staff.remove(ADA, Role.ADMINISTRATOR))
        company.introduces(KIM, groups=[])
        page = await (await company.console.browser()).open("/sign-in/company", 403)
        assert LAST_ADMINISTRATOR in page


async def test_an_account_of_the_company_has_no_password(company: Company) -> None:
    await company.invited()
    stranger = await company.console.browser()
    await stranger.open("/sign-in")
    for password in ("", PASSWORD):
        assert "are not right" in await stranger.send("/sign-in", 403, email=KIM, password=password)

"""Coming in: invitations, the two proofs, sessions that rotate and end, and guesses that shut out nobody else."""

import re
from base64 import b32decode
from html import unescape

import pytest
from pwdlib import PasswordHash

from bot.console.form import LETTER_BYTES
from bot.console.passwords import Argon2Passwords
from bot.core.drafts import Role
from bot.flow.coming_in import TOO_OFTEN
from tests.integration.console.conftest import PASSWORD, SECRET, Console, session

KIM = "kim@nexioprojects.com"
LEE = "lee@nexioprojects.com"
NEW = "nia@nexioprojects.com"


def secret_on(page: str) -> bytes:
    spelt = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    assert spelt
    return b32decode(spelt[1].replace(" ", ""))


async def test_the_first_administrator_comes_in_by_a_link_that_works_once(console: Console) -> None:
    token = await console.office.invitations.first()
    browser = await console.browser()
    page = await browser.open(f"/welcome/{token}")
    code = browser.code(secret_on(page))
    wrong = await browser.send(
        f"/welcome/{token}", 422, email="ada@nexioprojects.com", name="Ada", password="short", code=code
    )
    assert "at least 12 characters" in wrong
    done = await browser.send(
        f"/welcome/{token}", email="ada@nexioprojects.com", name="Ada", password=PASSWORD, code=code
    )
    assert len(re.findall(r"<li>[0-9A-Z]{4}-[0-9A-Z]{4}</li>", done)) == 10
    assert "Ada" in await browser.open("/people")
    stranger = await console.browser()
    assert "used already" in await stranger.open(f"/welcome/{token}", 404)
    assert await console.office.invitations.first() is None


async def test_looking_at_an_invitation_uses_nothing_up(console: Console) -> None:
    token = await console.office.invitations.first()
    for _ in range(2):
        await (await console.browser()).open(f"/welcome/{token}")


async def test_an_invitation_of_another_week_is_too_old(console: Console) -> None:
    token = await console.office.invitations.first()
    console.desk.clock.turn(days=7)
    await (await console.browser()).open(f"/welcome/{token}", 404)


async def test_an_administrator_invites_a_colleague_who_then_has_just_those_roles(console: Console) -> None:
    administrator = await console.colleague("ada@nexioprojects.com", Role.ADMINISTRATOR)
    await administrator.open("/people")
    page = await administrator.send("/people/invite", email=NEW, role=["drafter"])
    link = re.search(r"/welcome/([\w-]+)", page)
    assert link
    newcomer = await console.browser()
    code = newcomer.code(secret_on(await newcomer.open(link[0])))
    await newcomer.send(link[0], name="Nia", password=PASSWORD, code=code)
    await newcomer.open("/")
    await newcomer.open("/people", 403)


async def test_both_proofs_let_somebody_in_and_each_gives_a_new_token(console: Console) -> None:
    await console.hire(KIM, Role.APPROVER)
    browser = await console.browser()
    browser.http.cookies.set("desk-session", "planted", domain="127.0.0.1", path="/")
    await browser.open("/sign-in")
    await browser.send("/sign-in", email=f" {KIM.upper()} ", password=PASSWORD)
    half = session(browser)
    assert half not in {"", "planted"}
    assert str((await browser.http.get("/")).headers["location"]) == "/sign-in/code"
    assert "Today" in await browser.send("/sign-in/code", code=browser.code())
    assert session(browser) != half
    assert await console.office.door.visitor(half) is None


async def test_a_code_is_taken_once(console: Console) -> None:
    browser = await console.colleague(KIM, Role.APPROVER)
    again = await console.browser()
    await again.open("/sign-in")
    await again.send("/sign-in", email=KIM, password=PASSWORD)
    assert "used already" in await again.send("/sign-in/code", 403, code=browser.code())


async def test_a_recovery_code_lets_somebody_in_once(console: Console) -> None:
    await console.hire(KIM, Role.APPROVER)
    await console.desk.store.transact(lambda unit: unit.accounts.keep_recovery(KIM, ["7F3K-Q2M9"]))
    assert "Today" in await (await console.browser()).sign_in(KIM, code="7f3kq2m9")
    other = await console.browser()
    await other.open("/sign-in")
    await other.send("/sign-in", email=KIM, password=PASSWORD)
    await other.send("/sign-in/code", 403, code="7F3K-Q2M9")


@pytest.mark.parametrize("email", [KIM, "nobody@nexioprojects.com", ""])
async def test_a_wrong_password_and_an_unknown_address_get_the_same_words(console: Console, email: str) -> None:
    await console.hire(KIM, Role.APPROVER)
    browser = await console.browser()
    await browser.open("/sign-in")
    page = await browser.send("/sign-in", 403, email=email, password="something else")
    assert "E-mail address or password are not right" in page
    assert not session(browser)


async def test_somebody_who_guesses_shuts_out_only_himself(console: Console) -> None:
    """Even from the colleague's own network: the browser she came in with before keeps its own count."""
    colleague = await console.colleague(KIM, Role.APPROVER)
    guesser = await console.browser()
    await guesser.open("/sign-in")
    for _ in range(11):
        page = await guesser.send("/sign-in", 403, email=KIM, password="guess guess guess")
    assert TOO_OFTEN in page
    assert TOO_OFTEN in await guesser.send("/sign-in", 403, email=KIM, password=PASSWORD)
    await colleague.open("/")
    await colleague.send("/sign-out")
    assert "Today" in await colleague.sign_in(KIM)
    console.desk.clock.turn(minutes=16)
    assert "Today" in await guesser.sign_in(KIM)


async def test_whoever_guesses_from_all_addresses_of_one_ipv6_network_is_counted_as_one(console: Console) -> None:
    await console.hire(KIM, Role.APPROVER)
    guesser = await console.browser()
    await guesser.open("/sign-in")
    for number in range(11):
        guesser.http.headers["X-Forwarded-For"] = f"2001:db8:1:2::{number}"
        page = await guesser.send("/sign-in", 403, email=KIM, password="guess guess guess")
    assert TOO_OFTEN in page
    guesser.http.headers["X-Forwarded-For"] = "2001:db8:1:3::1"
    assert "are not right" in await guesser.send("/sign-in", 403, email=KIM, password="guess guess guess")


async def test_codes_can_not_be_guessed_either(console: Console) -> None:
    await console.hire(KIM, Role.APPROVER)
    browser = await console.browser()
    await browser.open("/sign-in")
    await browser.send("/sign-in", email=KIM, password=PASSWORD)
    for _ in range(10):
        await browser.send("/sign-in/code", 403, code="000000")
    assert TOO_OFTEN in await browser.send("/sign-in/code", 403, code=browser.code())


async def test_a_session_ends_when_it_is_left_alone_and_at_the_end_of_the_day(console: Console) -> None:
    browser = await console.colleague(KIM, Role.APPROVER)
    console.desk.clock.turn(minutes=50)
    await browser.open("/")
    console.desk.clock.turn(minutes=50)
    assert "Today" in await browser.open("/")
    console.desk.clock.turn(minutes=61)
    assert "Sign in" in await browser.open("/")
    await browser.sign_in(KIM)
    for _ in range(13):
        console.desk.clock.turn(minutes=59)
        page = await browser.open("/")
    assert "Sign in" in page


async def test_signing_out_ends_the_session_on_the_server(console: Console) -> None:
    browser = await console.colleague(KIM, Role.APPROVER)
    held = session(browser)
    await browser.send("/sign-out")
    browser.http.cookies.set("desk-session", held, domain="127.0.0.1", path="/")
    assert "Sign in" in await browser.open("/")


async def test_a_change_of_roles_asks_for_the_password_and_ends_the_colleague_s_sessions(console: Console) -> None:
    kim = await console.colleague(KIM, Role.APPROVER)
    administrator = await console.colleague("ada@nexioprojects.com", Role.ADMINISTRATOR)
    console.desk.clock.turn(minutes=11)
    await administrator.open("/people")
    asked = await administrator.send("/people/roles", email=KIM, role=["reader"])
    assert "Your password once more" in asked
    assert 'name="next" value="/people"' in asked
    before = session(administrator)
    await administrator.send("/prove", 403, password="something else", next="/people")
    await administrator.send("/prove", password=PASSWORD, next="/people")
    assert session(administrator) != before
    await administrator.send("/people/roles", email=KIM, role=["reader"])
    assert await console.desk.store.transact(lambda unit: unit.staff.roles(KIM)) == {Role.READER}
    assert "Sign in" in await kim.open("/")


async def test_the_password_alone_does_not_lengthen_the_day(console: Console) -> None:
    kim = await console.colleague(KIM, Role.APPROVER)
    for _ in range(13):
        console.desk.clock.turn(minutes=55)
        await kim.open("/prove")
        await kim.send("/prove", password=PASSWORD, next="/")
    console.desk.clock.turn(minutes=6)
    assert "Sign in" in await kim.open("/")


async def test_the_last_administrator_stays_one(console: Console) -> None:
    administrator = await console.colleague("ada@nexioprojects.com", Role.ADMINISTRATOR)
    await administrator.open("/people")
    page = await administrator.send("/people/roles", 422, email="ada@nexioprojects.com", role=["reader"])
    assert "Somebody has to stay administrator" in page


async def test_what_was_typed_is_not_lost_when_the_session_has_ended(console: Console) -> None:
    browser = await console.colleague(KIM, Role.APPROVER)
    console.desk.clock.turn(hours=2)
    page = await browser.send("/account/language", 401, language="fr", body="a long </textarea><b>letter")
    assert "a long &lt;/textarea&gt;&lt;b&gt;letter" in page


@pytest.mark.parametrize("field", ["text", "note", "reason", "evidence"])
async def test_no_long_field_of_any_form_is_lost_when_the_session_has_ended(console: Console, field: str) -> None:
    browser = await console.colleague(KIM, Role.APPROVER)
    console.desk.clock.turn(hours=2)
    assert "what she told me" in await browser.send("/cases/NX-7F3K-Q2M9/note", 401, **{field: "what she told me"})


async def test_a_letter_that_was_typed_in_with_its_scan_is_not_lost_when_the_session_has_ended(
    console: Console,
) -> None:
    browser = await console.colleague(KIM, Role.APPROVER)
    console.desk.clock.turn(hours=2)
    sent = {"text": "Dear all, erase me.", "reason": "came by post"}
    ended = await browser.http.post("/enter", data=sent, files={"file": ("scan.pdf", b"%PDF-", "application/pdf")})
    assert ended.status_code == 401
    assert all(words in ended.text for words in sent.values())
    large = {"file": ("scan.pdf", bytes(LETTER_BYTES), "application/pdf")}
    ended = await browser.http.post("/enter", data=sent, files=large)
    assert (ended.status_code, "Your session has ended" in ended.text) == (401, True)
    assert all(words in ended.text for words in sent.values())


async def test_what_was_typed_is_not_lost_when_the_form_is_of_an_older_session(console: Console) -> None:
    browser = await console.colleague(KIM, Role.APPROVER)
    page = browser.page
    console.desk.clock.turn(hours=2)
    await browser.sign_in(KIM)
    browser.page = page
    refusal = await browser.send("/account/language", 403, language="fr", body="a long </textarea><b>letter")
    assert "This form is out of date" in refusal
    assert "a long &lt;/textarea&gt;&lt;b&gt;letter" in refusal


async def test_a_page_that_outlived_its_session_has_its_forms_sealed_anew_by_name(console: Console) -> None:
    browser = await console.colleague(KIM, Role.APPROVER)
    console.desk.clock.turn(hours=2)
    assert (await browser.http.get("/form-seal")).status_code == 303
    await browser.sign_in(KIM)
    told = (await browser.http.get("/form-seal")).json()
    assert told["colleague"] == KIM
    sent = {"csrf": told["seal"], "language": "fr"}
    assert (await browser.http.post("/account/language", data=sent)).status_code == 303
    other = await console.colleague("lee@nexioprojects.com", Role.APPROVER)
    assert (await other.http.get("/form-seal")).json()["colleague"] == "lee@nexioprojects.com"
    assert (await other.http.post("/account/language", data=sent)).status_code == 403


async def test_asking_for_a_seal_keeps_no_session_alive(console: Console) -> None:
    browser = await console.colleague(KIM, Role.APPROVER)
    for _ in range(3):
        console.desk.clock.turn(minutes=25)
        last = await browser.http.get("/form-seal")
    assert last.status_code == 303


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
async def test_signing_in_leads_nowhere_else(console: Console, onward: str) -> None:
    await console.hire(KIM, Role.APPROVER)
    browser = await console.browser()
    await browser.http.get("/sign-in", params={"next": onward})
    await browser.open("/sign-in")
    await browser.send("/sign-in", email=KIM, password=PASSWORD, next=onward)
    assert "Today" in await browser.send("/sign-in/code", code=browser.code(SECRET), next=onward)
    assert str(browser.last.url) == f"{console.url}/"


async def test_signing_in_leads_to_the_whole_list_that_was_asked_for(console: Console) -> None:
    """With every filter in its address, which a colleague may have been sent."""
    await console.hire(KIM, Role.APPROVER)
    browser, asked = await console.browser(), "/cases?which=all&right=access"
    onward = unescape(re.search(r'name="next" value="([^"]*)"', await browser.open(asked))[1])  # type: ignore[index]
    page = await browser.send("/sign-in", email=KIM, password=PASSWORD, next=onward)
    onward = unescape(re.search(r'name="next" value="([^"]*)"', page)[1])  # type: ignore[index]
    await browser.send("/sign-in/code", code=browser.code(SECRET), next=onward)
    assert str(browser.last.url) == console.url + asked


async def test_the_console_speaks_french_to_who_wants_it(console: Console) -> None:
    browser = await console.colleague(KIM, Role.APPROVER)
    assert '<html lang="fr">' in await browser.send("/account/language", language="fr")
    other = await console.browser()
    other.http.headers["accept-language"] = "fr-BE,fr;q=0.9,en;q=0.5"
    assert "Se connecter" in await other.open("/sign-in")


def test_passwords_are_argon2id_and_an_account_that_is_none_takes_as_long() -> None:
    hasher = Argon2Passwords()
    hashed = hasher.hash(PASSWORD)
    assert hashed.startswith("$argon2id$")
    assert hasher.verify(PASSWORD, hashed)
    assert not hasher.verify("something else", hashed)
    assert not hasher.verify("an account that does not exist", "")
    assert not hasher.verify(PASSWORD, "not a hash")


def test_the_first_try_after_a_start_takes_as_long_whoever_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed, spent = Argon2Passwords().hash(PASSWORD), list[str]()
    hash_, verify = PasswordHash.hash, PasswordHash.verify

    def hashing(self: PasswordHash, password: str) -> str:
        spent.append("hash")
        return hash_(self, password)

    def verifying(self: PasswordHash, password: str, against: str) -> bool:
        spent.append("verify")
        return verify(self, password, against)

    monkeypatch.setattr(PasswordHash, "hash", hashing)
    monkeypatch.setattr(PasswordHash, "verify", verifying)
    for first in (hashed, ""):
        spent.clear()
        hasher = Argon2Passwords()
        assert not hasher.verify("a guess", first)
        assert not hasher.verify("a guess", "")
        assert spent == ["hash", "verify", "verify"]


async def token_of(console: Console, owner: str) -> str:
    """Make a token for a program of a colleague's, and return it."""
    return (await console.office.tokens.make("front end", frozenset({Role.APPROVER}), 9, owner))[0]


async def holds(console: Console, token: str) -> bool:
    """Say whether a program with this token is let in."""
    browser = await console.browser()
    told = await browser.http.get("/api/v1/cases", headers={"Authorization": f"Bearer {token}"})
    assert told.status_code in {200, 401}
    return told.status_code == 200


async def test_a_new_password_ends_the_sessions_elsewhere(console: Console) -> None:
    kim, left_open = await console.colleague(KIM, Role.APPROVER), await console.colleague(KIM, Role.APPROVER)
    await kim.open("/account")
    assert "too easy" in await kim.send("/account/password", 422, old=PASSWORD, new="kimkimkimkim")
    await kim.send("/account/password", 422, old="something else", new="four other unrelated words")
    before = session(kim)
    assert await holds(console, token := await token_of(console, KIM))
    page = await kim.send("/account/password", old=PASSWORD, new="four other unrelated words")
    assert "Your password is changed" in page
    assert "tokens of your programs have ended" in page
    assert not await holds(console, token)
    assert session(kim) != before
    assert "Sign in" in await left_open.open("/")
    await left_open.open("/sign-in")
    await left_open.send("/sign-in", 403, email=KIM, password=PASSWORD)
    await left_open.send("/sign-in", email=KIM, password="four other unrelated words")


async def test_new_recovery_codes_replace_the_old_and_are_shown_once(console: Console) -> None:
    kim = await console.colleague(KIM, Role.APPROVER)
    await console.desk.store.transact(lambda unit: unit.accounts.keep_recovery(KIM, ["7F3K-Q2M9"]))
    assert "1 recovery code is left" in await kim.open("/account")
    page = await kim.send("/account/recovery")
    codes = re.findall(r"<li>([0-9A-Z]{4}-[0-9A-Z]{4})</li>", page)
    assert len(codes) == 10
    assert "10 recovery codes are left" in await kim.open("/account")
    await kim.send("/sign-out")
    assert "Today" in await kim.sign_in(KIM, code=codes[3])
    console.desk.clock.turn(minutes=15)
    await kim.open("/account")
    assert "Your password once more" in await kim.send("/account/recovery")


async def test_a_machine_left_open_is_signed_out_from_elsewhere(console: Console) -> None:
    kim, left_open = await console.colleague(KIM, Role.APPROVER), await console.colleague(KIM, Role.APPROVER)
    await console.hire(LEE, Role.APPROVER)
    token, another = await token_of(console, KIM), await token_of(console, LEE)
    page = await kim.open("/account")
    assert "Tokens of your programs end too" in page
    assert "signed out everywhere else, and tokens of your programs have ended" in await kim.send("/account/sessions")
    assert not await holds(console, token)
    assert await holds(console, another)
    assert "Sign in" in await left_open.open("/")
    await kim.open("/account")

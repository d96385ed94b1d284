"""Passkeys: one press lets a colleague in; an answer counts once, here, for its browser, its owner verified."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.drafts import Role
from bot.flow.passkeys import COPIED, NOT_KNOWN, TOO_LATE
from tests.fakes.authenticator import SoftDevice
from tests.integration.console.conftest import PASSWORD, Browser, Console, open_console, session

KIM, LEE = "kim@nexioprojects.com", "lee@nexioprojects.com"
REFUSED = "That did not work"


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    """A console that is reached by a name: browsers make no keys for a bare number."""
    database = f"sqlite:///{tmp_path / 'desk.db'}"
    async with open_console(database, tmp_path / "keys.json", host="localhost") as opened:
        yield opened


async def challenge(browser: Browser, where: str, status: int = 200) -> str:
    """Ask for a challenge as our module does, and stay on the page."""
    page = browser.page
    options = await browser.send(where, status)
    browser.page = page
    return options


async def add(browser: Browser, device: SoftDevice, status: int = 200, name: str = "work laptop") -> str:
    await browser.open("/account")
    answer = device.make(await challenge(browser, "/account/passkey-challenge"))
    return await browser.send("/account/passkeys", status, answer=answer, name=name)


async def show(browser: Browser, device: SoftDevice, status: int = 200, **fields: str) -> str:
    await browser.open("/sign-in")
    answer = device.show(await challenge(browser, "/sign-in/passkey-challenge"))
    return await browser.send("/sign-in/passkey", status, answer=answer, **fields)


async def with_passkey(console: Console, **device: object) -> SoftDevice:
    soft = SoftDevice(console.url, **device)  # type: ignore[arg-type]
    kim = await console.colleague(KIM, Role.APPROVER)
    await add(kim, soft)
    return soft


async def once_more(console: Console) -> Browser:
    """Return another browser in which Kim has come in with her password."""
    browser = await console.browser()
    await browser.sign_in(KIM)
    return browser


async def test_a_passkey_lets_its_owner_in_without_password_and_code(console: Console) -> None:
    kim = await console.colleague(KIM, Role.APPROVER)
    device = SoftDevice(console.url)
    page = await add(kim, device)
    assert "The passkey is added" in page
    assert "work laptop" in page
    other = await console.browser()
    assert "Today" in await show(other, device)
    assert other.http.cookies.get("desk-device")
    before = session(other)
    assert "Today" in await show(await console.browser(), device)
    assert "last used on" in await kim.open("/account")
    assert session(other) == before
    dee = await console.colleague("dee@nexioprojects.com", Role.DPO)
    assert "added a passkey" in await dee.open(f"/audit?who={KIM}")


async def test_a_device_learns_nothing_of_the_address_by_which_it_knows_the_account(console: Console) -> None:
    device = await with_passkey(console)
    assert len(device.handle) == 32
    assert KIM.encode() not in device.handle
    second = SoftDevice(console.url, key_id=b"another key")
    kim = await once_more(console)
    await add(kim, second)
    assert second.handle == device.handle


async def test_an_answer_counts_once(console: Console) -> None:
    device = await with_passkey(console)
    browser = await console.browser()
    await browser.open("/sign-in")
    answer = device.show(await challenge(browser, "/sign-in/passkey-challenge"))
    assert "Today" in await browser.send("/sign-in/passkey", answer=answer)
    await browser.send("/sign-out")
    assert TOO_LATE in await browser.send("/sign-in/passkey", 403, answer=answer)
    fresh = await console.browser()
    await fresh.open("/sign-in")
    await challenge(fresh, "/sign-in/passkey-challenge")
    assert REFUSED in await fresh.send("/sign-in/passkey", 403, answer=answer)
    assert not session(fresh)


async def test_a_challenge_is_for_one_browser_and_five_minutes(console: Console) -> None:
    device = await with_passkey(console)
    mine, theirs = await console.browser(), await console.browser()
    await mine.open("/sign-in")
    await theirs.open("/sign-in")
    answer = device.show(await challenge(mine, "/sign-in/passkey-challenge"))
    assert TOO_LATE in await theirs.send("/sign-in/passkey", 403, answer=answer)
    console.desk.clock.turn(minutes=5)
    assert TOO_LATE in await mine.send("/sign-in/passkey", 403, answer=answer)
    assert not session(mine)


async def test_a_wrong_answer_uses_the_challenge_up(console: Console) -> None:
    device = await with_passkey(console)
    browser = await console.browser()
    await browser.open("/sign-in")
    answer = device.show(await challenge(browser, "/sign-in/passkey-challenge"))
    assert REFUSED in await browser.send("/sign-in/passkey", 403, answer="{}")
    assert TOO_LATE in await browser.send("/sign-in/passkey", 403, answer=answer)


@pytest.mark.parametrize(
    "change",
    [{"origin": "https://desk.evil.example"}, {"origin": "http://localhost:1"}, {"verifies": False}],
    ids=["another site", "another port", "nobody verified"],
)
async def test_an_answer_from_elsewhere_or_of_nobody_is_refused(console: Console, change: dict[str, object]) -> None:
    device = await with_passkey(console)
    honest = {name: getattr(device, name) for name in change}
    for name, value in change.items():
        setattr(device, name, value)
    browser = await console.browser()
    assert REFUSED in await show(browser, device, 403)
    assert not session(browser)
    kim = await once_more(console)
    stranger = SoftDevice(console.url, key_id=b"another key")
    for name, value in change.items():
        setattr(stranger, name, value)
    assert REFUSED in await add(kim, stranger, 422)
    for name, value in honest.items():
        setattr(device, name, value)
    assert "Today" in await show(browser, device)


@pytest.mark.parametrize("answer", ["", "{}", "[]", "null", "x" * 10_000, '{"id": 1}', '{"id": "é"}'])
async def test_what_no_device_says_is_refused(console: Console, answer: str) -> None:
    browser = await console.browser()
    await browser.open("/sign-in")
    await challenge(browser, "/sign-in/passkey-challenge")
    assert REFUSED in await browser.send("/sign-in/passkey", 403, answer=answer)


async def test_a_stranger_s_key_and_one_for_another_account_are_not_known(console: Console) -> None:
    device = await with_passkey(console)
    stranger = SoftDevice(console.url, key_id=b"of a stranger", handle=device.handle)
    assert NOT_KNOWN in await show(await console.browser(), stranger, 403)
    forger = SoftDevice(console.url, key_id=device.key_id, handle=device.handle)
    assert REFUSED in await show(await console.browser(), forger, 403)
    device.handle = b"another account"
    assert NOT_KNOWN in await show(await console.browser(), device, 403)


async def test_a_key_that_was_copied_counts_no_more(console: Console) -> None:
    device = await with_passkey(console)
    for _ in range(3):
        await show(await console.browser(), device)
    device.uses = 1  # the copy was used less often than the original
    assert COPIED in await show(await console.browser(), device, 403)
    device.uses = 20
    assert NOT_KNOWN in await show(await console.browser(), device, 403)
    dee = await console.colleague("dee@nexioprojects.com", Role.DPO)
    assert "a copied passkey was refused" in await dee.open(f"/audit?who={KIM}")


async def test_a_device_without_a_counter_is_taken_again_and_again(console: Console) -> None:
    device = await with_passkey(console)
    for _ in range(2):
        device.uses = -1
        await show(await console.browser(), device)


async def test_a_passkey_stands_for_the_password_before_what_matters(console: Console) -> None:
    device = await with_passkey(console)
    kim = await once_more(console)
    console.desk.clock.turn(minutes=15)
    assert "give your password first" in await kim.open("/account")
    answer = device.make(await challenge(await once_more(console), "/account/passkey-challenge"))
    assert "Your password once more" in await kim.send("/account/passkeys", answer=answer, name="phone")
    held = session(kim)
    answer = device.show(await challenge(kim, "/prove/passkey-challenge"))
    assert "Add a passkey" in await kim.send("/prove/passkey", answer=answer, next="/account")
    assert session(kim) != held


async def test_a_colleague_s_passkey_proves_nobody_else(console: Console) -> None:
    device = await with_passkey(console)
    lee = await console.colleague(LEE, Role.APPROVER)
    console.desk.clock.turn(minutes=15)
    await lee.open("/prove")
    answer = device.show(await challenge(lee, "/prove/passkey-challenge"))
    assert NOT_KNOWN in await lee.send("/prove/passkey", 403, answer=answer, next="/")


async def test_a_removed_passkey_lets_nobody_in_and_nobody_removes_another_s(console: Console) -> None:
    device = await with_passkey(console)
    lee = await console.colleague(LEE, Role.APPROVER)
    await lee.open("/account")
    await lee.send("/account/forget-passkey", 404, passkey=device.key_id.hex())
    kim = await once_more(console)
    await kim.open("/account")
    assert "does not let anybody in any more" in await kim.send("/account/forget-passkey", passkey=device.key_id.hex())
    assert NOT_KNOWN in await show(await console.browser(), device, 403)


async def test_a_key_has_one_owner_and_a_name_and_there_are_ten_at_most(console: Console) -> None:
    device = await with_passkey(console)
    lee = await console.colleague(LEE, Role.APPROVER)
    assert NOT_KNOWN in await add(lee, device, 422)
    assert "Give the passkey a name" in await add(lee, SoftDevice(console.url, key_id=b"new"), 422, name=" ")
    for number in range(10):
        await add(lee, SoftDevice(console.url, key_id=b"key %d" % number))
    await lee.open("/account")
    assert "Ten passkeys are enough" in await challenge(lee, "/account/passkey-challenge", 403)


async def test_a_renewed_account_begins_without_the_old_passkeys(console: Console) -> None:
    """Whoever lost the phone lost the passkey in it."""
    device = await with_passkey(console)
    token = await console.office.invitations.invite(KIM, frozenset({Role.APPROVER}), LEE)
    browser = await console.browser()
    invitation = await console.office.invitations.look(token)
    await browser.open(f"/welcome/{token}")
    code = browser.code(bytes.fromhex(invitation.one_time_secret))
    await browser.send(f"/welcome/{token}", name="Kim", password=PASSWORD, code=code)
    assert NOT_KNOWN in await show(await console.browser(), device, 403)


async def test_where_browsers_make_no_keys_none_is_offered(tmp_path: Path) -> None:
    async with open_console(f"sqlite:///{tmp_path / 'n.db'}", tmp_path / "k.json", host="127.0.0.1") as numbered:
        browser = await numbered.browser()
        assert "passkey" not in await browser.open("/sign-in")

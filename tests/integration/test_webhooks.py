"""Webhooks over real HTTP: what a system of the company gets, how it knows it is ours, and what its answers mean."""

import asyncio
import hashlib
import hmac
import json
import os
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response

import storage
from bot.bootstrap import Desk, open_desk
from bot.core.announcing import Happening, News
from bot.core.drafts import Role
from bot.doctor import examine
from bot.finding import Finding
from bot.health import health
from bot.settings import BadSettings, Settings, load_settings
from tests.flow.conftest import HOUSE
from tests.integration.console.conftest import open_console
from tests.integration.test_cli import CONFIG, Invoke, config, run
from tests.servers.process import HOST, free_ports, listening
from tests.servers.web import served
from tests.work import each

__all__ = ["config", "run"]

SECRET = "a secret of sixteen signs and more"
NEWS = News(Happening.OPENED, datetime.now(UTC), {"case": "c1", "reference": "NX-7F3K-Q2M9"})
ROOT = Path(__file__).parents[2]


@dataclass
class System:
    """A system of the company: believes only what is signed and recent; `plan` are statuses to answer first."""

    heard: list[dict[str, Any]] = field(default_factory=list)
    pings: int = 0
    plan: list[int] = field(default_factory=list)

    @property
    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/news")
        async def hear(request: Request) -> Response:
            body, stamp = await request.body(), request.headers["Nexio-Timestamp"]
            due = hmac.new(SECRET.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
            if request.headers["Nexio-Signature"] != f"sha256={due}" or abs(time.time() - int(stamp)) > 300:
                return Response(status_code=403)
            if self.plan:
                return Response(status_code=self.plan.pop(0))
            told = json.loads(body)
            if told.get("ping"):
                self.pings += 1
            else:
                self.heard.append(told)
            return Response(status_code=204)

        return app


def told_to(folder: Path, url: str, secret: str = SECRET) -> Settings:
    """Write the settings of a desk with one webhook."""
    (folder / "crm").write_text(secret)
    (folder / "crm").chmod(0o600)
    hook = f'\n[[webhook]]\nname = "crm"\nurl = "{url}"\nsecret_files = ["crm"]\n'
    (folder / "intake.toml").write_text(CONFIG.partition("[[mailbox]]")[0] + hook)
    settings = load_settings(folder / "intake.toml")
    settings.make_data_dir()
    storage.migrate(settings.database_url)
    return settings


@asynccontextmanager
async def company(folder: Path, system: System) -> AsyncIterator[tuple[Settings, Desk]]:
    """Serve a system, and open a desk that tells it."""
    async with served(system.app) as url:
        settings = told_to(folder, f"{url}/news")
        async with open_desk(settings) as desk:
            yield settings, desk


async def tell(desk: Desk, news: News = NEWS) -> None:
    """Note news and try once to tell it."""
    await desk.store.transact(lambda unit: unit.announcements.add("crm", news))
    await desk.telling.tell_batch()


async def found(settings: Settings, about: str) -> Finding:
    (finding,) = [one for one in await examine(settings) if one.about == about]
    return finding


async def test_a_system_gets_signed_news_with_nothing_but_ids(tmp_path: Path) -> None:
    system = System()
    async with company(tmp_path, system) as (settings, desk):
        await tell(desk)
        (told,) = system.heard
        assert told == {
            "id": told["id"],
            "event": "case.opened",
            "at": NEWS.at.isoformat(),
            "case": "c1",
            "reference": "NX-7F3K-Q2M9",
        }
        ping = await found(settings, "webhook crm")
        assert (ping.ok, ping.text, system.pings) == (True, "answers a signed ping", 1)
        assert (await found(settings, "webhook crm, news")).ok


@pytest.mark.parametrize(
    ("status", "parked"), [(500, 0), (429, 0), (401, 0), (404, 0), (400, 1), (410, 1), (301, 1), (422, 1)]
)
async def test_an_answer_means_later_or_never(tmp_path: Path, status: int, parked: int) -> None:
    system = System(plan=[status])
    async with company(tmp_path, system) as (settings, desk):
        await tell(desk)
        assert not system.heard
        (seen,) = await desk.subscribers.standing()
        assert (seen.waiting, seen.parked) == (1 - parked, parked)
        finding = await found(settings, "webhook crm, news")
        assert finding.grave is bool(parked)
        assert ("nexio-intake webhooks retry crm" in finding.text) is bool(parked)
        report = await health(desk)
        assert report["webhooks"] == {"crm": {"waiting": 1 - parked, "parked": parked, "last_error": seen.last_error}}


async def test_a_wrong_secret_is_told_by_the_doctor_and_one_that_is_guessed_is_refused(tmp_path: Path) -> None:
    async with served(System().app) as url:
        finding = await found(told_to(tmp_path, f"{url}/news", "another secret of the same length"), "webhook crm")
        assert finding.grave
        assert "answers 403" in finding.text
        settings = told_to(tmp_path, f"{url}/news", "short")
        with pytest.raises(BadSettings, match=r"\[\[webhook\]\] crm: each shared secret must have at least 16"):
            async with open_desk(settings):
                pass


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ('url = "http://crm.example.com/news"', "needs https://"),
        ('url = "https://crm.example.com/"\nevents = ["case.bought"]', "case.opened"),
        ('url = "https://crm.example.com/"\nevents = []', "at least 1"),
    ],
)
def test_settings_that_can_not_be_meant_are_refused(tmp_path: Path, written: str, advice: str) -> None:
    (tmp_path / "intake.toml").write_text(f'{CONFIG}\n[[webhook]]\nname = "crm"\nsecret_files = ["crm"]\n{written}\n')
    with pytest.raises(BadSettings, match=re.escape(advice)):
        load_settings(tmp_path / "intake.toml")


async def test_the_documented_listener_hears_us(tmp_path: Path) -> None:
    """The example of docs/webhooks.md, run as it stands there."""
    (example,) = re.findall(r"```python\n(# hear\.py.*?)```", (ROOT / "docs/webhooks.md").read_text(), re.DOTALL)
    (tmp_path / "hear.py").write_text(example)
    (port,) = free_ports(1)
    listener = await asyncio.create_subprocess_exec(
        sys.executable,
        str(tmp_path / "hear.py"),
        env=os.environ | {"SECRET": SECRET, "PORT": str(port)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        while not listening(port):  # noqa: ASYNC110 - another process's socket tells nobody
            await asyncio.sleep(0.02)
        async with open_desk(told_to(tmp_path, f"http://{HOST}:{port}/")) as desk:
            await tell(desk)
            assert listener.stdout is not None
            told = json.loads(await asyncio.wait_for(listener.stdout.readline(), 10))
            assert (told["event"], told["reference"]) == ("case.opened", "NX-7F3K-Q2M9")
            assert (await desk.subscribers.standing())[0].waiting == 0
    finally:
        listener.kill()
        await listener.wait()


def test_the_commands_list_retry_and_forget(run: Invoke, tmp_path: Path) -> None:
    settings = told_to(tmp_path, "https://crm.example.com/news")

    async def give_up() -> None:
        async with storage.open_store(settings.database_url, settings.keys_path) as store:
            for _ in range(2):
                await store.transact(lambda unit: unit.announcements.add("crm", NEWS))
            claimed = await store.transact(lambda unit: unit.announcements.claim(NEWS.at, 5, NEWS.at - NEWS.at))
            answer = "crm.example.com answers 400"
            await store.transact(each(claimed, lambda unit, one: unit.announcements.park(one, answer)))

    asyncio.run(give_up())
    (row,) = json.loads(run("webhooks", "list", "--json"))
    assert row == {"subscriber": "crm", "waiting": 0, "parked": 2, "last_error": "crm.example.com answers 400"}
    assert "crm.example.com answers 400" in run("webhooks", "list")
    assert "2 queued" in run("webhooks", "retry", "crm")
    assert "0 forgotten" in run("webhooks", "drop", "crm")
    assert "there is no webhook cmr; there is crm" in run("webhooks", "drop", "cmr", code=1)


async def test_the_console_shows_what_was_given_up_and_tells_it_again(tmp_path: Path) -> None:
    house = replace(HOUSE, subscribers={"crm": frozenset(Happening)})
    async with open_console(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys.json", house) as console:
        desk = console.desk
        await desk.store.transact(lambda unit: unit.announcements.add("crm", replace(NEWS, at=desk.clock.at)))
        (one,) = await desk.store.transact(
            lambda unit: unit.announcements.claim(desk.clock.now(), 5, NEWS.at - NEWS.at)
        )
        await desk.store.transact(lambda unit: unit.announcements.park(one, "<b>answers 400"))
        dee = await console.colleague("dee@nexioprojects.com", Role.DPO)
        page = await dee.open("/health-of-the-desk")
        assert "Other systems that are told" in page
        assert "&lt;b&gt;answers 400" in page
        await console.office.subscribers.release("crm")
        (one,) = await desk.store.transact(
            lambda unit: unit.announcements.claim(desk.clock.now(), 5, NEWS.at - NEWS.at)
        )
        await desk.store.transact(lambda unit: unit.announcements.park(one, "the webhook crm asks to wait"))
        await dee.send("/account/language", language="de")
        assert "der Webhook crm bittet zu warten" in await dee.open("/health-of-the-desk")
        await dee.send("/account/language", language="en")
        await dee.open("/health-of-the-desk")
        assert "It is told again within seconds" in await dee.send("/health-of-the-desk/crm/retry")
        assert (await console.office.subscribers.standing())[0].waiting == 1
        await dee.send("/health-of-the-desk/nobody/retry", 404)
        kim = await console.colleague("kim@nexioprojects.com", Role.APPROVER)
        await kim.send("/health-of-the-desk/crm/drop", 403)

"""The doctor: what it tries, what it says to do, and when it is content."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import storage
from bot.bootstrap import house_of, open_desk
from bot.channels.sender_auth.resolver import StaticResolver
from bot.core.records import Customer
from bot.core.register import EVERY_LANGUAGE, Point, Processing
from bot.demo.bot_api import BotApi
from bot.demo.chats import Chats
from bot.doctor import examine
from bot.finding import Finding
from bot.service import ServiceRole, run_service
from bot.settings import BadSettings, Settings, settings_from
from tests.fakes.ports import TurnedClock
from tests.servers.clamd import open_clamd
from tests.servers.dovecot import Dovecot
from tests.servers.openid import open_provider
from tests.servers.process import HOST, free_ports
from tests.servers.smtp_sink import SmtpSink
from tests.work import each

COMPANY = {
    "name": "Nexio Projects",
    "contact": "info@nexioprojects.com",
    "country": "NL",
    "timezone": "Europe/Amsterdam",
    "domains": ["nexioprojects.com"],
}
DNS = StaticResolver({"nexioprojects.com": {"MX": [(10, "mx.nexioprojects.com")]}})


def settings(folder: Path, **sections: Any) -> Settings:
    company = COMPANY | sections.pop("company", {})
    written = {"company": company, "storage": {"url": "sqlite:///intake.db"}, **sections}
    made = settings_from(written, base=folder)
    made.make_data_dir()
    storage.migrate(made.database_url)
    return made


async def told(made: Settings, about: str, resolver: StaticResolver = DNS) -> Finding:
    (finding,) = [one for one in await examine(made, resolver) if one.about == about]
    return finding


@asynccontextmanager
async def served(made: Settings, *roles: ServiceRole) -> AsyncIterator[None]:
    async with open_desk(made) as desk:
        service = asyncio.create_task(run_service(desk, frozenset(roles)))
        await asyncio.sleep(0.5)
        try:
            yield
        finally:
            service.cancel()
            with suppress(asyncio.CancelledError):
                await service


@pytest.mark.parametrize(("section", "role"), [("smtp_in", ServiceRole.INTAKE), ("console", ServiceRole.CONSOLE)])
async def test_a_port_of_ours_is_free_ours_or_taken(tmp_path: Path, section: str, role: ServiceRole) -> None:
    (port,) = free_ports(1)
    made = settings(tmp_path, **{section: {"listen": f"{HOST}:{port}"}})
    assert (await told(made, section)).text == f"{HOST}:{port} is free to listen on"
    async with served(made, role):
        assert (await told(made, section)).text == f"our service listens on {HOST}:{port}"
    server = await asyncio.start_server(lambda _, writer: writer.close(), HOST, port)
    async with server:
        taken = await told(made, section)
    assert taken.grave
    assert "Address already in use" in taken.text
    assert "choose another `listen`" in taken.text


async def test_a_listener_that_checks_senders_needs_a_dns(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    made = settings(tmp_path, smtp_in={"listen": f"{HOST}:{port}"})
    assert (await told(made, "dns")).ok
    silent = await told(made, "dns", StaticResolver({}, broken=["nexioprojects.com"]))
    assert silent.grave
    assert "/etc/resolv.conf" in silent.text
    trusting = settings(tmp_path, smtp_in={"listen": f"{HOST}:{port}", "authserv_id": "mx.nexioprojects.com"})
    assert "dns" not in {finding.about for finding in await examine(trusting, DNS)}


async def test_the_company_s_sign_in_is_tried_by_its_very_name(tmp_path: Path) -> None:
    async with open_provider(TurnedClock()) as provider:
        section = {"issuer": provider.url, "client_id": "rights-desk"}
        finding = await told(settings(tmp_path, sign_in=section), "sign_in")
        assert finding.ok
        assert "may sign out there" in finding.text
        misnamed = settings(tmp_path, sign_in=section | {"issuer": f"{provider.url}/"})
        assert "compare `issuer`" in (await told(misnamed, "sign_in")).text
    assert (await told(settings(tmp_path, sign_in=section), "sign_in")).grave


async def test_a_virus_scanner_is_asked_what_it_is(tmp_path: Path) -> None:
    async with open_clamd() as where:
        made = settings(tmp_path, console={"listen": f"{HOST}:0", "clamd": where})
        finding = await told(made, "clamd")
    assert (finding.ok, finding.text) == (True, "ClamAV 1.4.3/27800")
    gone = await told(made, "clamd")
    assert gone.grave
    assert f"does not answer at {where}" in gone.text


async def test_files_that_others_may_read_are_named(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    secret = tmp_path / "smtp"
    secret.write_text("word")
    secret.chmod(0o644)
    out = {"host": smtp_sink.host, "port": smtp_sink.port, "tls": "none", "password_file": "smtp"}
    made = settings(tmp_path, smtp_out=out)
    async with open_desk(made):  # makes the keys
        pass
    made.keys_path.chmod(0o640)
    findings = await examine(made, DNS)
    assert {one.text for one in findings if one.about == "secrets" and one.grave} == {
        f"others may read {path}: `chmod 600 {path}`" for path in (secret, made.keys_path)
    }
    for path in (secret, made.keys_path):
        path.chmod(0o600)
    assert all(one.ok for one in await examine(made, DNS) if one.about in {"secrets", "smtp_out"})


async def test_a_reader_that_is_missing_or_out_of_date_is_told(tmp_path: Path) -> None:
    made = settings(tmp_path, reading={"model": "model"})
    folder = tmp_path / "model"
    advice = f": run `nexio-intake train --out {folder}`"
    assert (await told(made, "reader")).text == f"there is no pipeline in {folder}{advice}"
    folder.mkdir()
    for written, says in (("{", "is no pipeline of ours"), ('{"nexio": {"code_hash": "1", "data_hash": "2"}}', "date")):
        (folder / "meta.json").write_text(written)
        finding = await told(made, "reader")
        assert finding.grave
        assert says in finding.text
        assert finding.text.endswith(advice)


async def test_holidays_are_known_for_every_date_set_now(tmp_path: Path) -> None:
    assert (await told(settings(tmp_path), "holidays")).ok
    unknown = await told(settings(tmp_path, company={"subdivision": "XX"}), "holidays")
    assert unknown.grave
    assert "no public holidays are known for NL-XX" in unknown.text


async def test_what_lawyers_confirm_is_listed_until_it_is_written(tmp_path: Path) -> None:
    listed = {one.about for one in await examine(settings(tmp_path), DNS) if "lawyers" in one.text}
    assert {"company.subdivision", "reading.keep_other_mail_days", "replies.auto_send"} <= listed
    written = settings(tmp_path, reading={"keep_other_mail_days": 30}, replies={"auto_send": []})
    listed = {one.about for one in await examine(written, DNS) if "lawyers" in one.text}
    assert not {"reading.keep_other_mail_days", "replies.auto_send"} & listed


async def test_a_misspelt_folder_is_named_with_the_one_that_is_meant(tmp_path: Path, dovecot: Dovecot) -> None:
    account = dovecot.account("nexioprojects.com")
    (tmp_path / "imap").write_text(account.password)

    async def mailbox(**more: Any) -> Finding:
        box = {"name": "info", "host": dovecot.host, "port": dovecot.imap_port, "tls": "none", "user": account.user}
        made = settings(tmp_path, mailbox=[{**box, "password_file": "imap", **more}])
        return await told(made, "mailbox info")

    assert (await mailbox(folders=["INBOX"], done_folder="Rights desk")).text.endswith("made with the first request")
    wrong = await mailbox(folders=["INBOX", "Inbocks"])
    assert wrong.grave
    assert "there is no folder Inbocks that can be read: is INBOX meant?" in wrong.text


async def test_a_closed_door_says_what_to_do(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as nobody:
        port = nobody.getsockname()[1]
    made = settings(tmp_path, smtp_out={"host": HOST, "port": port, "tls": "none"})
    assert (await told(made, "smtp_out")).grave


async def test_a_bot_whose_messages_go_elsewhere_is_told(tmp_path: Path) -> None:
    (tmp_path / "telegram").write_text("123456:0123456789abcdef0123456789abcdef\n")
    (tmp_path / "word").write_text("a-long-random-word-of-ours\n")
    chats = Chats("")
    async with BotApi(chats).open() as api:
        polled = {"token_file": "telegram", "base_url": api}
        assert (await told(settings(tmp_path, telegram=polled), "telegram")).ok
        chats.set_hook({"url": "http://127.0.0.1:9/elsewhere"})
        elsewhere = await told(settings(tmp_path, telegram=polled), "telegram")
        called = polled | {"mode": "webhook", "secret_file": "word"}
        company = {"public_url": "http://127.0.0.1:9"}
        made = settings(tmp_path, telegram=called, company=company)
        chats.set_hook({"url": "http://127.0.0.1:9/webhooks/telegram"})
        assert (await told(made, "telegram")).ok
        chats.say(5, "hello")
        await asyncio.sleep(0.5)
        unreachable = await told(made, "telegram")
        chats.token = "1:another"
        refused = await told(made, "telegram")
    assert (elsewhere.grave, "BotFather → /newbot" in elsewhere.text) == (True, True)
    assert (unreachable.grave, "can't hand over 1 messages" in unreachable.text) == (True, True)
    assert (refused.grave, "BotFather" in refused.text) == (True, True)


async def test_a_recipient_of_the_record_whom_nobody_tells_is_named(tmp_path: Path) -> None:
    """Art. 19: each recipient hears of an erasure, a correction, a pause."""
    made = settings(tmp_path, recipient=[{"name": "Brevo SAS", "contact": "privacy@brevo.example"}])
    dpo, since = "dpo@nexioprojects.com", date(2026, 1, 5)
    orders = Processing("orders", {Point.RECIPIENTS: {EVERY_LANGUAGE: "Brevo SAS; Stripe"}})
    record = [
        replace(orders, confirmed_by=dpo, confirmed_on=since),
        Processing("surveys", {Point.RECIPIENTS: {EVERY_LANGUAGE: "not confirmed"}}),
    ]
    async with storage.open_store(made.database_url, made.keys_path) as store:
        await store.transact(lambda unit: unit.register.replace(record))
        finding = await told(made, "recipients")
        assert (finding.ok, finding.grave) == (False, False)
        assert "nobody tells Stripe of a change: add a [[recipient]]" in finding.text
        await store.transact(lambda unit: unit.register.replace(record[1:]))
        assert not [one for one in await examine(made, DNS) if one.about == "recipients"]


@pytest.mark.parametrize(
    ("identity", "customers", "ok", "said"),
    [
        ({"second_facts": ["birthdate", "iban_end"]}, 0, False, "nobody can give it"),
        ({}, 1, False, "name facts for it under [identity] second_facts"),
        ({"second_facts": ["birthdate", "number"]}, 1, False, "number may stand in mails of yours"),
        ({"second_facts": ["birthdate", "iban_end"]}, 1, True, "asked by birthdate, iban_end"),
    ],
)
async def test_a_second_proof_that_a_mailbox_gives_away_is_none(
    tmp_path: Path, identity: dict[str, Any], customers: int, ok: bool, said: str
) -> None:
    made = settings(tmp_path, identity={"second_proof": ["access"], **identity})
    async with storage.open_store(made.database_url, made.keys_path) as store:
        anns = [Customer(f"id-{number}", f"C-{number}", "Ann", ("ann@example.com",)) for number in range(customers)]
        await store.transact(each(anns, lambda unit, ann: unit.directory.put(ann, datetime(2026, 3, 2, tzinfo=UTC))))
        finding = await told(made, "second proof")
    assert (finding.ok, finding.grave) == (ok, False)
    assert said in finding.text


async def test_what_people_are_asked_for_has_a_name_in_their_language(tmp_path: Path) -> None:
    asked = {"facts": ["birthdate", "last_order"]}
    finding = await told(settings(tmp_path, identity=asked), "facts")
    assert (finding.ok, finding.grave) == (False, False)
    assert "people are asked for “last_order”" in finding.text
    named = {"last_order": {"fr": "Dernière commande", "en": "Last order", "nl": "Bestelling", "de": "Bestellung"}}
    assert (await told(settings(tmp_path, identity=asked, fields=named), "facts")).ok


def test_a_column_is_named_in_every_language(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"fields\.last_order\.nl"):
        settings(tmp_path, fields={"last_order": {"fr": "Commande", "en": "Order", "de": "Bestellung"}})


def test_one_fact_is_guessed(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="name at least 2 different facts"):
        settings(tmp_path, identity={"facts": ["number"]})


def test_what_the_settings_call_inferred_is_what_nobody_takes_elsewhere(tmp_path: Path) -> None:
    said = dict.fromkeys(("fr", "en", "nl", "de"), "Score")
    named = {"score": said | {"inferred": True}, "orders": said}
    assert house_of(settings(tmp_path, fields=named)).inferred == {"score"}

"""A colleague's word, and a person's choice for a chat, as they are typed: what is said then, and what becomes so."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.vouching import Ground
from bot.settings import load_settings
from tests.flow.conftest import KIM, LEE, TestDesk, open_test_desk
from tests.flow.test_without_mail import asks_for_a_call
from tests.integration.test_cli import CONFIG, Invoke, config, run

__all__ = ["config", "run"]
LINKED = CONFIG.replace("country", 'public_url = "https://privacy.nexioprojects.com"\ncountry') + "[console]\n"
WHY = ("--reason", "said so at the counter", "--as", LEE)

Played = Callable[[Callable[[TestDesk], Awaitable[str]]], str]


@pytest.fixture
def played(run: Invoke, config: Path) -> Played:
    """Let something happen at the desk whose files the commands use; it returns the reference of a case."""
    config.write_text(LINKED)
    run("migrate")
    settings = load_settings(config)

    def play(story: Callable[[TestDesk], Awaitable[str]]) -> str:
        async def opened() -> str:
            async with open_test_desk(settings.database_url, settings.keys_path) as desk:
                desk.clock.at = datetime.now(UTC)
                return await story(desk)

        return asyncio.run(opened())

    return play


async def asks_in_a_chat(desk: TestDesk) -> str:
    """Let somebody without e-mail ask in a chat."""
    await asks_for_a_call(desk)
    return (await desk.case()).reference


async def is_shown(desk: TestDesk) -> str:
    """Let somebody without e-mail show at the counter who they are."""
    case_id = await asks_for_a_call(desk)
    await desk.vouching.vouch(case_id, Ground.DOCUMENT, "C-7", "saw it", KIM)
    return (await desk.case()).reference


@pytest.mark.parametrize(
    ("ground", "of", "said"),
    [
        (
            "chat_link",
            "C-7",
            (
                "Its answer opens by a link in the chat, after 72 hours; "
                "`nexio-intake dossiers code {case} --as EMAIL` then gives the code to tell by a call."
            ),
        ),
        (
            "chat_account",
            "",
            "Its answer, about that account alone, opens by a link in the chat once two colleagues approved it.",
        ),
        (
            "phone_number",
            "C-7",
            "Its answer goes to Ann Peeters, +31612345678; where that is not on record, after 72 hours.",
        ),
    ],
)
def test_a_vouch_says_where_the_answer_goes_and_when(
    run: Invoke, played: Played, ground: str, of: str, said: str
) -> None:
    case = played(asks_in_a_chat)
    told = run("cases", "vouch", case, "--ground", ground, "--of", of, *WHY)
    assert " ".join(told.split()) == f"Recorded in {case}. {said.format(case=case)}"
    (draft,) = json.loads(run("drafts", "list", "--as", LEE, "--json"))
    assert draft["kind"] == "answer"
    assert "nobody vouches for it any more" in run("cases", "unvouch", case, *WHY)
    assert "nobody has vouched" in run("cases", "unvouch", case, *WHY, code=1)


@pytest.mark.rule(42)
def test_the_officer_records_and_ends_what_somebody_chose_to_read_in_the_chat(run: Invoke, played: Played) -> None:
    case = played(is_shown)
    choose = ("cases", "choose", case, "--field", "name", "--field", "address", "--told")
    assert "were not sent this yet" in run(*choose, "in_chat", *WHY, code=1)
    assert "may not stand in a chat" in run(*choose, "read_out", "--field", "health_note", *WHY, code=1)
    told = run(*choose, "read_out", *WHY)
    assert told == f"Recorded in {case}: it is answered in the chat, with name, address and no more.\n"
    (draft,) = json.loads(run("drafts", "list", "--as", LEE, "--json"))
    assert draft["to"] == "777"
    body = json.loads(run("drafts", "show", draft["id"], "--as", LEE, "--json"))["body"]
    assert "Dorpsstraat 7" in body
    assert "epilepsy" not in body
    assert "nothing on record leaves for the chat any more" in run("cases", "unchoose", case, *WHY)
    (draft,) = json.loads(run("drafts", "list", "--as", LEE, "--json"))
    assert draft["to"].startswith("Ann Peeters, Dorpsstraat 7")
    assert "nothing is chosen for a chat" in run("cases", "unchoose", case, *WHY, code=1)

"""Every dialogue of tests/transcripts over real SMTP and HTTP, each outgoing text compared whole.

A wording was changed on purpose? `./dev test tests/e2e/test_transcripts.py --update-transcripts`, then read the diff.
"""

import re
from difflib import unified_diff
from pathlib import Path
from typing import Final

import pytest

from bot.core.rights import OUR_LANGUAGES
from tests.e2e.transcript import Person, Transcript
from tests.e2e.transcript_mailbox import OwnMailbox
from tests.e2e.transcript_opening import open_stage
from tests.e2e.transcript_play import play
from tests.e2e.transcript_reader import CuedReader
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

FOLDER: Final = Path(__file__).parents[1] / "transcripts"
TRANSCRIPTS: Final = [Transcript.read(file) for file in sorted(FOLDER.glob("*.txt"))]
BY_HAND: Final = "from the mailbox"
"""Colleagues who answer with their own mail program need a real mailbox."""


def needs(transcript: Transcript) -> tuple[pytest.MarkDecorator, ...]:
    return (pytest.mark.dovecot,) if any(BY_HAND in block.heading for block in transcript.blocks) else ()


@pytest.mark.parametrize("transcript", [pytest.param(one, id=one.name, marks=needs(one)) for one in TRANSCRIPTS])
async def test_the_dialogue_goes_as_written(
    transcript: Transcript, tmp_path: Path, smtp_sink: SmtpSink, request: pytest.FixtureRequest
) -> None:
    mailbox = None
    if needs(transcript):
        dovecot: Dovecot = request.getfixturevalue("dovecot")
        mailbox = OwnMailbox(dovecot, dovecot.account("nexioprojects.com"))
    async with open_stage(transcript, tmp_path, smtp_sink, mailbox) as stage:
        played = await play(stage)
    file = FOLDER / f"{transcript.name}.txt"
    written = file.read_text(encoding="utf-8")
    if played == written:
        return
    if request.config.getoption("--update-transcripts", default=False):
        file.write_text(played, encoding="utf-8")
        return
    lines = unified_diff(written.split("\n"), played.split("\n"), "as written", "as it went", lineterm="")
    pytest.fail(f"{file.name} goes otherwise than it is written:\n" + "\n".join(lines), pytrace=False)


def plot(transcript: Transcript) -> tuple[str, ...]:
    """Return what happens in a story, whoever does it."""
    names = {person.key for person in transcript.people}
    headings = [block.heading for block in transcript.blocks if not block.heading.startswith("then ")]
    return tuple(" ".join("SOMEBODY" if word in names else word for word in heading.split()) for heading in headings)


def test_every_dialogue_tells_a_story_of_its_own() -> None:
    told: dict[tuple[str, ...], str] = {}
    for transcript in TRANSCRIPTS:
        other = told.setdefault(plot(transcript), transcript.name)
        assert other == transcript.name, f"{transcript.name} goes as {other} does"


@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_every_language_has_its_dialogues(language: str) -> None:
    assert sum(transcript.language == language for transcript in TRANSCRIPTS) >= 6


@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_chats_are_told_in_every_language_also_over_a_bridge(language: str) -> None:
    """At least 25 together; a bridge is the company's own (`texts`) or Chatwoot (`in the site chat`)."""
    told = [[block.heading for block in one.blocks] for one in TRANSCRIPTS if one.language == language]
    bridged = re.compile(r"[A-Z]+ (?:texts\b|says in the site chat).*")
    chatted = re.compile(rf"{bridged.pattern}|[A-Z]+ (?:says in the chat|says on [MIW]|sends a ).*")
    assert sum(any(map(chatted.fullmatch, headings)) for headings in told) >= 7
    assert any(bridged.fullmatch(heading) for headings in told for heading in headings)


def test_a_reading_of_no_meaning_is_no_transcript() -> None:
    with pytest.raises(ValueError, match="acces"):
        CuedReader("en").expect("acces, unsubscribe")


def test_a_line_that_introduces_nobody_is_no_transcript() -> None:
    with pytest.raises(ValueError, match="introduces nobody"):
        Person.read("ANN is Ann Peeters")

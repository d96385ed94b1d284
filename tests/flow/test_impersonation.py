"""Impersonation campaigns and honest people on one desk: 0 released, at least 95 % get through.

Colleagues grant and approve everything the desk lets them: what holds is the machine, not their care.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

import replies
from bot.channels.mime.process import MimeParser
from bot.channels.sender_auth.resolver import StaticResolver
from bot.core.drafts import DraftKind
from bot.core.messages import MAIL
from bot.core.proof import SHOWING
from bot.core.tasks import Recipient, System
from tests.e2e.transcript_reader import CuedReader
from tests.flow.conftest import WITH_PAGES, open_test_desk
from tests.flow.impersonation.stage import Stage, TrustingWriter
from tests.flow.impersonation.story import Story, read_stories

SCRIPTS: Final = Path(__file__).parent / "impersonation"
COMPANY: Final = replies.Company("Nexio Projects", "info@nexioprojects.com", authority="NL")
SENSITIVE: Final = replace(
    WITH_PAGES,
    second_proof=SHOWING,
    second_facts=("birth_date", "iban_end"),
    asks_facts=True,
    systems=(System("shop"),),
    recipients=(Recipient("Parcel Post", "privacy@parcel.example", "en"),),
)
"""A house whose data are sensitive, that asks facts by itself, and that passes data on."""

HOUSES: Final = {"": WITH_PAGES, "_twice": SENSITIVE}
MOST_LOST: Final = 5
"""Of a hundred honest people."""


@pytest.mark.rule(12, refused=True)
@pytest.mark.parametrize("house", HOUSES)
async def test_no_campaign_releases_or_destroys_anything_and_honest_people_get_through(
    tmp_path: Path, house: str
) -> None:
    """law.md rules 10-17: data go to the address on record alone, and who is who they say is served."""
    faults: list[str] = []
    lost: list[str] = []
    thieves, people = read_stories(SCRIPTS / f"thieves{house}.txt"), read_stories(SCRIPTS / f"people{house}.txt")
    reader = CuedReader("en")
    writer = TrustingWriter(replies.LetterWriter(COMPANY))
    parser = MimeParser(StaticResolver({}))
    url = f"sqlite:///{tmp_path / 'desk.sqlite'}"
    async with open_test_desk(
        url, tmp_path / "keys.json", HOUSES[house], writer=writer, mail=parser, reader=reader
    ) as desk:
        stage = Stage(desk, reader)
        for number, story in enumerate([*thieves, *people], start=1):
            await stage.play(number, story)
            faults += await wrongs(stage, story)
            if "the thief gets" in story.traits and stage.people["thief"].canary not in words_packed(stage):
                lost.append(story.title)  # else what was left out of it would show nothing
            if "gets" in story.traits and not await got_through(stage, story):
                lost.append(story.title)
        faults += [*strayed(stage), *stage.leaks]
    await parser.aclose()
    assert not faults, "\n".join(faults)
    assert len(lost) <= len(people) * MOST_LOST // 100, lost


async def wrongs(stage: Stage, story: Story) -> Sequence[str]:
    """Return a sentence for everything of the victim's that a campaign released, destroyed or passed on."""
    if "gets" in story.traits:
        return []
    destroyed = [f"{story.title}: {one.kind} to {one.recipient}" for one in await stage.destroyed()]
    letters = [one for one in await stage.letters() if one.recipient.channel == MAIL]
    told = [f"{story.title}: {one.recipient} was told" for one in letters if one.kind is DraftKind.RECIPIENT_NOTICE]
    canary = stage.people["victim"].canary if story.traits.get("the thief reads") == "her mailbox" else None
    read = [f"{story.title}: {canary} lies in her mailbox" for one in letters if canary and canary in one.body]
    return [*destroyed, *told, *read]


def strayed(stage: Stage) -> Sequence[str]:
    """Return every canary that reached anybody but the person it belongs to."""
    owners = {somebody.canary: somebody for somebody in stage.everybody}
    return [
        f"{canary} reached {handle}"
        for handle, words in stage.everything()
        for canary, owner in owners.items()
        if canary in words and (handle.channel != MAIL or handle.value not in owner.mailboxes)
    ]


def words_packed(stage: Stage) -> str:
    """Return all that packages hold."""
    return "".join(words for _, words in stage.packages)


async def got_through(stage: Stage, story: Story) -> bool:
    """Say whether an honest person has what the story says they get."""
    person = stage.people["person"]
    if story.traits["gets"] == "peace":
        return await stage.stopped(person.address)
    answers = [one for one in await stage.letters() if one.kind is DraftKind.ANSWER]
    if story.traits["gets"] == "answer":
        return bool(answers)
    return any(person.canary in one.body and one.recipient.value in person.mailboxes for one in answers)

"""What people do in a chat in a transcript: on Telegram, by text message over a bridge, on the other platforms."""

from collections.abc import Mapping
from typing import Any, Final

from tests.e2e.transcript import Block
from tests.e2e.transcript_social import CALLED
from tests.e2e.transcript_stage import Stage, Verb
from tests.e2e.transcript_writing import filled

_BETWEEN: Final = 5.0
"""Seconds between two fragments, and before and after a tap."""

_CHANNELS: Final = {place: platform for platform, place in CALLED.items()}
_PLACES: Final = "|".join(_CHANNELS)

_MEDIA: Final[Mapping[str, dict[str, Any]]] = {
    "sticker": {"sticker": {"file_id": "s1", "emoji": "👍"}},
    "picture": {"photo": [{"file_id": "p1", "file_size": 48_000}]},
    "voice note": {"voice": {"file_id": "v1", "mime_type": "audio/ogg", "file_size": 9000}},
    "document": {"document": {"file_id": "d1", "file_name": "brief.pdf", "mime_type": "application/pdf"}},
}


async def _says(stage: Stage, deed: Block, who: str, way: str, pieces: str | None) -> None:
    person = stage.person(who)
    words = filled(stage, deed.words if deed.text.startswith("understood: ") else deed.text, person)
    for text in words.split("\n") if pieces else [words]:
        await (stage.say(person, text) if way == "says in the chat" else stage.text(person, text))
        stage.clock.turn(seconds=_BETWEEN)
    await stage.fall_silent()


async def _corrects(stage: Stage, deed: Block, who: str) -> None:
    person = stage.person(who)
    wrong, _, right = deed.words.partition("\n→\n")
    await stage.say(person, wrong)
    stage.clock.turn(seconds=_BETWEEN)
    await stage.edit(person, right)
    await stage.fall_silent()


async def _changes(stage: Stage, deed: Block, who: str) -> None:
    await stage.edit(stage.person(who), deed.words if deed.text.startswith("understood: ") else deed.text)
    await stage.fall_silent()


async def _taps(stage: Stage, deed: Block, who: str) -> None:
    stage.clock.turn(seconds=_BETWEEN)
    await stage.tap(stage.person(who), deed.text)
    await stage.settle()
    stage.clock.turn(seconds=_BETWEEN)


async def _sends(stage: Stage, deed: Block, who: str, what: str) -> None:
    await stage.say(stage.person(who), more=_MEDIA[what] | ({"caption": deed.words} if deed.words else {}))
    await stage.fall_silent()


async def _forwards(stage: Stage, deed: Block, who: str) -> None:
    origin = {"type": "hidden_user", "sender_user_name": "Somebody", "date": int(stage.clock.at.timestamp())}
    await stage.say(stage.person(who), deed.text, more={"forward_origin": origin})
    await stage.fall_silent()


async def _says_as(stage: Stage, deed: Block, who: str, name: str) -> None:
    await stage.say(stage.person(who), deed.words, name)
    await stage.fall_silent()


async def _blocks(stage: Stage, _deed: Block, who: str) -> None:
    await stage.happen("/control/block", chat_id=stage.person(who).chat)
    await stage.settle()


async def _invites(stage: Stage, _deed: Block, who: str) -> None:
    group = {"id": -100_123, "type": "supergroup", "title": "Everybody"}
    added = {"chat": group, "from": {"id": stage.person(who).chat}, "date": int(stage.clock.at.timestamp())}
    member = {"new_chat_member": {"user": {"id": 1}, "status": "member"}}
    await stage.happen("/control/arrive", kind="my_chat_member", content=added | member)
    await stage.settle()


async def _takes_back(stage: Stage, deed: Block, who: str) -> None:
    person = stage.person(who)
    for text in deed.words.split("\n"):
        await stage.text(person, text)
        stage.clock.turn(seconds=_BETWEEN)
    await stage.text(person, "", edits=stage.last_text)
    await stage.fall_silent()


async def _machine_texts(stage: Stage, deed: Block, who: str) -> None:
    await stage.text(stage.person(who), deed.words, bot=True)
    await stage.fall_silent()


async def _phone_tells(stage: Stage, _deed: Block, who: str, state: str) -> None:
    await stage.receipt(stage.person(who), {"got": "delivered", "shows": "read", "refuses": "failed"}[state])
    await stage.settle()


async def _says_there(stage: Stage, deed: Block, who: str, where: str, pieces: str | None) -> None:
    person, platform = stage.person(who), _CHANNELS[where]
    words = filled(stage, deed.words if deed.text.startswith("understood: ") else deed.text, person)
    for text in words.split("\n") if pieces else [words]:
        await stage.world.say(platform, person, text)
        stage.clock.turn(seconds=_BETWEEN)
    await stage.fall_silent()


async def _taps_there(stage: Stage, deed: Block, who: str, where: str) -> None:
    await stage.world.tap(_CHANNELS[where], stage.person(who), deed.text)
    await stage.settle()


async def _deletes_there(stage: Stage, _deed: Block, who: str, where: str) -> None:
    await stage.world.take_back(_CHANNELS[where], stage.person(who))
    await stage.fall_silent()


CHATTING: Final[Mapping[str, Verb]] = {
    r"(?P<who>[A-Z]+) (?P<way>says in the chat|texts)(?P<pieces>, in pieces)?": _says,
    rf"(?P<who>[A-Z]+) says (?P<where>{_PLACES})(?P<pieces>, in pieces)?": _says_there,
    rf"(?P<who>[A-Z]+) deletes the last message (?P<where>{_PLACES})": _deletes_there,
    r"(?P<who>[A-Z]+) says in the chat and corrects it at once": _corrects,
    r"(?P<who>[A-Z]+) changes the last message": _changes,
    r"(?P<who>[A-Z]+) taps": _taps,
    rf"(?P<who>[A-Z]+) taps (?P<where>{_PLACES})": _taps_there,
    r"(?P<who>[A-Z]+) sends a (?P<what>sticker|picture|voice note|document)": _sends,
    r"(?P<who>[A-Z]+) forwards to the chat": _forwards,
    r"(?P<who>[A-Z]+), now called (?P<name>\w+), says in the chat": _says_as,
    r"(?P<who>[A-Z]+) blocks the bot": _blocks,
    r"(?P<who>[A-Z]+) puts the bot into a group": _invites,
    r"(?P<who>[A-Z]+) texts and takes the last one back": _takes_back,
    r"(?P<who>[A-Z]+)’s machine texts": _machine_texts,
    r"(?P<who>[A-Z]+)’s phone (?P<state>got|shows|refuses) our text": _phone_tells,
}
"""Headings and what they do."""

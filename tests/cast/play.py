"""The performance: everybody enters, plays their script beside the others, and the desk is looked at in the end."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tests.cast.actor import Actor, Character, Surprise, Unanswered
from tests.cast.people import CAST
from tests.cast.verdict import differences
from tests.cast.world import World

_BETWEEN_ENTRANCES: Final = 6.0
_THINKING: Final = (4.0, 9.0)
_SHORT_PATIENCE: Final = 45.0
_LONG_PATIENCE: Final = 900.0
_SEED: Final = 25
_LONGEST_QUIET: Final = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What differed from what the cast expects, and who waits for a colleague because the reader was not sure."""

    wrong: tuple[str, ...]
    handed: tuple[str, ...]


async def perform(world: World, *, hurry: bool) -> Outcome:
    """Play everything; in a hurry nobody thinks before they write."""
    actors = [_on_stage(character, world, hurry=hurry) for character in entrances(CAST)]
    world.acting = len(actors)
    async with asyncio.TaskGroup() as group:
        delivering = group.create_task(world.deliver())
        delays = (0.0 if hurry else index * _BETWEEN_ENTRANCES for index in range(len(actors)))
        playing = [group.create_task(_enter(actor, delay)) for actor, delay in zip(actors, delays, strict=True)]
        surprises = [surprise for play in playing if (surprise := await play)]
        async with asyncio.timeout(_LONGEST_QUIET):
            desk = await world.quiet()
        delivering.cancel()
    wrong = (*surprises, *differences(actors, desk, world.boxes))
    return Outcome(wrong, tuple(actor.character.name for actor in actors if actor.handed))


def entrances(cast: Sequence[Character]) -> list[Character]:
    """Return the cast with languages and kinds mixed, the same way each time."""
    mixed = sorted(cast, key=lambda character: (character.name, character.address))
    random.Random(_SEED).shuffle(mixed)
    return mixed


def _on_stage(character: Character, world: World, *, hurry: bool) -> Actor:
    pause, patience = (_no_pause, _SHORT_PATIENCE) if hurry else (_human_pause, _LONG_PATIENCE)
    return Actor(character, world, pause, patience)


async def _enter(actor: Actor, delay: float) -> str:
    """Let one person play; return what surprised them."""
    await asyncio.sleep(delay)
    try:
        await actor.character.script(actor)
    except Surprise as surprise:
        return f"{actor.character.name}: {surprise}"
    except Unanswered:
        actor.handed = True
    finally:
        actor.world.acting -= 1
    return ""


async def _no_pause() -> None:
    await asyncio.sleep(0)


async def _human_pause() -> None:
    await asyncio.sleep(random.uniform(*_THINKING))

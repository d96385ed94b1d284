"""Can a stranger tell by the clock who is on record? The ways of `tests/flow/test_sameness.py`, gone in turns.

Run `python -m tests.bench.bench_sameness [ROUNDS]` from the checkout. It prints how long each way took about somebody
known, unknown, and on record twice, each beside the unknown: the ratio of the medians, and how often it took longer, of
which 50 % tells nothing; beside it, its error.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Final

from tests.bench.bench_sign_in import longer
from tests.flow.conftest import TestDesk
from tests.flow.test_sameness import UNKNOWN, WALKS, Walk, Walker, acquaint, open_even_desk

ROUNDS: Final = 20
Times = dict[str, list[float]]


async def measure(rounds: int) -> dict[str, Times]:
    """Return how many milliseconds each way took about each kind of person, fresh people every time."""
    took: dict[str, Times] = defaultdict(lambda: defaultdict(list))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        async with open_even_desk(f"sqlite:///{place / 'desk.db'}", place / "keys.json") as desk:
            for number in range(rounds * len(WALKS)):
                walk = WALKS[number % len(WALKS)]
                people = list((await acquaint(desk, number)).items())
                for turn, (who, address) in enumerate(random.sample(people, len(people))):
                    walker = Walker(desk, address, number * len(people) + turn)
                    took[walk.__name__][who].append(await _timed(walk, walker))
                await _rest(desk)
    return took


async def _timed(walk: Walk, walker: Walker) -> float:
    start = time.perf_counter()
    await walk(walker)
    return (time.perf_counter() - start) * 1000


async def _rest(desk: TestDesk) -> None:
    """Let the caps of an hour pass."""
    desk.clock.turn(hours=2)


def main(rounds: int = ROUNDS) -> None:
    """Measure, and print what came of it."""
    for walk, took in asyncio.run(measure(rounds)).items():
        nobody = statistics.median(took[UNKNOWN])
        sys.stdout.write(f"{walk}, {rounds} times each: unknown, median {nobody:.0f} ms\n")
        for who in sorted(set(took) - {UNKNOWN}):
            share, error = longer(took[who], took[UNKNOWN])
            ratio = statistics.median(took[who]) / nobody
            sys.stdout.write(f"  {who:8} {ratio:.3f} of that; longer in {share:.1f} % ± {error:.1f}\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

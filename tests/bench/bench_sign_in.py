"""Can a stranger tell by the clock whether there is an account? Many tries of each kind over HTTP, in turns.

Run `python -m tests.bench.bench_sign_in [ROUNDS]` from the checkout: first with real Argon2, then ten times as many
tries with a hasher that takes no time, so that nothing hides what the rest of the desk takes. It prints the median of
each kind, and how often a try took longer than one of an unknown address: 50 % is no telling; beside it, its error.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from itertools import product
from pathlib import Path
from typing import Final

from bot.console.passwords import Argon2Passwords
from bot.core.accounts import PasswordHasher
from bot.core.drafts import Role
from bot.core.unit import Unit
from tests.fakes.ports import PlainHasher
from tests.integration.console.conftest import Browser, Console, open_console

ROUNDS: Final = 60
TRIES: Final = 9
"""Tries of one address before its quarter of an hour is over."""
UNKNOWN: Final = "unknown"
KNOWN: Final = "known"
COMPANY: Final = "known, by the company's sign-in"
FIRST: Final = "unknown, never tried"
KINDS: Final = {UNKNOWN: "nobody@nexioprojects.com", KNOWN: "kim@nexioprojects.com", COMPANY: "lee@nexioprojects.com"}


async def knock(browser: Browser, email: str) -> float:
    """Try a wrong password and return how many milliseconds the refusal took."""
    start = time.perf_counter()
    await browser.send("/sign-in", HTTPStatus.FORBIDDEN, email=email, password="a guess of somebody's")
    return (time.perf_counter() - start) * 1000


async def measure(hasher: PasswordHasher, rounds: int) -> dict[str, list[float]]:
    """Return how long the tries of each kind took."""
    took: dict[str, list[float]] = {kind: [] for kind in (*KINDS, FIRST)}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        async with open_console(f"sqlite:///{place / 'desk.db'}", place / "keys.json", hasher=hasher) as console:
            await _hire(console, hasher)
            browser = await console.browser()
            await browser.open("/sign-in")
            for number in range(rounds):
                if number % TRIES == 0:
                    console.desk.clock.turn(minutes=16)
                    await browser.open("/sign-in")
                tries = {**KINDS, FIRST: f"new{number}@nexioprojects.com"}
                for kind in random.sample(list(tries), len(tries)):
                    took[kind].append(await knock(browser, tries[kind]))
    return took


async def _hire(console: Console, hasher: PasswordHasher) -> None:
    for kind, password in {KNOWN: hasher.hash("what only Kim knows"), COMPANY: ""}.items():
        await console.hire(KINDS[kind], Role.APPROVER)
        await console.desk.store.transact(partial(_keep, KINDS[kind], password))


def _keep(email: str, password_hash: str, unit: Unit) -> None:
    account = unit.accounts.account(email)
    assert account
    unit.accounts.keep(replace(account, password_hash=password_hash))


def longer(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    """Return how often `one` took longer than `other`, and the error of that (Mann and Whitney), both in per cent."""
    wins = sum(1.0 if first > second else 0.5 if first == second else 0.0 for first, second in product(one, other))
    pairs = len(one) * len(other)
    error = ((len(one) + len(other) + 1) / (12 * pairs)) ** 0.5
    return wins / pairs * 100, error * 100


def tell(title: str, took: dict[str, list[float]]) -> None:
    """Print what was measured."""
    sys.stdout.write(f"{title}, {len(took[UNKNOWN])} tries of each kind\n")
    for kind, times in took.items():
        share, error = longer(times, took[UNKNOWN])
        beside = "" if kind == UNKNOWN else f"  longer than unknown: {share:.1f} % ± {error:.1f}"
        sys.stdout.write(f"  {kind:32} median {statistics.median(times):8.2f} ms{beside}\n")


def main(rounds: int = ROUNDS) -> None:
    """Measure both."""
    tell("with Argon2", asyncio.run(measure(Argon2Passwords(), rounds)))
    tell("without", asyncio.run(measure(PlainHasher(), rounds * 10)))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

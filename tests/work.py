"""Work for the store, made of what is done to one thing or to many.

A lambda in a loop would read the loop's variable when the store runs it, which may be later than it was handed in.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from bot.core.unit import Unit

T = TypeVar("T")
R = TypeVar("R")


def upon(thing: T, deed: Callable[[Unit, T], R]) -> Callable[[Unit], R]:
    """Do `deed` to this very thing."""
    return lambda unit: deed(unit, thing)


def each(things: Iterable[T], deed: Callable[[Unit, T], R]) -> Callable[[Unit], list[R]]:
    """Do `deed` to each thing in one unit, in their order, and return what came of each."""
    return lambda unit: [deed(unit, thing) for thing in things]

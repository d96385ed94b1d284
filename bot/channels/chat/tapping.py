"""Answers to tap: what of them a platform can carry. Where it can't, the words above them ask the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.drafts import Choice


@dataclass(frozen=True, slots=True)
class Buttons:
    """A platform's limits: how many buttons, how many characters on one, and on the text above them (0: any)."""

    most: int
    longest: int
    text: int = 0

    def fitting(self, choices: Sequence[Choice], text: str) -> Sequence[Choice]:
        """Return all the choices, or none: some of them alone would say that there are no others."""
        carried = len(choices) <= self.most and all(len(choice.label) <= self.longest for choice in choices)
        return choices if carried and (not self.text or len(text) <= self.text) else ()

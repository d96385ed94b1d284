"""How people write down where somebody is reached: an address, a telephone number, an account. Pure."""

from collections.abc import Iterator
from typing import Final, Protocol

from bot.core.errors import BadInput
from bot.core.messages import MAIL, PHONE, TELEGRAM, Handle, canonical_address, is_address

_FEWEST_DIGITS: Final = 5


class NumberPlan(Protocol):
    """How telephone numbers are written where the company acts."""

    def international(self, written: str) -> str | None:
        """Return a number with its country code, digits only (E.164: +31612345678); None for what is no number."""


class AsWritten:
    """No plan: a number is its digits, and equal to no other way of writing it."""

    def international(self, written: str) -> str | None:
        """Return the digits, with a leading plus where there is one."""
        digits = "".join(sign for sign in written if sign.isdecimal() or sign == "+")
        return digits if len(digits) >= _FEWEST_DIGITS else None


def read_handle(written: str, numbers: NumberPlan) -> Handle:
    """Return what an address, a number, or `channel:value` (telegram:777, customer:C-7) names. Raises BadInput."""
    text = written.strip()
    channel, parted, value = text.partition(":")
    if "@" in text:
        address = canonical_address(value if channel == MAIL else text)
        if is_address(address):
            return Handle(MAIL, address)
    elif parted and channel != PHONE:
        if channel.isidentifier() and value.strip():
            return Handle(channel, value.strip())
    elif number := numbers.international(value if parted else text):
        return Handle(PHONE, number)
    raise BadInput(f"{written!r} is no e-mail address, telephone number, or account such as telegram:777")


def may_mean(words: str, numbers: NumberPlan) -> Iterator[Handle]:
    """Yield every address, number or account that a colleague's words for a search may mean."""
    yield Handle(MAIL, canonical_address(words))
    yield Handle(TELEGRAM, words.strip())
    if number := numbers.international(words):
        yield Handle(PHONE, number)

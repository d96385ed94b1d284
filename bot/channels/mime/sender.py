"""Who a mail says it is from, and what is odd about the saying."""

import re
from dataclasses import dataclass
from typing import Final

from bot.channels.mime.addresses import address_in, mailboxes
from bot.channels.mime.fields import Head
from bot.core.messages import Oddity

_FOREIGN: Final = re.compile(r"[\u0370-\u03ff\u0400-\u052f\u0530-\u058f]")  # Greek, Cyrillic, Armenian
_LATIN_LOOKING: Final = frozenset(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u04cf\u051b\u051d\u03bf\u03bd"
)


@dataclass(frozen=True, slots=True)
class Sender:
    """The From of a mail: its address (empty if unreadable), display name, and what takes trust away."""

    address: str
    name: str
    oddities: frozenset[Oddity]

    @property
    def domain(self) -> str:
        """The domain that sender authentication has to speak for."""
        return self.address.rpartition("@")[2]


def read_sender(head: Head) -> Sender:
    """Read the From field; of several the first is shown, and none is trusted."""
    oddities: set[Oddity] = set()
    if head.bare_breaks:
        oddities.add(Oddity.BARE_LINE_BREAK)
    if head.count("from") > 1:
        oddities.add(Oddity.SEVERAL_FROM)
    boxes = mailboxes(head.first("from"))
    if sum(1 for box in boxes if box.address or not box.plain) > 1 or any(not box.plain for box in boxes):
        oddities.add(Oddity.SEVERAL_ADDRESSES)
    box = next((box for box in boxes if box.address), None)
    if box is None:
        oddities.add(Oddity.NO_FROM)
        return Sender("", boxes[0].name if boxes else "", frozenset(oddities))
    if _is_confusable(box.name, box.address):
        oddities.add(Oddity.CONFUSABLE)
    return Sender(box.address, box.name, frozenset(oddities))


def _is_confusable(name: str, address: str) -> bool:
    """Say whether the name poses as another address, or the domain mixes Latin with letters that look like it."""
    claimed = address_in(name)
    if claimed and claimed != address:
        return True
    return any(_mixes_scripts(label) for label in address.rpartition("@")[2].split("."))


def _mixes_scripts(label: str) -> bool:
    if not label.startswith("xn--"):
        return False
    try:
        letters = {letter for letter in label.encode("ascii").decode("idna") if letter.isalpha()}
    except UnicodeError:
        return True  # no registry sells it
    foreign = {letter for letter in letters if _FOREIGN.match(letter)}
    return bool(foreign) and (foreign != letters or letters <= _LATIN_LOOKING)

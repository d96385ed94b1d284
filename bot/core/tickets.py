"""Tickets: the words in the links of our letters that open one page for whoever reads them, until they are too old."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol


class Door(StrEnum):
    """A public page that a link of ours opens; the value is its place in the address."""

    CONFIRM = "confirm"
    NOT_ME = "not-me"
    PREFERENCES = "preferences"
    STATUS = "status"  # of somebody who asked for a code: goes with the form, never in a link
    RECEIPT = "receipt"

    @property
    def path(self) -> str:
        """The address up to the ticket."""
        return f"/{self}/"


LASTS: Final[Mapping[Door, timedelta]] = MappingProxyType(
    {
        Door.CONFIRM: timedelta(days=7),
        Door.NOT_ME: timedelta(days=30),
        Door.PREFERENCES: timedelta(days=180),
        Door.STATUS: timedelta(hours=1),
        Door.RECEIPT: timedelta(days=90),
    }
)
"""How long a ticket opens its door, from when the letter was worded; what is behind it may end sooner."""


class Tickets(Protocol):
    """Writes and reads tickets: sealed, so that they show nothing and nobody else can write one."""

    def write(self, door: Door, about: str, now: datetime) -> str:
        """Return a ticket about something: lower-case letters and digits, no two alike."""

    def read(self, door: Door, ticket: str, now: datetime) -> str | None:
        """Return what a ticket is about; None for one that is too old, of another door, or none of ours."""

"""What every part of the settings file shares."""

from dataclasses import dataclass
from typing import Annotated, Protocol, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict

from bot.core.loopback import is_outside
from bot.core.messages import is_address


@dataclass(frozen=True, slots=True)
class ForLawyers:
    """Marks a setting that the company's lawyers confirm by writing it down (law.md, last lines)."""

    decides: str


class Section(BaseModel):
    """A part of the file; an unknown key is an error, so that a typo is found."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Named(Protocol):
    """An entry of the file that others of its kind stand beside."""

    @property
    def name(self) -> str:
        """What it is called."""


Entry = TypeVar("Entry", bound=Named)


def _names_differ(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    names = [entry.name for entry in entries]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"two are named {twice[0]!r}; what becomes of each is kept by its name")
    return entries


Entries = Annotated[tuple[Entry, ...], AfterValidator(_names_differ)]
"""Entries of one kind, each with a name of its own."""


def _safe_url(value: str) -> str:
    """Refuse plain text over a network."""
    url = urlsplit(value)
    if not url.hostname or url.scheme not in {"https", "http"}:
        raise ValueError(f"{value!r} is no address; write one such as https://example.com/rights")
    if url.scheme == "http" and is_outside(value):
        raise ValueError(f"http:// is for loopback only; {url.hostname} needs https://")
    return value


SafeUrl = Annotated[str, AfterValidator(_safe_url)]


def _address(value: str) -> str:
    if not is_address(value):
        raise ValueError(f"{value!r} is no e-mail address; write one such as privacy@example.com")
    return value


EmailAddress = Annotated[str, AfterValidator(_address)]


def _listen(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or int(port) >= 65536:  # noqa: PLR2004 - a port has 16 bits; 0 lets the system choose
        raise ValueError(f"{value!r} is no address to listen on; write host:port, such as 127.0.0.1:8025")
    return value


Listen = Annotated[str, AfterValidator(_listen)]

"""A platform's call to a webhook of ours, as channels meet it, and what the caller is told."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

PLAIN: Final = "text/plain"
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request: header names in lower case, the body as it came, so that a signature over it can be checked."""

    method: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return a header's value, empty where there is none."""
        return self.headers.get(name.lower(), "")


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """The HTTP status and the text a caller gets; 2xx only once the event is durable."""

    status: int
    text: str = ""
    media_type: str = PLAIN


Webhook = Callable[[Call], Awaitable[CallAnswer]]
"""Answers the calls to one address."""

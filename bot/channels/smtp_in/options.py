"""Where we listen, for whom, and how much anybody may ask of us."""

from dataclasses import dataclass
from typing import Final, Literal

MIB = 1024 * 1024

READY: Final = "ready"
"""How our greeting ends, by which the doctor knows a listener of ours."""


@dataclass(frozen=True, slots=True)
class ListenerOptions:
    """A listener of ours. Sizes are in bytes, `timeout` in seconds without a word from the client.

    With an `authserv_id`, and always with LMTP, the only client is our own mail server: its verdict on the sender
    counts instead of our look at its address. `held` bounds what all connections together keep in memory.
    """

    host: str
    port: int
    domains: frozenset[str]
    protocol: Literal["smtp", "lmtp"] = "smtp"
    hostname: str = "localhost"
    authserv_id: str = ""
    largest: int = 30 * MIB
    held: int = 60 * MIB
    recipients: int = 20
    connections: int = 50
    commands: int = 1000
    timeout: float = 300.0

    @property
    def behind_our_server(self) -> bool:
        """Say whether who connects is our own mail server and not the world."""
        return self.protocol == "lmtp" or bool(self.authserv_id)

"""Where a mail server is and how we prove who we are: over verified TLS, or on this very machine."""

import ipaddress
import ssl
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server to log in to. `timeout` bounds every single exchange with it, in seconds.

    TLS is never negotiated down: a server that does not offer what is asked gets no password and no mail.
    """

    host: str
    port: int
    tls: Literal["tls", "starttls", "none"] = "tls"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 30.0

    def __post_init__(self) -> None:
        if self.tls == "none" and not is_loopback(self.host):
            raise ValueError(f'tls "none" is for loopback only; {self.host} needs "tls" or "starttls"')

    def tls_context(self) -> ssl.SSLContext | None:
        """Return a context that verifies certificate and host name, or None where no TLS is asked for."""
        return None if self.tls == "none" else ssl.create_default_context()


def is_loopback(host: str) -> bool:
    """Say whether a host name or address can only be this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

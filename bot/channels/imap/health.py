"""How a mailbox is: what colleagues read when mail stops coming, and how long to wait before trying again."""

import random
import socket
import ssl
from dataclasses import dataclass, field
from datetime import datetime

from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError

from bot.core.errors import StorageUnavailable


@dataclass(slots=True)
class MailboxHealth:
    """What is known of a mailbox now, without personal data.

    `backlog` counts mails seen and not stored yet, `failures` those in a row; `errors` has words for the whole
    mailbox ("") and for single folders.
    """

    last_contact: datetime | None = None
    failures: int = 0
    backlog: int = 0
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def last_error(self) -> str:
        """What is wrong now, empty while all is well."""
        return "; ".join(f"{where}: {words}" if where else words for where, words in self.errors.items())


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long to wait after a failure, in seconds: doubled each time up to a bound, without ever giving up.

    A refused login waits longer, so that we don't lock our own account.
    """

    first: float = 1.0
    longest: float = 300.0
    refused: float = 60.0
    refused_longest: float = 1800.0

    def after(self, failure: BaseException, failures: int) -> float:
        """Return the wait after so many failures in a row, half of it left to chance."""
        first, longest = (self.refused, self.refused_longest) if login_refused(failure) else (self.first, self.longest)
        wait = min(first * 2.0 ** min(failures - 1, 16), longest)
        return wait * random.uniform(0.5, 1.0)  # noqa: S311 - spreads waits, guards nothing


def login_refused(failure: BaseException) -> bool:
    """Say whether the server turned our name and password down, as opposed to breaking off or being unwell."""
    return (
        isinstance(failure, LoginError)
        and not isinstance(failure.__context__, IMAPClientAbortError)
        and "[UNAVAILABLE]" not in str(failure)  # RFC 5530: a temporary failure of the server's own
    )


def in_words(failure: BaseException) -> str:
    """Say in our own words what went wrong; a server's words may hold somebody's name."""
    if login_refused(failure):
        return "the server refuses our login: check user and password"
    for kind, words in _WORDS:
        if isinstance(failure, kind):
            return words
    return f"an error of our own ({type(failure).__name__}); the log says where"


_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (LoginError, "the server can't log us in now"),
    (CapabilityError, "the server does not offer what the settings ask for (STARTTLS?)"),
    (IMAPClientAbortError, "the server broke the connection off"),
    (IMAPClientError, "the server refused a command"),
    (ssl.SSLCertVerificationError, "the server's certificate can't be verified"),
    (ssl.SSLError, "no TLS with this server: check port and tls"),
    (socket.gaierror, "the server's name can't be found"),
    (ConnectionRefusedError, "nobody answers on this host and port"),
    (TimeoutError, "the server does not answer in time"),
    (OSError, "the connection broke"),
    (StorageUnavailable, "our storage can't take mail now"),
)

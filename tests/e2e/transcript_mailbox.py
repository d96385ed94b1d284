"""The company's own mailbox, for stories in which a colleague answers with her own mail program."""

from dataclasses import dataclass
from imaplib import IMAP4
from typing import Final

from tests.servers.dovecot import Account, Dovecot

_FOLDER: Final = "Sent"


@dataclass(frozen=True, slots=True)
class OwnMailbox:
    """The shared mailbox as colleagues use it with their own mail program."""

    dovecot: Dovecot
    account: Account

    @property
    def settings(self) -> dict[str, object]:
        return {
            "name": "info",
            "host": self.dovecot.host,
            "port": self.dovecot.imap_port,
            "tls": "none",
            "user": self.account.user,
            "password_file": "imap",
            "folders": [_FOLDER],
            "sent_folder": _FOLDER,
            "poll_seconds": 1,
        }

    def keep_sent(self, mail: bytes) -> None:
        """Leave a copy in Sent, as every mail program does."""
        with IMAP4(self.dovecot.host, self.dovecot.imap_port) as client:
            client.login(self.account.user, self.account.password)
            client.append(_FOLDER, "(\\Seen)", "", mail)

"""What a mailbox of ours is: a server, the folders to read, and where requests go once they are known to be some."""

from dataclasses import dataclass, field

from bot.channels.imap.batches import Limits
from bot.channels.imap.health import Pauses
from bot.channels.mail_server import MailServer


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox. The first folder is watched by IDLE, all are looked through every `poll_seconds`.

    Where `sent_folder` is among them, it is read like the others, and nothing is moved out of it.
    """

    name: str
    server: MailServer
    folders: tuple[str, ...] = ("INBOX",)
    done_folder: str = ""
    sent_folder: str = ""
    authserv_id: str = ""
    poll_seconds: float = 60.0
    limits: Limits = field(default_factory=Limits)
    pauses: Pauses = field(default_factory=Pauses)

    def __post_init__(self) -> None:
        if not self.folders:
            raise ValueError(f"mailbox {self.name} has no folder to read")
        if self.done_folder in self.folders:
            raise ValueError(f"mailbox {self.name}: {self.done_folder} can't be both read and the done folder")

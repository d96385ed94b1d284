"""What a bot of ours is: its token, the server that knows it, and how its updates reach us."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

WEBHOOK_PATH: Final = "/webhooks/telegram"
"""Where Telegram calls us, below `company.public_url`."""

_TOKEN: Final = re.compile(r"(\d{1,20}):[\w-]{3,256}", re.ASCII)
_SECRET: Final = re.compile(r"[\w-]{16,256}", re.ASCII)  # setWebhook takes 1 to 256; a short one could be guessed


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long to wait after a failure, in seconds: doubled each time up to a bound, without ever giving up."""

    first: float = 1.0
    longest: float = 60.0

    def after(self, failures: int) -> float:
        """Return the wait after so many failures in a row."""
        return min(self.first * 2.0 ** min(failures - 1, 16), self.longest)


@dataclass(frozen=True, slots=True)
class TelegramOptions:
    """One bot. With a `webhook_url` we tell Telegram the address ourselves; without one somebody else has to.

    `username` is the bot's, where links name it; `menu` holds the commands with what they do, by language, an empty one
    for all others.

    Raises ValueError for a token or secret that can't work, with what to write instead.
    """

    token: str = field(repr=False)
    base_url: str = "https://api.telegram.org/bot"
    mode: Literal["polling", "webhook"] = "polling"
    secret: str = field(default="", repr=False)
    webhook_url: str = ""
    username: str = ""
    poll_seconds: int = 50
    check_seconds: float = 300.0
    pauses: Pauses = field(default_factory=Pauses)
    menu: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.token):
            raise ValueError("telegram: this is no bot token; write the one BotFather shows, such as 123456:ABC-DEF")
        if self.mode == "webhook" and not _SECRET.fullmatch(self.secret):
            raise ValueError("telegram: the webhook's secret must be 16 to 256 letters, digits, - or _")

    @property
    def bot_number(self) -> str:
        """The bot's own id: the part of the token that is no secret, known without asking Telegram."""
        return self.token.partition(":")[0]

    @property
    def source(self) -> str:
        """How the ledger names this bot, whichever way its updates come."""
        return f"telegram/{self.bot_number}"

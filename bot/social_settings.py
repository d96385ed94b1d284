"""The `[[social]]` entries of the settings file: one for each account of the company's on a chat platform."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from bot.core.messages import MAIL, TELEGRAM
from bot.section import SafeUrl, Section

_TAKEN: Final = frozenset({MAIL, TELEGRAM, "chat"})


def _channel(name: str) -> str:
    if name in _TAKEN:
        raise ValueError(f"{name!r} is a channel of its own; choose another name")
    return name


class AccountSection(Section):
    """One account. `name` names its channel and its webhook, /webhooks/NAME.

    `secret_files` hold what signs its calls: while a secret is replaced, the new one first and the old one after it.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,30}$"), AfterValidator(_channel)]
    secret_files: tuple[Path, ...] = Field(min_length=1, max_length=3)


class BridgeSection(AccountSection):
    """Our own signed webhook, for a platform the company bridges itself; `url` takes our texts."""

    kind: Literal["webhook"]
    url: SafeUrl


def _different(sections: tuple["SocialSection", ...]) -> tuple["SocialSection", ...]:
    names = [section.name for section in sections]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"two entries are called {', '.join(twice)}; every account needs a name of its own")
    return sections


SocialSection = BridgeSection
SocialSections = Annotated[tuple[SocialSection, ...], AfterValidator(_different)]

"""The `[[social]]` entries of the settings file: one for each account of the company's on a chat platform."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from bot.core.messages import MAIL, TELEGRAM
from bot.section import SafeUrl, Section

GRAPH: Final = "https://graph.facebook.com/v25.0"

_TAKEN: Final = frozenset({MAIL, TELEGRAM, "chat"})


def _channel(name: str) -> str:
    if name in _TAKEN:
        raise ValueError(f"{name!r} is a channel of its own; choose another name")
    return name


class ChannelSection(Section):
    """One account; `name` names its channel."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$"), AfterValidator(_channel)]


class AccountSection(ChannelSection):
    """An account whose platform calls us, at /webhooks/NAME.

    `secret_files` hold what signs its calls: while a secret is replaced, the new one first and the old one after it.
    """

    secret_files: tuple[Path, ...] = Field(min_length=1, max_length=3)


class BridgeSection(AccountSection):
    """Our own signed webhook, for a platform the company bridges itself; `url` takes our texts."""

    kind: Literal["webhook"]
    url: SafeUrl


class MetaSection(AccountSection):
    """An account on a platform of Meta's; `secret_files` hold the app secret, `account` is the numeric id.

    `verify_file` holds a word of our own that Meta repeats when it is told our address.
    """

    account: str = Field(pattern=r"^[0-9]{1,32}$")
    token_file: Path
    verify_file: Path
    base_url: SafeUrl = GRAPH


class MessengerSection(MetaSection):
    """A Facebook page."""

    kind: Literal["messenger"]


class InstagramSection(MetaSection):
    """An Instagram professional account that is linked to a page."""

    kind: Literal["instagram"]


class WhatsappSection(MetaSection):
    """A WhatsApp number; `template` names an approved one without variables, for when the 24 hours are over."""

    kind: Literal["whatsapp"]
    template: str = Field(default="", pattern=r"^[a-z0-9_]*$")


class ChatwootSection(AccountSection):
    """A Chatwoot account; with `signed = false`, for versions that sign nothing, the address ends in `?key=SECRET`."""

    kind: Literal["chatwoot"]
    url: SafeUrl
    account: str = Field(pattern=r"^[0-9]{1,19}$")
    token_file: Path
    signed: bool = True


class XSection(ChannelSection):
    """An account on X, asked every `poll_seconds`; off until somebody writes `paid`, for X bills every message.

    `keys_file` holds API key, API key secret, access token and access token secret, a line each.
    """

    kind: Literal["x"]
    account: str = Field(pattern=r"^[0-9]{1,32}$")
    keys_file: Path
    paid: bool = False
    poll_seconds: int = Field(default=180, ge=30)
    base_url: SafeUrl = "https://api.x.com"


SocialSection = Annotated[
    BridgeSection | MessengerSection | InstagramSection | WhatsappSection | ChatwootSection | XSection,
    Field(discriminator="kind"),
]

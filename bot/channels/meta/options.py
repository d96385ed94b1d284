"""One account of ours on a platform of Meta's, and the app that speaks for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.channels.chat.proof import require_secrets

_ACCOUNT: Final = re.compile(r"\d{1,32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class MetaOptions:
    """`account` is the page's, the Instagram account's or the phone number's id; `hook_url` where Meta shall call us.

    `app_secrets` sign Meta's calls: the new one first while it is replaced. `template` is an approved WhatsApp template
    without variables, in every language we write; empty for none. `openers` are what opens a list of answers there, by
    language. Raises ValueError with what to write instead.
    """

    channel: str
    account: str
    token: str = field(repr=False)
    app_secrets: tuple[str, ...] = field(repr=False)
    verify_token: str = field(repr=False)
    hook_url: str
    base_url: str
    template: str = ""
    openers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _ACCOUNT.fullmatch(self.account):
            raise ValueError("account must be the numeric id Meta shows, not a name")
        if not self.token.strip():
            raise ValueError("token_file is empty; write the access token of the account into it")
        require_secrets(self.app_secrets, "each app secret")
        require_secrets((self.verify_token,), "the verify token, a word of your own,")

"""Calls signed for one account of ours (OAuth 1.0a, RFC 5849): its secrets never travel, and never expire."""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Keys:
    """What X shows under "Keys and tokens": the app's two words and the account's two.

    Raises ValueError with what to write instead.
    """

    app: str
    app_secret: str = field(repr=False)
    account: str
    account_secret: str = field(repr=False)

    @classmethod
    def read(cls, text: str) -> "Keys":
        """Read the four, a line each."""
        words = text.split()
        if len(words) != 4:  # noqa: PLR2004 - two of the app, two of the account
            raise ValueError(
                "keys_file must hold four lines: API key, API key secret, access token, access token secret"
            )
        return cls(*words)

    def header(self, method: str, url: str, params: Mapping[str, str], *, nonce: str = "", at: int = 0) -> str:
        """Return the Authorization header of one call; what is posted as JSON is not part of it (RFC 5849 3.4.1.3)."""
        said = {
            "oauth_consumer_key": self.app,
            "oauth_nonce": nonce or secrets.token_hex(16),
            "oauth_signature_method": "HMAC-SHA1",
            "oauth_timestamp": str(at or int(time.time())),
            "oauth_token": self.account,
            "oauth_version": "1.0",
        }
        said["oauth_signature"] = self._signature(method, url, {**params, **said})
        return "OAuth " + ", ".join(f'{name}="{_escaped(value)}"' for name, value in sorted(said.items()))

    def _signature(self, method: str, url: str, said: Mapping[str, str]) -> str:
        pairs = sorted((_escaped(name), _escaped(value)) for name, value in said.items())
        listed = "&".join(f"{name}={value}" for name, value in pairs)
        base = "&".join(map(_escaped, (method, url, listed)))
        key = f"{_escaped(self.app_secret)}&{_escaped(self.account_secret)}"
        return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()


def _escaped(text: str) -> str:
    return quote(text, safe="-._~")

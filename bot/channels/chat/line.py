"""The line to a platform's own server: what each way of failing means for a message on its way."""

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import httpx

from bot.channels.chat.reach import addresses_of, public_client
from bot.core.errors import PermanentFailure, RightsDeskError, TransientFailure, UncertainDelivery
from bot.core.loopback import is_outside

_PATIENCE: Final = httpx.Timeout(20.0, connect=10.0)
_NOTHING_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_TOO_MANY: Final = 429
_TROUBLE: Final = 500


MOST_FILE: Final = 25 * 1024 * 1024
"""Bytes of one file of a chat; the platforms' own limits are about there."""

_MOST_REDIRECTS: Final = 3


class NotReady(RightsDeskError):
    """An account that can't be used as it is set up; the text says what to click or to write."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the platform's: its status and its JSON, None where it is none."""

    status: int
    content: Any
    headers: Mapping[str, str]

    @property
    def ok(self) -> bool:
        """Whether the platform did what was asked."""
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own

    def get(self, *path: str | int) -> Any:
        """Return what lies at a path of the JSON, or None."""
        found = self.content
        for step in path:
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError):
                return None
        return found


class Line:
    """Connections to one server. An asynchronous context manager; closed, it raises TransientFailure."""

    def __init__(self, name: str, base_url: str, headers: Mapping[str, str] | None = None) -> None:
        self.name = name
        self._base_url = base_url.rstrip("/")
        self._headers = dict(headers or {})
        self._client: httpx.AsyncClient | None = None
        self._fetching: dict[bool, httpx.AsyncClient] = {}
        """For files, made when first needed: one for the line's own host, one for all others. They know no secrets."""

    async def __aenter__(self) -> Self:
        # A proxy from the environment is for the world outside, never for this machine's own servers.
        self._client = httpx.AsyncClient(
            headers=self._headers, timeout=_PATIENCE, trust_env=self._is_outside, follow_redirects=False
        )
        return self

    @property
    def _is_outside(self) -> bool:
        return is_outside(self._base_url)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        clients, self._client, self._fetching = [self._client, *self._fetching.values()], None, {}
        for client in filter(None, clients):
            await client.aclose()

    async def get(
        self, path: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Ask for something."""
        return await self._exchange("GET", path, params=params, headers=headers)

    async def post(
        self,
        path: str,
        content: bytes,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Hand JSON over; the platform's own refusals come back as they are.

        Raises TransientFailure when nothing was taken (no connection, 429, 5xx) and UncertainDelivery when the line
        broke after the hand-over.
        """
        kind = {"Content-Type": "application/json"}
        return await self._exchange("POST", path, content=content, params=params, headers=kind | dict(headers or {}))

    async def download(self, url: str, headers: Mapping[str, str] | None = None) -> bytes:
        """Fetch one file, showing none of the line's own secrets but these headers, and those to this address alone.

        Every address on the way is https and public, but for the host of the line itself, which may be inside. Raises
        PermanentFailure when the file is gone, too big or at no such address, and TransientFailure.
        """
        if self._client is None:
            raise TransientFailure(f"the way out to {self.name} is closed")
        try:
            for _ in range(_MOST_REDIRECTS):
                async with self._way_to(url).stream("GET", url, headers=headers) as response:
                    if response.next_request is None:
                        return await self._content(response)
                    url, headers = str(response.next_request.url), None
        except httpx.HTTPError as failure:
            raise TransientFailure(f"{self.name} can't be reached ({type(failure).__name__})") from failure
        raise PermanentFailure(f"{self.name} sends us from one address to the next for this file")

    def _way_to(self, url: str) -> httpx.AsyncClient:
        """Return the client for a file's address: https only, or this machine where the platform itself is on it."""
        try:
            address = httpx.URL(url)
        except httpx.InvalidURL:
            raise PermanentFailure(f"{self.name} names no https address for this file") from None
        is_ours = address.host == httpx.URL(self._base_url).host
        if address.scheme != "https" and not (address.scheme == "http" and is_ours and not self._is_outside):
            raise PermanentFailure(f"{self.name} names no https address for this file")
        if is_ours not in self._fetching:
            self._fetching[is_ours] = (
                httpx.AsyncClient(timeout=_PATIENCE, trust_env=self._is_outside)
                if is_ours
                else public_client(_PATIENCE, addresses_of)
            )
        return self._fetching[is_ours]

    async def _content(self, response: httpx.Response) -> bytes:
        if response.status_code == _TOO_MANY or response.status_code >= _TROUBLE:
            raise TransientFailure(f"{self.name} has trouble of its own ({response.status_code}): try again later")
        if not response.is_success:
            raise PermanentFailure(f"{self.name} has this file no more ({response.status_code})")
        content = bytearray()
        async for piece in response.aiter_bytes():
            content += piece
            if len(content) > MOST_FILE:
                raise PermanentFailure(f"this file is over {MOST_FILE // 1024 // 1024} MB: look at it on {self.name}")
        return bytes(content)

    async def _exchange(self, method: str, path: str, **wish: Any) -> Reply:
        if self._client is None:
            raise TransientFailure(f"the way out to {self.name} is closed")
        try:
            response = await self._client.request(method, self._base_url + path, **wish)
        except _NOTHING_SENT as failure:
            raise TransientFailure(f"{self.name} can't be reached ({type(failure).__name__})") from failure
        except httpx.HTTPError as failure:
            raise UncertainDelivery(f"the line to {self.name} broke ({type(failure).__name__})") from failure
        if response.status_code == _TOO_MANY:
            raise TransientFailure(f"{self.name} asks to wait", retry_after=patience_asked(response.headers))
        if response.status_code >= _TROUBLE:
            raise TransientFailure(
                f"{self.name} has trouble of its own ({response.status_code})",
                retry_after=patience_asked(response.headers),
            )
        return Reply(response.status_code, _json_of(response), response.headers)


def patience_asked(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a Retry-After header (RFC 9110 10.2.3), or until X counts calls anew, where it is told."""
    with contextlib.suppress(ValueError):
        return max(float(headers.get("Retry-After", "")), 0.0)
    with contextlib.suppress(ValueError):
        return max(float(headers.get("x-rate-limit-reset", "")) - time.time(), 0.0)
    return None


def _json_of(response: httpx.Response) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None

"""How far a fetch may reach: a sender can choose a file's address, so what lies inside our own network is refused."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.request import getproxies

import httpx

from bot.core.errors import PermanentFailure

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_TRANSLATED: Final = IPv6Network("64:ff9b::/96")
"""IPv4 behind NAT64 (RFC 6052 2.1)."""


async def addresses_of(host: str, port: int) -> Sequence[str]:
    """Return every address of a host, of both families. Raises httpx.ConnectError where it has none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as failure:
        raise httpx.ConnectError(f"{host} is not known") from failure
    return [str(place[0]) for *_, place in found]


async def public_address(url: httpx.URL, resolve: Resolve) -> str:
    """Return the address to connect to. Raises PermanentFailure where the host has any that is not public."""
    found = await resolve(url.host, url.port or 443)
    if not found or not all(map(_is_public, found)):
        raise PermanentFailure(
            "this file is at no public address, so it is not fetched: look at the message over there"
        )
    return found[0]


class PublicTransport(httpx.AsyncBaseTransport):
    """Connects to the very address that was found public, so that a name which changes meanwhile gains nothing.

    The certificate and the Host header stay the name's.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, resolve: Resolve) -> None:
        self._inner = inner
        self._resolve = resolve

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hand a request on to its pinned address. Raises PermanentFailure, httpx.ConnectError."""
        address = await public_address(request.url, self._resolve)
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,
            extensions={**request.extensions, "sni_hostname": request.url.host},
        )
        return await self._inner.handle_async_request(pinned)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


def public_client(patience: httpx.Timeout, resolve: Resolve) -> httpx.AsyncClient:
    """Return a client for GETs that reaches the public internet alone.

    Where the environment names a proxy, that one connects, by name: then the name is looked up and judged before.
    """
    if getproxies().keys() & {"https", "all"}:

        async def judge(request: httpx.Request) -> None:
            await public_address(request.url, resolve)

        return httpx.AsyncClient(timeout=patience, event_hooks={"request": [judge]})
    return httpx.AsyncClient(timeout=patience, transport=PublicTransport(httpx.AsyncHTTPTransport(), resolve))


def _is_public(address: str) -> bool:
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        ip = _embedded(ip) or ip
    return ip.is_global and not ip.is_multicast


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 one stands for, if it does."""
    if ip in _TRANSLATED:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour

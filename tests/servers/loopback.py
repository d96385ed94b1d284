"""The rule that tests stay on this machine."""

import ipaddress


class OutsideWorldError(BaseException):
    """A test reached for another machine. Not an `Exception`: the code under test shall not handle it."""


def stay_on_loopback(event: str, arguments: tuple[object, ...]) -> None:
    """Forbid to look up names other than localhost, and to send anything to other addresses.

    An audit hook sees every socket of this process, asyncio's and those of C extensions written with
    Python's `socket` alike; `sys.addaudithook` installs it for good.
    """
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1]  # a path for AF_UNIX, None when connected before
        host = address[0] if isinstance(address, tuple) else None
    else:
        return
    name = host.decode() if isinstance(host, bytes) else host
    if isinstance(name, str) and not is_local(name, asked_only=event == "socket.getaddrinfo"):
        raise OutsideWorldError(f"{event} of {name!r}: tests speak to loopback addresses only")


def is_local(host: str, *, asked_only: bool) -> bool:
    """Tell whether a host is this one; asking what a numeric address means leaves the machine in no case."""
    try:
        return ipaddress.ip_address(host).is_loopback or asked_only
    except ValueError:
        return host in {"", "localhost"}

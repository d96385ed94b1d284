"""The process that reads strangers' mail: it holds no secret, opens no connection, and may be killed at any time.

Run as `python -m bot.channels.mime.child`; speaks the frames of `wire` over standard input and output.
"""

import resource
import sys
from typing import BinaryIO, Final

from bot.channels.mime.message import parse
from bot.channels.mime.prescan import prescan
from bot.channels.mime.wire import pack_answer, unpack_inbound
from bot.core.errors import Unparsable
from bot.core.messages import Inbound, Message

MEMORY: Final = 512 * 1024 * 1024
CPU_SECONDS: Final = 10
_MOST_MAILS: Final = 1_000


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until the line closes, or until so many that what libraries leak would count."""
    for _ in range(_MOST_MAILS):
        _allow_cpu()
        inbound = unpack_inbound(requests)
        if inbound is None:
            return
        answers.write(pack_answer(read(inbound)))
        answers.flush()


def read(inbound: Inbound) -> Message | str:
    """Return the message, or why there is none: a parser that trips must cost one mail, not the desk."""
    try:
        prescan(inbound.raw)
        return parse(inbound)
    except Unparsable as reason:
        return str(reason)
    except Exception as failure:  # noqa: BLE001 - whatever it is, the mail is parked with its bytes and a person looks
        return f"the parser failed: {type(failure).__name__}"


def confine() -> None:
    """Take the rights to memory and files away that reading mail does not need."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no personal data in core dumps
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _allow_cpu() -> None:
    """Grant the next mail its seconds on top of what was used so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + CPU_SECONDS + 1, most))


if __name__ == "__main__":
    confine()
    serve(sys.stdin.buffer, sys.stdout.buffer)

"""The desk's side of the reading child: one at a time, started when needed, killed when slow, replaced when dead."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from bot.channels.mime.fields import split_head
from bot.channels.mime.sender import read_sender
from bot.channels.mime.wire import LARGEST_ANSWER, LENGTH, pack_inbound
from bot.channels.sender_auth.authenticate import authenticate
from bot.channels.sender_auth.resolver import HurriedResolver, Resolver
from bot.core.errors import Unparsable
from bot.core.messages import MAIL, Handle, Inbound, Message

CHILD: Final = (sys.executable, "-I", "-m", "bot.channels.mime.child")  # -I: no environment, no working directory
_WALL_SECONDS: Final = 10.0
_DNS_SECONDS: Final = 20.0
_MAILS_PER_CHILD: Final = 500  # fewer than the child serves by itself, so that it never leaves on its own
_GRACE_SECONDS: Final = 2.0
_ANSWER: Final = TypeAdapter(dict[str, Any])


class MimeParser:
    """Implements the core's `Parser` for mail: reads in the child, looks senders up in the DNS here."""

    def __init__(
        self,
        resolver: Resolver,
        *,
        command: Sequence[str] = CHILD,
        wall_seconds: float = _WALL_SECONDS,
        mails_per_child: int = _MAILS_PER_CHILD,
    ) -> None:
        self._resolver = resolver
        self._command = tuple(command)
        self._wall_seconds = wall_seconds
        self._mails_per_child = mails_per_child
        self._adapter = TypeAdapter(Message)
        self._child: asyncio.subprocess.Process | None = None
        self._served = 0
        self._turn = asyncio.Lock()

    async def parse(self, inbound: Inbound) -> Message:
        """Read one mail and say who sent it. Raises Unparsable with the reason, also when the child died of it."""
        async with self._turn:
            message = await self._read(inbound)
        hurried = HurriedResolver(self._resolver, _DNS_SECONDS)
        authentication = await asyncio.to_thread(authenticate, inbound, hurried)
        # The sender is read again on this side: a child taken over by a mail must not lend it another's name
        sender = read_sender(split_head(b"".join(inbound.raw)))
        return replace(
            message,
            sender=Handle(MAIL, sender.address),
            name=sender.name,
            oddities=sender.oddities,
            authentication=authentication,
        )

    async def aclose(self) -> None:
        """Let the child go."""
        async with self._turn:
            await self._dismiss()

    async def _read(self, inbound: Inbound) -> Message:
        try:
            return self._understood(await self._answer(inbound))
        except EOFError as ending:
            if self._served <= 1:
                raise Unparsable(f"reading ended the parser: {ending}") from None
        try:  # it may have been another mail's doing: once more, with a fresh child
            return self._understood(await self._answer(inbound))
        except EOFError as ending:
            raise Unparsable(f"reading ended the parser: {ending}") from None

    async def _answer(self, inbound: Inbound) -> bytes:
        """Raises EOFError, saying how the child ended, where it ended before it answered."""
        child = await self._ready()
        try:
            async with asyncio.timeout(self._wall_seconds):
                return await _converse(child, inbound)
        except TimeoutError:
            await self._dismiss()
            raise Unparsable(f"reading took more than {self._wall_seconds:g} seconds") from None
        except (OSError, EOFError):
            raise EOFError(await self._dismiss()) from None
        except BaseException:
            await self._dismiss()  # cancelled between question and answer: the next answer would be this one's
            raise

    def _understood(self, answer: bytes) -> Message:
        """Check what the child says: it has read a stranger's bytes, and may be his by now."""
        try:
            content = _ANSWER.validate_json(answer)
            if "message" in content:
                return self._adapter.validate_python(content["message"])
            raise Unparsable(str(content.get("unparsable", "no reason given"))[:500])
        except ValidationError as failure:
            raise Unparsable(f"the parser answered nonsense in {failure.error_count()} places") from None

    async def _ready(self) -> asyncio.subprocess.Process:
        if self._child is not None and (self._child.returncode is not None or self._served >= self._mails_per_child):
            await self._dismiss()
        if self._child is None:
            self._child = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,  # a traceback could quote the mail
                env={"LANG": "C.UTF-8", "PATH": os.defpath},  # no secrets of ours
                cwd=Path("/"),
                start_new_session=True,  # a Ctrl-C meant for the desk is not for the child
            )
            self._served = 0
        self._served += 1
        return self._child

    async def _dismiss(self) -> str:
        """Kill the child, wait for its end, and say what it was."""
        child, self._child = self._child, None
        if child is None:
            return "it was gone"
        if child.stdin is not None:
            child.stdin.close()
        with contextlib.suppress(TimeoutError):  # it gets a moment to have died by itself, for the reason's sake
            async with asyncio.timeout(_GRACE_SECONDS if child.stdout is not None and child.stdout.at_eof() else 0):
                return _ending(await child.wait())
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        return _ending(await child.wait())


async def _converse(child: asyncio.subprocess.Process, inbound: Inbound) -> bytes:
    if child.stdin is None or child.stdout is None:
        raise EOFError
    for frame in pack_inbound(inbound):
        child.stdin.write(frame)
        await child.stdin.drain()
    (size,) = LENGTH.unpack(await child.stdout.readexactly(LENGTH.size))
    if size > LARGEST_ANSWER:
        raise EOFError
    return await child.stdout.readexactly(size)


def _ending(code: int) -> str:
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"

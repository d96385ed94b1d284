"""One client's connection: aiosmtpd's dialogue, with the answers it gets wrong for a desk that must lose nothing.

Measured with 1.4.6: an unhandled exception is a permanent 500 with its text, LMTP answers once for many recipients,
any number of recipients passes, lines over 1,000 letters are refused for good, and a whole message is held twice.
"""

import asyncio
import logging
from typing import ClassVar, Final, Protocol

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from bot.channels.smtp_in.options import READY, ListenerOptions
from bot.channels.smtp_in.reading import LINE_LIMIT, Budget, Incoming

TRY_AGAIN: Final = "451 4.3.0 we can't take this now, try again later"
_CLOSING: Final = b"421 4.3.2 closing down, try again later\r\n"
_FOREIGN: Final = "550 5.7.1 we take mail for our own domains only"
_TOO_MANY: Final = "452 4.5.3 too many recipients"

log = logging.getLogger(__name__)


class Letterbox(Protocol):
    """What a dialogue needs of its listener."""

    options: ListenerOptions
    budget: Budget

    async def put(self, session: Session, envelope: Envelope, pieces: tuple[bytes, ...]) -> str:
        """Store a message and return the reply to it."""

    def greet(self, dialogue: "Dialogue") -> None:
        """Note a connection that was made."""

    def part(self, dialogue: "Dialogue") -> None:
        """Note a connection that is gone."""


class Dialogue(SMTP):
    """A client who speaks SMTP."""

    line_length_limit = LINE_LIMIT
    answers_each: ClassVar[bool] = False

    def __init__(self, letterbox: Letterbox) -> None:
        options = letterbox.options
        super().__init__(
            _Recipients(options),
            data_size_limit=options.largest,
            enable_SMTPUTF8=True,
            hostname=options.hostname,
            ident=READY,
            timeout=options.timeout,
            command_call_limit=options.commands,
            loop=asyncio.get_running_loop(),
        )
        del self._smtp_methods["AUTH"]  # nobody logs in here
        self._letterbox = letterbox
        self._storing = False
        self._dismissed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._letterbox.greet(self)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._letterbox.part(self)

    def dismiss(self) -> None:
        """Say goodbye: at once, or, where a message is being stored, after the answer to it."""
        self._dismissed = True
        if not self._storing and isinstance(self.transport, asyncio.Transport):
            self.transport.write(_CLOSING)
            self.transport.close()

    async def handle_exception(self, error: Exception) -> str:
        """Answer for our own failure: what we can't do now, the client shall try again (RFC 5321 4.2.1)."""
        log.error("a mail client's command failed on %s", type(error).__name__)
        return TRY_AGAIN

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        """Take a message, store it, and only then say yes."""
        if await self.check_helo_needed():
            return
        envelope, session = self.envelope, self.session
        if envelope is None or session is None or not envelope.rcpt_tos:
            await self.push("503 5.5.1 need RCPT command")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        incoming = Incoming(self._letterbox.options.largest, self._letterbox.budget)
        try:
            await incoming.read(self._reader, self._reset_timeout)
            self._storing = True
            reply = incoming.refusal or await self._letterbox.put(session, envelope, tuple(incoming.pieces))
        finally:
            self._storing = False
            incoming.let_go()
            self.envelope = self._create_envelope()
        for _ in envelope.rcpt_tos if self.answers_each else [reply]:
            await self.push(reply)
        if self._dismissed and self.transport is not None:
            self.transport.close()


class LmtpDialogue(Dialogue, LMTP):
    """A client who speaks LMTP (RFC 2033)."""

    answers_each: ClassVar[bool] = True  # RFC 2033 4.2; all share the fate of the one message we store


class Busy(asyncio.Protocol):
    """What a client meets who is one too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say so and hang up."""
        if isinstance(transport, asyncio.Transport):
            transport.write(b"421 4.3.2 too many connections, try again later\r\n")
            transport.close()


class _Recipients:
    """The only question aiosmtpd asks us: whose mail we take."""

    def __init__(self, options: ListenerOptions) -> None:
        self._options = options

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        local, _, domain = address.rpartition("@")
        if not local or domain.lower() not in self._options.domains:
            return _FOREIGN
        if len(envelope.rcpt_tos) >= self._options.recipients:
            return _TOO_MANY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

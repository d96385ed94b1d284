"""A port of our own as a way in: a message is ours once it is stored, and until then the client's."""

import asyncio
import logging
import secrets
from collections.abc import Sequence
from typing import Final

from aiosmtpd.smtp import Envelope, Session

from bot.channels.smtp_in.dialogue import TRY_AGAIN, Busy, Dialogue, LmtpDialogue
from bot.channels.smtp_in.options import ListenerOptions
from bot.channels.smtp_in.reading import Budget
from bot.core.errors import CannotListen, StorageUnavailable
from bot.core.messages import MAIL, Inbound
from bot.core.ports import Accept, Clock

_GOODBYE_SECONDS: Final = 5.0
_EVENT_BYTES: Final = 16

log = logging.getLogger(__name__)


class SmtpSource:
    """Listens for mail to our own domains. No relay, no login; `port` is known once `listening` is set."""

    one_at_a_time = False  # every process has a port of its own

    def __init__(self, options: ListenerOptions, clock: Clock) -> None:
        self.name = f"{options.protocol}/{options.host}:{options.port}"
        self.options = options
        self.budget = Budget(options.held)
        self.port = options.port
        self.listening = asyncio.Event()
        self._clock = clock
        self._accept: Accept = _nobody
        self._open: set[Dialogue] = set()
        self._storing: set[asyncio.Future[None]] = set()
        self._empty = asyncio.Event()

    async def run(self, accept: Accept) -> None:
        """Listen until cancelled; messages being stored then are stored, and their clients told.

        Raises CannotListen.
        """
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd's own, full of addresses
        self._accept = accept
        host, port = self.options.host, self.options.port
        try:
            server = await asyncio.get_running_loop().create_server(self._pick_up, host, port)
        except OSError as failure:
            raise CannotListen(f"{host}:{port}", failure) from None
        self.port = server.sockets[0].getsockname()[1]
        self.listening.set()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self.listening.clear()
            server.close()
            await self._close_down()

    async def put(self, session: Session, envelope: Envelope, pieces: tuple[bytes, ...]) -> str:
        """Store a message and return the reply to it; a client who hangs up meanwhile changes nothing.

        Every hand-over is an event of its own: equal bytes may be two honest mails. A client who missed our yes
        comes again with the same bytes and Message-ID, and the desk knows such twins.
        """
        ours = self.options.behind_our_server
        inbound = Inbound(
            channel=MAIL,
            source=self.name,
            event=secrets.token_hex(_EVENT_BYTES),
            received_at=self._clock.now(),
            raw=pieces,
            authserv_id=self.options.authserv_id,
            peer="" if ours else str(session.peer[0]) if session.peer else "",
            helo="" if ours else session.host_name or "",
            envelope_from=(envelope.mail_from or "").removeprefix("<>"),
        )
        storing = asyncio.ensure_future(self._accept([inbound]))
        self._storing.add(storing)
        storing.add_done_callback(self._storing.discard)
        try:
            await asyncio.shield(storing)
        except StorageUnavailable:
            log.warning("%s: storage can't take mail now; clients are asked to try again", self.name)
            return TRY_AGAIN
        except Exception as failure:  # noqa: BLE001 - whatever it is, the mail is still the client's
            log.error("%s: a mail was not stored: %s", self.name, type(failure).__name__)  # noqa: TRY400 - its words may be the mail's
            return TRY_AGAIN
        return "250 2.0.0 stored"

    def greet(self, dialogue: Dialogue) -> None:
        """Note a connection that was made."""
        self._open.add(dialogue)
        self._empty.clear()

    def part(self, dialogue: Dialogue) -> None:
        """Note a connection that is gone."""
        self._open.discard(dialogue)
        if not self._open:
            self._empty.set()

    def _pick_up(self) -> asyncio.BaseProtocol:
        if len(self._open) >= self.options.connections:
            return Busy()
        return LmtpDialogue(self) if self.options.protocol == "lmtp" else Dialogue(self)

    async def _close_down(self) -> None:
        for dialogue in tuple(self._open):
            dialogue.dismiss()
        if self._open:
            try:
                await asyncio.wait_for(self._empty.wait(), _GOODBYE_SECONDS)
            except TimeoutError:
                log.warning("%s: %d clients were cut off", self.name, len(self._open))
        if self._storing:
            await asyncio.wait(tuple(self._storing), timeout=_GOODBYE_SECONDS)


async def _nobody(_batch: Sequence[Inbound]) -> None:
    raise StorageUnavailable("nobody takes mail yet")

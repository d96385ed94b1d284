"""An SMTP server that keeps every message it is given and, told so, misbehaves like the worst of them."""

import asyncio
import time
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from enum import Enum, auto
from threading import Condition, Thread
from types import TracebackType
from typing import Final, Self
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.process import HOST, PATIENCE

OK: Final = "250 2.0.0 OK"


class Drop(Enum):
    """When the server cuts the connection."""

    BEFORE_MESSAGE = auto()  # at MAIL: nothing was taken
    BEFORE_REPLY = auto()  # the message was taken, and the sender will never know
    AFTER_REPLY = auto()  # the message was taken, and the sender was told


@dataclass(frozen=True, slots=True)
class Conduct:
    """How the server meets one message. It keeps what it answers with 2xx, whether or not the answer arrives."""

    mail: str = OK
    recipient: str = OK
    refused: frozenset[str] = frozenset()  # those who get the answer `recipient`; everybody when empty
    data: str = OK
    delay: float = 0.0  # seconds between the end of the message and the answer to it
    drop: Drop | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """One message with its envelope, as it came."""

    mail_from: str
    rcpt_tos: tuple[str, ...]
    content: bytes
    at: float = field(default_factory=time.time)

    @property
    def message(self) -> EmailMessage:
        return BytesParser(EmailMessage, policy=default).parsebytes(self.content)


class SmtpSink:
    """Listens on a free loopback port, in a thread of its own, for the length of a `with` block.

    `sink.plan(Conduct(data="451 4.3.0 later"), Conduct(drop=Drop.BEFORE_REPLY))` decides how the next two
    messages are met; all after them are met as `sink.usual` says.
    """

    host: Final = HOST

    def __init__(self) -> None:
        self.port = 0
        self.usual = Conduct()
        self._planned: deque[Conduct] = deque()
        self._received: list[Received] = []
        self._news = Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="smtp-sink", daemon=True)
        self._connections: WeakSet[SMTP] = WeakSet()
        self._server: asyncio.Server | None = None

    @property
    def received(self) -> tuple[Received, ...]:
        """All messages taken so far, in the order they came."""
        with self._news:
            return tuple(self._received)

    def plan(self, *conducts: Conduct) -> None:
        """Decide how the next messages are met, one by one."""
        self._planned.extend(conducts)

    def wait_for(self, count: int, patience: float = 10.0) -> tuple[Received, ...]:
        """Wait until `count` messages have come; fail if they don't."""
        with self._news:
            if not self._news.wait_for(lambda: len(self._received) >= count, patience):
                raise TimeoutError(f"{len(self._received)} of {count} messages came in {patience:g} s")
            return tuple(self._received)

    def stop(self) -> None:
        """Stop listening and cut all connections; what was received stays."""
        if self._server:
            self._do(self._close())

    def start(self) -> None:
        """Listen; after `stop()`, on the same port again."""
        if not self._server:
            self._do(self._listen())

    def __enter__(self) -> Self:
        self._thread.start()
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def conduct(self) -> Conduct:
        return self._planned.popleft() if self._planned else self.usual

    def keep(self, received: Received) -> None:
        with self._news:
            self._received.append(received)
            self._news.notify_all()

    def _connection(self) -> SMTP:
        connection = SMTP(_Dialogue(self), hostname="sink.test", enable_SMTPUTF8=True, loop=self._loop)
        self._connections.add(connection)
        return connection

    async def _listen(self) -> None:
        self._server = await self._loop.create_server(self._connection, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        for connection in self._connections:
            if connection.transport:
                connection.transport.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)

    def _do(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)


class _Dialogue:
    """The server's side of one connection, in the hooks of aiosmtpd."""

    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink
        self._conduct = Conduct()

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._conduct = self._sink.conduct()
        if self._conduct.drop is Drop.BEFORE_MESSAGE:
            await _cut(server)
        if self._conduct.mail.startswith("2"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return self._conduct.mail

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        refused = self._conduct.refused
        answer = self._conduct.recipient if not refused or address in refused else OK
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        conduct = self._conduct
        if conduct.data.startswith("2"):
            self._sink.keep(
                Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.original_content or b"")
            )
        await asyncio.sleep(conduct.delay)
        if conduct.drop is Drop.AFTER_REPLY:
            await server.push(conduct.data)
        if conduct.drop:
            await _cut(server)
        return conduct.data


async def _cut(server: SMTP) -> None:
    """Close the connection, what was said being sent; losing it, aiosmtpd cancels the dialogue that waits here."""
    if server.transport:
        server.transport.close()
    await asyncio.get_running_loop().create_future()

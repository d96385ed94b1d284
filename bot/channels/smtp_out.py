"""Mail out: one approved message to the company's mail server, and what its answer, or its silence, means."""

import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.headerregistry import Address
from typing import Final

from aiosmtplib import SMTP, SMTPException, SMTPResponseException, SMTPServerDisconnected

from bot.channels.mail_server import MailServer
from bot.channels.outgoing_mail import build_mail, one_line, recipient_of
from bot.core.delivery import Outgoing
from bot.core.errors import PermanentFailure, TransientFailure, UncertainDelivery

_GO_AHEAD: Final = 354
_TAKEN: Final = range(200, 300)
_PERMANENT: Final = range(500, 600)
_NOT_TAKEN: Final = range(400, 600)
_ABOUT_US: Final = frozenset({530, 534, 535, 538})  # RFC 4954: our login is wrong, not this letter
_GOODBYE_SECONDS: Final = 2.0
_LONGEST_REPLY: Final = 200
_ADDRESS: Final = re.compile(r"[^\s<>:;,\"']+@[^\s<>:;,\"']+")
_LEADING_DOT: Final = re.compile(rb"(?m)^\.")


class SmtpCourier:
    """Hands over one mail at a time, each on a connection of its own.

    `patience` is how many seconds the server may take to answer for a message it was given whole. RFC 5321 4.5.3.2.6
    would wait ten minutes; the outbox leases a message for less.
    """

    def __init__(self, server: MailServer, sender: Address, patience: float = 120.0) -> None:
        self._server = server
        self._sender = sender
        self._patience = patience
        self._tls = server.tls_context()

    async def send(self, outgoing: Outgoing) -> str:
        """Deliver one mail and return the server's last words.

        Raises TransientFailure, PermanentFailure, or UncertainDelivery when no answer came to the whole message.
        """
        recipient = recipient_of(outgoing)
        raw = build_mail(outgoing, self._sender).as_bytes()
        async with self._connected() as client:
            try:
                await self._announce(client, recipient, len(raw))
                await _begin(client)
            except SMTPResponseException as refusal:
                raise _refused(refusal.code, refusal.message) from None
            except (SMTPException, OSError) as broken:
                raise TransientFailure(_in_words(broken)) from None
            return await self._hand_over(client, raw)

    async def reach(self) -> None:
        """Connect, secure the line, log in and leave again. Raises TransientFailure, in words."""
        async with self._connected():
            pass

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[SMTP]:
        """Give a line that is secured and logged in."""
        client = SMTP(
            hostname=self._server.host,
            port=self._server.port,
            username=self._server.user or None,
            password=self._server.password if self._server.user else None,
            local_hostname=self._sender.domain,
            timeout=self._server.timeout,
            use_tls=self._server.tls == "tls",
            start_tls=self._server.tls == "starttls",  # never "if the server likes"
            tls_context=self._tls,
        )
        try:
            await _connect(client)
            yield client
        finally:
            with suppress(SMTPException, OSError):  # the answer is known; how the server says goodbye is not part of it
                await client.quit(timeout=_GOODBYE_SECONDS)
            client.close()

    async def _announce(self, client: SMTP, recipient: Address, size: int) -> None:
        """Say from whom and to whom (bounces come back to us: a bounce reopens a clock)."""
        options = [f"SIZE={size}"] if client.supports_extension("size") else []
        encoding = "ascii"
        if not recipient.addr_spec.isascii():
            if not client.supports_extension("smtputf8"):
                raise PermanentFailure("the mail server can't write to an address beyond ASCII (RFC 6531)")
            options += ["SMTPUTF8", "BODY=8BITMIME"]
            encoding = "utf-8"
        await client.mail(self._sender.addr_spec, options=options, encoding=encoding)
        await client.rcpt(recipient.addr_spec, encoding=encoding)

    async def _hand_over(self, client: SMTP, raw: bytes) -> str:
        """Send the message itself. Up to here nothing left; from here on only an answer makes it certain.

        aiosmtplib's own `data` does not tell a connection lost before the message from one lost after it.
        """
        line = client.protocol
        if line is None:
            raise TransientFailure("the mail server broke the connection off")
        try:
            line.write(_LEADING_DOT.sub(b"..", raw) + b".\r\n")
        except SMTPServerDisconnected as broken:
            raise TransientFailure(_in_words(broken)) from None
        try:
            code, words = await line.read_response(timeout=self._patience)
        except (SMTPException, OSError) as broken:
            client.close()
            raise UncertainDelivery(f"no answer to the whole message: {_in_words(broken)}") from None
        if code in _TAKEN:
            return _tidy(f"{code} {words}")
        if code in _NOT_TAKEN:
            raise _refused(code, words)
        raise UncertainDelivery(f"an answer that means nothing: {_tidy(f'{code} {words}')}")


async def _connect(client: SMTP) -> None:
    """Connect, secure the line and log in. Whatever fails here says nothing about the letter: it is tried again."""
    try:
        await client.connect()
        if client.is_ehlo_or_helo_needed:
            await client.ehlo()
    except SMTPResponseException as refusal:
        raise TransientFailure(f"the mail server refuses us: {_tidy(f'{refusal.code} {refusal.message}')}") from None
    except (SMTPException, OSError) as broken:
        raise TransientFailure(_in_words(broken)) from None


async def _begin(client: SMTP) -> None:
    code, words = await client.execute_command(b"DATA")
    if code != _GO_AHEAD:
        raise SMTPResponseException(code, words)


def _refused(code: int, words: str) -> TransientFailure | PermanentFailure:
    said = _tidy(f"{code} {words}")
    if code in _PERMANENT and code not in _ABOUT_US:
        return PermanentFailure(said)
    return TransientFailure(said)


def _in_words(broken: BaseException) -> str:
    if isinstance(broken, ssl.SSLError):
        return "no TLS with the mail server, or a certificate that can't be verified"
    return _tidy(str(broken)) or type(broken).__name__


def _tidy(words: str) -> str:
    """Keep a server's words to one short line without anybody's address."""
    return one_line(_ADDRESS.sub("(address)", words), _LONGEST_REPLY)

"""Who really sent a mail: from our server's stamp, or looked up by ourselves. Never more than can be shown."""

from typing import Final

from bot.channels.mime.fields import split_head
from bot.channels.mime.sender import read_sender
from bot.channels.sender_auth.dmarc import evaluate
from bot.channels.sender_auth.envelope import check_envelope
from bot.channels.sender_auth.resolver import Resolver
from bot.channels.sender_auth.signatures import Signatures, check_signatures
from bot.channels.sender_auth.stamped import read_stamp
from bot.core.messages import Authentication, Inbound, Oddity

OURSELVES: Final = "ourselves"


def authenticate(inbound: Inbound, resolver: Resolver) -> Authentication:
    """Return what is known of a mail's origin.

    Behind our own listener everything is looked up and every stamp is a stranger's; else the stamp of
    `inbound.authserv_id` counts, and without one nothing is known. A malformed From is not worth a look-up.
    """
    raw = inbound.raw[0] if len(inbound.raw) == 1 else b"".join(inbound.raw)
    head = split_head(raw)
    sender = read_sender(head)
    if sender.oddities - {Oddity.CONFUSABLE}:
        return Authentication()
    if inbound.peer:
        return _look_up(inbound, raw, resolver, sender.domain)
    if inbound.authserv_id:
        return read_stamp(head, inbound.authserv_id, sender.domain)
    return Authentication()


def _look_up(inbound: Inbound, raw: bytes, resolver: Resolver, from_domain: str) -> Authentication:
    envelope = check_envelope(inbound, resolver)
    signatures = Signatures()
    if not inbound.truncated:  # a signature covers the whole body
        signatures = check_signatures(raw, split_head(raw), resolver, inbound.received_at)
    verdict, policy = evaluate(from_domain, signatures, envelope, resolver)
    return Authentication(verdict, policy, signatures.passed, envelope.verdict, OURSELVES)

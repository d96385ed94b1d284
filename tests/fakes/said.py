"""What a test may say of a message, a reading or a case beside what none can do without: its fields, by name."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

from bot.core.case import Lane
from bot.core.messages import Attachment, Authentication, Bounce, Forwarded, Oddity, Receipt
from bot.core.rights import Act, Correction, DataCategory, Entity, Evidence, Flag, RequestType, Scope
from bot.core.trust import Trust


class MessageFields(TypedDict, total=False):
    """What a message can have beside who sent it and its text."""

    name: str
    subject: str
    quoted: str
    signature: str
    html: bool
    recipients: tuple[str, ...]
    message_id: str
    references: tuple[str, ...]
    automatic: str
    bounce: Bounce | None
    receipt: Receipt | None
    authentication: Authentication
    oddities: frozenset[Oddity]
    attachments: tuple[Attachment, ...]
    forwarded: Forwarded | None
    version_of: str
    command: str
    payload: str
    sent_at: datetime | None
    language: str


class ReadingFields(TypedDict, total=False):
    """What a reader can say beside the rights."""

    confidence: float
    abstain: bool
    any_right: float
    language: str
    act: Act
    flags: frozenset[Flag]
    scopes: frozenset[Scope]
    scores: Mapping[RequestType, float]
    evidence: tuple[Evidence, ...]
    entities: tuple[Entity, ...]
    corrections: tuple[Correction, ...]
    categories: frozenset[DataCategory]
    model: str


class CaseFields(TypedDict, total=False):
    """What can be known of a case beside who asks for what."""

    trust: Trust
    lane: Lane
    flags: frozenset[Flag]
    complained_of: frozenset[str]
    clarified: int

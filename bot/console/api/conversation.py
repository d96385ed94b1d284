"""Calls about a case's conversation: what was written and understood, and what came along, as it came."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel

from bot.console.api.gate import Admitted, GatedRoute
from bot.console.originals import original_of, part_of
from bot.core.delivery import Outgoing
from bot.core.messages import Attachment
from bot.core.rights import RequestType
from bot.flow.case_file import Entry, open_file

router = APIRouter(route_class=GatedRoute, tags=["messages"])

_A_FILE: Final[dict[int | str, dict[str, object]]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}


class AttachedShape(BaseModel):
    """A file that came along; `part` names it in `/messages/{message}/parts/{part}`.

    `destroyed` says when, by whom and why, once it is no longer there.
    """

    part: int
    name: str
    media_type: str
    bytes: int
    destroyed: str

    @classmethod
    def of(cls, file: Attachment) -> "AttachedShape":
        """Return a file as programs read it."""
        return cls(
            part=file.part, name=file.name, media_type=file.media_type, bytes=file.size, destroyed=file.destroyed
        )


class EvidenceShape(BaseModel):
    """Words that spoke for a right, or for something else that was understood."""

    label: str
    words: str


class MessageShape(BaseModel):
    """One message of a case, theirs or ours, with what was read in theirs.

    `trust` is how far its sender is shown and `why` says what for; a reading that is not `sure` is a guess, and
    `runner_up` the likeliest right that is not in it.
    """

    id: str
    at: datetime
    ours: bool
    channel: str
    sender: str
    subject: str
    text: str
    trust: str
    why: str
    rights: list[RequestType]
    sure: bool
    confidence: float | None
    runner_up: RequestType | None
    evidence: list[EvidenceShape]
    files: list[AttachedShape]

    @classmethod
    def of(cls, entry: Entry) -> "MessageShape | None":
        """Return what was written, by the person or by us."""
        if entry.kept is not None:
            return cls._theirs(entry)
        return None if entry.ours is None else cls._ours(entry.ours)

    @classmethod
    def _theirs(cls, entry: Entry) -> "MessageShape | None":
        kept, grade = entry.kept, entry.grade
        if kept is None:
            return None
        message, reading = kept.message, kept.reading
        return cls(
            id=kept.id,
            at=kept.received_at,
            ours=False,
            channel=kept.channel,
            sender=message.sender.value if message else "",
            subject=message.subject if message else "",
            text=message.text if message else "",
            trust=grade.trust.name.lower() if grade else "",
            why=grade.why if grade else "",
            rights=sorted(reading.rights) if reading else [],
            sure=reading is not None and not reading.abstain,
            confidence=reading.confidence if reading else None,
            runner_up=reading.runner_up[0] if reading and reading.runner_up else None,
            evidence=[EvidenceShape(label=one.label, words=one.text) for one in reading.evidence] if reading else [],
            files=list(map(AttachedShape.of, message.attachments)) if message else [],
        )

    @classmethod
    def _ours(cls, sent: Outgoing) -> "MessageShape":
        return cls(
            id=sent.id,
            at=sent.created_at,
            ours=True,
            channel=sent.recipient.channel,
            sender="",
            subject=sent.subject,
            text=sent.body,
            trust="",
            why="",
            rights=[],
            sure=False,
            confidence=None,
            runner_up=None,
            evidence=[],
            files=[],
        )


@router.get("/cases/{reference}/messages")
async def list_messages(caller: Admitted, reference: str) -> list[MessageShape]:
    """Show the conversation, oldest first; the look is on file."""
    now = caller.office.clock.now()
    file = await caller.office.store.transact(lambda unit: open_file(unit, reference, caller.staff, now))
    return [shape for entry in file.entries if (shape := MessageShape.of(entry))]


@router.get("/messages/{message}/original", response_class=Response, responses=_A_FILE)
async def hand_out_original(caller: Admitted, message: str) -> Response:
    """Hand a message out as it came (RFC 5322 for mail, else JSON), once the scanner found nothing where there is one.

    The look is on file.
    """
    return await original_of(caller.office, message, caller.staff)


@router.get("/messages/{message}/parts/{part}", response_class=Response, responses=_A_FILE)
async def hand_out_part(
    caller: Admitted, message: str, part: Annotated[int, Path(ge=0, le=10_000, description="The file's `part`")]
) -> Response:
    """Hand one file of a message out, once the scanner found nothing where there is one; the look is on file."""
    return await part_of(caller.office, message, part, caller.staff)

"""What calls give, as the OpenAPI description tells it."""

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import BaseModel

from bot.core.case import Case, Item, Lane, State
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.doubting import is_doubted
from bot.core.drafts import Draft, DraftKind, DraftStatus
from bot.core.records import AuditRow, Suppression
from bot.core.rights import RequestType, Scope
from bot.core.tasks import Task, TaskKind
from bot.core.teamwork import Remark
from bot.core.verdict import Outcome
from bot.core.wanted_by import WantedBy
from bot.flow.case_file import CaseFile
from bot.flow.suppressing import Checked


class ItemShape(BaseModel):
    """One right of a case."""

    id: str
    right: RequestType
    state: State
    received_at: datetime
    promise_due: date
    legal_due: date | None
    outcome: Outcome | None

    @classmethod
    def of(cls, item: Item) -> "ItemShape":
        """Return an item as programs read it."""
        return cls(
            id=item.id,
            right=item.right,
            state=item.state,
            received_at=item.received_at,
            promise_due=item.promise_due,
            legal_due=item.legal_due,
            outcome=item.outcome,
        )


class CaseShape(BaseModel):
    """One case. `version` stands for it as it is: what is done upon a case sends it back.

    `doubted` says that a colleague's doubt who writes stands; `breach_known_at` starts the 72 hours of Art. 33 and is
    null again once the breach is assessed; `held_for` is why nothing of it may be destroyed; `kept_away` are colleagues
    a complaint is about.
    """

    id: str
    reference: str
    lane: Lane
    language: str
    channel: str
    name: str
    requester: str
    identity: str
    stage: State
    open: bool
    opened_at: datetime
    attention: str
    vouched_by: str
    chosen_fields: list[str]
    doubted: bool
    breach_known_at: datetime | None
    authority_due: date | None
    denied_at: datetime | None
    held_for: str
    kept_away: list[str]
    version: int
    items: list[ItemShape]

    @classmethod
    def of(cls, case: Case) -> "CaseShape":
        """Return a case as programs read it."""
        return cls(
            id=case.id,
            reference=case.reference,
            lane=case.lane,
            language=case.language,
            channel=case.requester.channel,
            name=case.name,
            requester=case.requester.value,
            identity=case.trust.name.lower(),
            stage=case.stage,
            open=case.is_open,
            opened_at=case.opened_at,
            attention=case.attention,
            vouched_by=case.vouch.by if case.vouch else "",
            chosen_fields=list(case.chosen.fields) if case.chosen else [],
            doubted=is_doubted(case),
            breach_known_at=case.aware_at,
            authority_due=case.authority_due,
            denied_at=case.denied_at,
            held_for=case.hold.reason if case.hold else "",
            kept_away=sorted(case.complained_of),
            version=case.version,
            items=[ItemShape.of(item) for item in case.items],
        )


class WantedByShape(BaseModel):
    """A day by which an authority may want its answer, and the words that say so: to be checked, then noted."""

    day: date
    words: str


class CaseFileShape(CaseShape):
    """One case, with the days that an authority's letters propose while none is noted."""

    wanted_by: list[WantedByShape]

    @classmethod
    def of_file(cls, file: CaseFile, proposed: Sequence[WantedBy]) -> "CaseFileShape":
        """Return a case with its proposed days as programs read it."""
        days = [WantedByShape(day=one.day, words=one.words) for one in proposed]
        return cls(**CaseShape.of(file.case).model_dump(), wanted_by=days)


class CasePage(BaseModel):
    """A page of cases; `next` is the `after` of the following one, empty at the end."""

    cases: list[CaseShape]
    next: str


class DraftShape(BaseModel):
    """One draft. `seal` stands for these very words: an edit or an approval sends it back."""

    id: str
    case: str
    kind: DraftKind
    status: DraftStatus
    language: str
    channel: str
    recipient: str
    subject: str
    body: str
    seal: str
    open_slots: list[str]
    approvals: list[str]
    approvers_needed: int

    @classmethod
    def of(cls, draft: Draft, reference: str) -> "DraftShape":
        """Return a draft as programs read it."""
        return cls(
            id=draft.id,
            case=reference,
            kind=draft.kind,
            status=draft.status,
            language=draft.language,
            channel=draft.recipient.channel,
            recipient=draft.recipient.value,
            subject=draft.subject,
            body=draft.body,
            seal=draft.seal,
            open_slots=list(draft.open_slots),
            approvals=[given.staff for given in draft.approvals if given.seal == draft.seal],
            approvers_needed=draft.approvers_needed,
        )


class DraftFileShape(DraftShape):
    """One draft with what is in the way of its approval."""

    in_the_way: list[str]


class DraftPage(BaseModel):
    """A page of drafts; `next` is the `after` of the following one, empty at the end."""

    drafts: list[DraftShape]
    next: str


class SuppressionShape(BaseModel):
    """One opt-out in force."""

    id: str
    channel: str
    value: str
    scope: Scope
    since: datetime

    @classmethod
    def of(cls, one: Suppression) -> "SuppressionShape":
        """Return an opt-out as programs read it."""
        return cls(id=one.id, channel=one.handle.channel, value=one.handle.value, scope=one.scope, since=one.since)


class SuppressionPage(BaseModel):
    """A page of opt-outs; `next` is the `after` of the following one, empty at the end."""

    suppressions: list[SuppressionShape]
    next: str


class CheckedShape(BaseModel):
    """Whether a mailing may go to one recipient; where not, what stops it, nothing for words that name nobody."""

    recipient: str
    allowed: bool
    stopped: Scope | None
    since: datetime | None

    @classmethod
    def of(cls, one: Checked) -> "CheckedShape":
        """Return a verdict as programs read it."""
        stopped = one.by
        return cls(
            recipient=one.written,
            allowed=one.allowed,
            stopped=stopped.scope if stopped else None,
            since=stopped.since if stopped else None,
        )


class DeliveryShape(BaseModel):
    """One letter on its way, or stuck."""

    id: str
    case: str
    draft: str
    channel: str
    recipient: str
    kind: DraftKind
    state: DeliveryState
    created_at: datetime
    attempts: int
    last_error: str

    @classmethod
    def of(cls, one: Outgoing, reference: str) -> "DeliveryShape":
        """Return a letter as programs read it."""
        return cls(
            id=one.id,
            case=reference,
            draft=one.draft_id,
            channel=one.recipient.channel,
            recipient=one.recipient.value,
            kind=one.kind,
            state=one.state,
            created_at=one.created_at,
            attempts=one.attempts,
            last_error=one.last_error,
        )


class DeliveryPage(BaseModel):
    """A page of letters; what is not seen is left out of it. `next` is the `after` of the following one."""

    deliveries: list[DeliveryShape]
    next: str


class TaskShape(BaseModel):
    """One thing to do before an answer may say so; an `excepted` one was not done, for the reason in `note`."""

    id: str
    case: str
    right: RequestType
    kind: TaskKind
    name: str
    owner: str
    opened_at: datetime
    ended_at: datetime | None
    by: str
    note: str
    excepted: bool
    draft: str

    @classmethod
    def of(cls, task: Task, reference: str) -> "TaskShape":
        """Return a task as programs read it."""
        return cls(
            id=task.id,
            case=reference,
            right=task.right,
            kind=task.kind,
            name=task.name,
            owner=task.owner,
            opened_at=task.opened_at,
            ended_at=task.ended_at,
            by=task.by,
            note=task.note,
            excepted=task.excepted,
            draft=task.draft,
        )


class TaskPage(BaseModel):
    """A page of tasks; what is not seen is left out of it. `next` is the `after` of the following one."""

    tasks: list[TaskShape]
    next: str


class NoteShape(BaseModel):
    """What one colleague wrote for the others."""

    id: str
    by: str
    at: datetime
    text: str

    @classmethod
    def of(cls, remark: Remark) -> "NoteShape":
        """Return a note as programs read it."""
        return cls(id=remark.id, by=remark.by, at=remark.at, text=remark.text)


class WorkShape(BaseModel):
    """Who sees to a case, nobody where it is empty, and what colleagues wrote for each other, oldest first."""

    assignee: str
    notes: list[NoteShape]

    @classmethod
    def of(cls, file: CaseFile) -> "WorkShape":
        """Return the colleagues' side of a case as programs read it."""
        return cls(assignee=file.assignee, notes=list(map(NoteShape.of, file.remarks)))


class LinkShape(BaseModel):
    """One entry of the history; `why` is the reason a colleague gave, for as long as it is kept."""

    at: datetime
    case: str
    actor: str
    event: str
    facts: dict[str, str]
    why: str
    hash: str

    @classmethod
    def of(cls, link: AuditRow, reference: str) -> "LinkShape":
        """Return an entry of the history as programs read it."""
        return cls(
            at=link.at,
            case=reference,
            actor=link.actor,
            event=link.event,
            facts=dict(link.data),
            why=link.why,
            hash=link.hash,
        )


class TrailPage(BaseModel):
    """A page of the history; `next` is the `after` of the following one, empty at the end."""

    entries: list[LinkShape]
    next: str

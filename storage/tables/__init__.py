"""Every table of the desk; importing this package fills `metadata`."""

from storage.tables.accounts import (
    AccountRow,
    DeviceRow,
    ErrandRow,
    InvitationRow,
    PasskeyRow,
    RecoveryCodeRow,
    SessionRow,
)
from storage.tables.announcements import AnnouncementRow
from storage.tables.arrivals import CopyRow, CursorRow, LedgerRow, MessageRow, PartChunkRow, PartKeyRow, PartRow
from storage.tables.base import Row
from storage.tables.letters import DraftRow, OutgoingRow, PackageRow, TaskRow, UnsavedRow
from storage.tables.people import CustomerHandleRow, CustomerNameRow, CustomerRow, ErasureRow, StaffRow, SuppressionRow
from storage.tables.records import (
    AuditHeadRow,
    AuditLinkRow,
    AuditReasonRow,
    AuditRollRow,
    AuditSaltRow,
    CounterHitRow,
    CounterRow,
    CountRow,
    KeyProofRow,
    OccurrenceRow,
    PulseRow,
    RegisterRow,
)
from storage.tables.requests import (
    AssignmentRow,
    CaseHandleRow,
    CaseNameRow,
    CaseRow,
    ChallengeRow,
    CorrectionRow,
    ItemRow,
    RemarkRow,
)

metadata = Row.metadata

__all__ = [
    "AccountRow",
    "AnnouncementRow",
    "AssignmentRow",
    "AuditHeadRow",
    "AuditLinkRow",
    "AuditReasonRow",
    "AuditRollRow",
    "AuditSaltRow",
    "CaseHandleRow",
    "CaseNameRow",
    "CaseRow",
    "ChallengeRow",
    "CopyRow",
    "CorrectionRow",
    "CountRow",
    "CounterHitRow",
    "CounterRow",
    "CursorRow",
    "CustomerHandleRow",
    "CustomerNameRow",
    "CustomerRow",
    "DeviceRow",
    "DraftRow",
    "ErasureRow",
    "ErrandRow",
    "InvitationRow",
    "ItemRow",
    "KeyProofRow",
    "LedgerRow",
    "MessageRow",
    "OccurrenceRow",
    "OutgoingRow",
    "PackageRow",
    "PartChunkRow",
    "PartKeyRow",
    "PartRow",
    "PasskeyRow",
    "PulseRow",
    "RecoveryCodeRow",
    "RegisterRow",
    "RemarkRow",
    "SessionRow",
    "StaffRow",
    "SuppressionRow",
    "TaskRow",
    "UnsavedRow",
    "metadata",
]

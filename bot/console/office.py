"""What the pages work with: the desk's parts, handed in by whoever wires them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.house import House
from bot.core.ports import Clock, FileKeeper, Scanner, Writer
from bot.core.specimens import Specimens
from bot.core.unit import Store
from bot.flow.announcing import SubscriberDesk
from bot.flow.api_tokens import TokenDesk
from bot.flow.approval import ApprovalDesk
from bot.flow.authorities import AuthorityDesk
from bot.flow.breaches import BreachDesk
from bot.flow.choosing import ChoiceDesk
from bot.flow.coming_in import FrontDoor
from bot.flow.customers import CustomerImport
from bot.flow.dossiers import DossierDesk
from bot.flow.entering import EntryDesk
from bot.flow.evidence import EvidenceDesk
from bot.flow.extending import ExtensionDesk
from bot.flow.fact_checking import FactDesk
from bot.flow.introductions import CompanyDoor
from bot.flow.inviting import Invitations
from bot.flow.outbox_desk import OutboxDesk
from bot.flow.outcomes import OutcomeDesk
from bot.flow.passkeys import PasskeyDoor
from bot.flow.reception import Reception
from bot.flow.redacting import RedactionDesk
from bot.flow.regulator_pack import PackDesk
from bot.flow.retention import Retention
from bot.flow.suppressing import SuppressionDesk
from bot.flow.task_desk import TaskDesk
from bot.flow.vouching import VouchingDesk

Health = Callable[[], Awaitable[Mapping[str, object]]]
Away = Callable[[], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Office:
    """The desk as the console needs it.

    `public_url` is where colleagues reach it, `files` keep those of the chats, `away` names the ways in by which
    nothing may be coming in now, and `scanner` looks into what strangers sent.
    """

    house: House
    store: Store
    clock: Clock
    door: FrontDoor
    invitations: Invitations
    passkeys: PasskeyDoor
    company: CompanyDoor
    approval: ApprovalDesk
    outbox: OutboxDesk
    outcomes: OutcomeDesk
    extensions: ExtensionDesk
    authorities: AuthorityDesk
    breaches: BreachDesk
    vouching: VouchingDesk
    choosing: ChoiceDesk
    facts: FactDesk
    evidence: EvidenceDesk
    entries: EntryDesk
    packing: PackDesk
    suppressions: SuppressionDesk
    dossiers: DossierDesk
    tasks: TaskDesk
    redactions: RedactionDesk
    reception: Reception
    retention: Retention
    subscribers: SubscriberDesk
    tokens: TokenDesk
    health: Health
    away: Away
    specimens: Specimens
    customers: CustomerImport
    public_url: str
    versions: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, FileKeeper] = field(default_factory=dict)
    scanner: Scanner | None = None

    @property
    def writer(self) -> Writer:
        """Who words and dresses letters."""
        return self.approval.answering.post.writer

    @property
    def is_https(self) -> bool:
        """Say whether colleagues come by TLS, so that cookies may insist on it."""
        return self.public_url.startswith("https://")

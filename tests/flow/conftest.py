"""A whole desk over a real database, with told readers and kept letters."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Unpack
from zoneinfo import ZoneInfo

import pytest

import storage
from bot.core.case import Case
from bot.core.deadlines import Calendar
from bot.core.delivery import Outgoing
from bot.core.drafts import Draft, DraftStatus, Role
from bot.core.house import House
from bot.core.letters import RecordField
from bot.core.messages import BY_HAND, MAIL, TELEGRAM, Authentication, Handle, Inbound, Message, Verdict
from bot.core.ports import Entropy, Parser, Reader, Writer
from bot.core.records import Customer
from bot.core.unit import Store
from bot.flow.announcing import AnnouncingStore
from bot.flow.answering import Answering
from bot.flow.approval import ApprovalDesk
from bot.flow.authorities import AuthorityDesk
from bot.flow.breaches import BreachDesk
from bot.flow.casework import Casework
from bot.flow.choosing import ChoiceDesk
from bot.flow.correspondence import Correspondence
from bot.flow.delivery import Delivery
from bot.flow.dossiers import DossierDesk
from bot.flow.erasing import ErasureDesk
from bot.flow.evidence import EvidenceDesk
from bot.flow.extending import ExtensionDesk
from bot.flow.fact_checking import FactDesk
from bot.flow.intake import Intake
from bot.flow.outbox_desk import OutboxDesk
from bot.flow.outcomes import OutcomeDesk
from bot.flow.posting import Post
from bot.flow.reading import ReadingRoom
from bot.flow.reception import Reception
from bot.flow.redacting import RedactionDesk
from bot.flow.reminding import Reminding
from bot.flow.retention import Retention
from bot.flow.suppressing import SuppressionDesk
from bot.flow.task_desk import TaskDesk
from bot.flow.timers import Timers
from bot.flow.treatment import Treatment
from bot.flow.vouching import VouchingDesk
from bot.numbering import CountryNumbers
from tests.fakes.ports import MESSAGE, CountedEntropy, KeptCourier, PlainParser, PlainWriter, ToldReader, TurnedClock
from tests.fakes.said import MessageFields
from tests.work import each

ANN = "ann@example.com"
KIM, LEE = "kim@nexioprojects.com", "lee@nexioprojects.com"
HOUSE = House(
    name="Nexio Projects",
    contact="info@nexioprojects.com",
    domains=frozenset({"nexioprojects.com"}),
    calendar=Calendar(ZoneInfo("Europe/Amsterdam"), frozenset({date(2026, 4, 6)})),
    sent_folders=frozenset({"sent"}),
    notify=("privacy@nexioprojects.com",),
    facts=("street", "number"),
    numbers=CountryNumbers("NL"),
)
WITH_PAGES = replace(HOUSE, pages="https://desk.example")
"""The same, where people outside reach our pages."""

PASSED = Authentication(dmarc=Verdict.PASS)


@dataclass
class TestDesk:
    """The desk with its tools, and short words for what tests do with it."""

    __test__ = False
    store: Store
    clock: TurnedClock
    reader: ToldReader
    intake: Intake
    room: ReadingRoom
    treatment: Treatment
    approval: ApprovalDesk
    outbox_desk: OutboxDesk
    delivery: Delivery
    timers: Timers
    outcomes: OutcomeDesk
    extensions: ExtensionDesk
    authorities: AuthorityDesk
    breaches: BreachDesk
    vouching: VouchingDesk
    choosing: ChoiceDesk
    evidence: EvidenceDesk
    facts: FactDesk
    suppressions: SuppressionDesk
    dossiers: DossierDesk
    reception: Reception
    tasks: TaskDesk
    redactions: RedactionDesk
    erasures: ErasureDesk
    retention: Retention
    couriers: dict[str, KeptCourier]
    events: int = 0
    sent_before: dict[str, int] = field(default_factory=dict)

    async def receive(self, message: Message, *, event: str = "", folder: str = "INBOX") -> None:
        """Let one message arrive and be treated."""
        self.events += 1
        inbound = Inbound(
            message.channel,
            "info/INBOX",
            event or str(self.events),
            self.clock.now(),
            [MESSAGE.dump_json(message)],
            folder=folder,
        )
        await self.intake.accept([inbound])
        while await self.room.read_batch():
            pass

    async def mail(self, text: str, sender: str = ANN, **changes: Unpack[MessageFields]) -> None:
        """Let a mail arrive, by default authentic."""
        changes.setdefault("message_id", f"<{self.events}@example.com>")
        changes.setdefault("authentication", PASSED)
        await self.receive(Message(MAIL, Handle(MAIL, sender), text=text, **changes))

    async def chat(self, text: str, sender: str = "777", **changes: Unpack[MessageFields]) -> None:
        """Let a chat message arrive."""
        await self.receive(Message(TELEGRAM, Handle(TELEGRAM, sender), text=text, **changes))

    async def deliver(self) -> None:
        """Send everything that is due."""
        while await self.delivery.deliver_batch():
            pass

    async def cases(self) -> list[Case]:
        """Return all cases."""
        return list(await self.store.transact(lambda unit: unit.cases.listed(limit=500)))

    async def case(self) -> Case:
        """Return the only case there is."""
        (case,) = await self.cases()
        return case

    async def case_of(self, sender: str) -> Case:
        """Return the only case of one person."""
        (case,) = [case for case in await self.cases() if case.requester.value == sender]
        return case

    async def drafts(self) -> list[Draft]:
        """Return the waiting drafts."""
        return list(await self.store.transact(lambda unit: unit.drafts.listed(DraftStatus.WAITING)))

    async def outbox(self) -> list[Outgoing]:
        """Return everything that ever was in the outbox but notices, oldest first."""
        listed = await self.store.transact(lambda unit: unit.outbox.listed(limit=500))
        return [one for one in reversed(listed) if one.case_id]

    async def code(self) -> str:
        """Return the code in the last message that carries one."""
        return next(one.secret for one in reversed(await self.outbox()) if one.secret)

    async def know(
        self,
        *emails: str,
        number: str = "C-1",
        name: str = "Ann Peeters",
        telegram: str = "",
        secret: str = "Canary Lane 7",
    ) -> None:
        """Put a customer on record."""
        handles = (Handle(TELEGRAM, telegram),) if telegram else ()
        customer = Customer(
            f"id-{number}", number, name, emails, handles=handles, fields=(RecordField("street", secret),)
        )
        await self.store.transact(lambda unit: unit.directory.put(customer, self.clock.now()))


@asynccontextmanager
async def open_test_desk(
    url: str,
    keys: Path,
    house: House = HOUSE,
    writer: Writer | None = None,
    mail: Parser | None = None,
    reader: Reader | None = None,
    entropy: Entropy | None = None,
) -> AsyncIterator[TestDesk]:
    """Open a whole desk over a database, empty the first time; it reads what tests wrote down unless told otherwise."""
    storage.migrate(url)
    clock, told = TurnedClock(), ToldReader()
    entropy = entropy or CountedEntropy("observing" if house.observe else "")
    async with storage.open_store(url, keys) as opened:
        store = AnnouncingStore(opened, house.subscribers, clock) if house.subscribers else opened
        post = Post(house, writer or PlainWriter(), entropy)
        answering = Answering(post)
        treatment = Treatment(answering, Correspondence(post), Casework(house, entropy))
        erasures = ErasureDesk(store, storage.FileJournal(keys.parent / "erasures.jsonl"), clock)
        retention = Retention(store, answering, erasures, clock)
        plain = (TELEGRAM, *BY_HAND)
        parsers: dict[str, Parser] = {MAIL: mail or PlainParser(), **{channel: PlainParser() for channel in plain}}
        couriers = {MAIL: KeptCourier(), TELEGRAM: KeptCourier()}
        roles = [(colleague, role) for colleague in (KIM, LEE) for role in (Role.APPROVER, Role.DPO)]
        await store.transact(each(roles, lambda unit, given: unit.staff.add(*given)))
        yield TestDesk(
            store=store,
            clock=clock,
            reader=told,
            intake=Intake(store, clock),
            room=ReadingRoom(store, parsers, reader or told, treatment, clock),
            treatment=treatment,
            approval=ApprovalDesk(store, answering, treatment.casework, treatment.correspondence, clock),
            outbox_desk=OutboxDesk(store, answering, clock),
            delivery=Delivery(store, couriers, answering, clock, entropy),
            timers=Timers(store, answering, Reminding(treatment.correspondence), retention, clock),
            reception=Reception.over(store, treatment, clock),
            dossiers=DossierDesk(store, answering, clock, "https://desk.example"),
            tasks=TaskDesk(store, answering, erasures, clock),
            redactions=RedactionDesk(store, answering, clock),
            erasures=erasures,
            retention=retention,
            outcomes=OutcomeDesk(store, answering, clock),
            extensions=ExtensionDesk(store, post, clock),
            authorities=AuthorityDesk(store, answering, clock),
            breaches=BreachDesk(store, answering, clock),
            vouching=VouchingDesk(store, answering, clock),
            choosing=ChoiceDesk(store, answering, clock),
            evidence=EvidenceDesk(store, clock),
            facts=FactDesk(store, post, clock),
            suppressions=SuppressionDesk(store, house, clock, entropy),
            couriers=couriers,
        )


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_test_desk(database_url, tmp_path / "keys.json") as opened:
        yield opened

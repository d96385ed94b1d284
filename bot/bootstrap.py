"""The only place where adapters are chosen and wired."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import holidays

import classifiers
import replies
import storage
from bot.channels.by_hand import EntryParser, write_entry
from bot.channels.chat.source import ChatParser
from bot.channels.mime.process import MimeParser
from bot.channels.sender_auth.resolver import DnsResolver, Resolver
from bot.channels.telegram import TelegramParser
from bot.console.authenticators import WebAuthnDevices
from bot.console.identity_provider import Client, OpenIdProvider
from bot.console.passwords import Argon2Passwords
from bot.core.deadlines import Calendar
from bot.core.facts import Thresholds
from bot.core.house import House
from bot.core.introductions import Groups, IdentityProvider
from bot.core.messages import MAIL, TELEGRAM, Way
from bot.core.ports import (
    Clock,
    Courier,
    Duties,
    Entropy,
    Parser,
    Reader,
    Source,
    Writer,
)
from bot.core.shelves import Periods
from bot.core.specimens import Specimens
from bot.core.tasks import Recipient, System
from bot.core.tokens import UNSEEN_OWNER
from bot.core.unit import Store
from bot.flow.announcing import AnnouncingStore, SubscriberDesk, Telling
from bot.flow.answering import Answering
from bot.flow.api_tokens import TokenDesk
from bot.flow.approval import ApprovalDesk
from bot.flow.authorities import AuthorityDesk
from bot.flow.breaches import BreachDesk
from bot.flow.casework import Casework
from bot.flow.choosing import ChoiceDesk
from bot.flow.coming_in import FrontDoor
from bot.flow.copying import Copying
from bot.flow.correspondence import Correspondence
from bot.flow.customers import CustomerImport
from bot.flow.delivery import Delivery
from bot.flow.dossiers import DossierDesk
from bot.flow.entering import EntryDesk
from bot.flow.erasing import ErasureDesk
from bot.flow.evidence import EvidenceDesk
from bot.flow.extending import ExtensionDesk
from bot.flow.fact_checking import FactDesk
from bot.flow.ingest import Ingest
from bot.flow.intake import Intake
from bot.flow.introductions import CompanyDoor
from bot.flow.inviting import Invitations
from bot.flow.outbox_desk import OutboxDesk
from bot.flow.outcomes import OutcomeDesk
from bot.flow.passkeys import PasskeyDoor
from bot.flow.posting import Post
from bot.flow.pulse import Pulse
from bot.flow.reading import ReadingRoom
from bot.flow.reception import Reception
from bot.flow.redacting import RedactionDesk
from bot.flow.register import RegisterImport
from bot.flow.regulator_pack import PackDesk
from bot.flow.reminding import Reminding
from bot.flow.retention import Retention
from bot.flow.suppressing import SuppressionDesk
from bot.flow.task_desk import TaskDesk
from bot.flow.timers import Timers
from bot.flow.treatment import Treatment
from bot.flow.vouching import VouchingDesk
from bot.heralds import subscribers_of
from bot.machine import SystemClock, SystemEntropy
from bot.numbering import CountryNumbers
from bot.reader_process import ReaderProcess
from bot.settings import BadSettings, Settings
from bot.social import file_keepers, platforms_of
from bot.social_settings import MetaSection
from bot.wires import archive_of, heralds_of, ways_in, ways_out
from replies.case_page import print_case

DISTRIBUTION: Final = "nexio-intake"
"""What we are called where Python packages are known."""

HOLIDAY_YEARS: Final = 12
"""How many years of public holidays are known ahead; doctor warns when they run out."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything wired: what commands use and what the service runs."""

    settings: Settings
    house: House
    store: Store
    duties: Duties
    writer: Writer
    reader: Reader
    clock: Clock
    intake: Intake
    reading: ReadingRoom
    treatment: Treatment
    answering: Answering
    approval: ApprovalDesk
    outbox: OutboxDesk
    delivery: Delivery
    telling: Telling
    subscribers: SubscriberDesk
    tokens: TokenDesk
    copying: Copying
    timers: Timers
    outcomes: OutcomeDesk
    extensions: ExtensionDesk
    authorities: AuthorityDesk
    breaches: BreachDesk
    vouching: VouchingDesk
    choosing: ChoiceDesk
    evidence: EvidenceDesk
    packing: PackDesk
    facts: FactDesk
    ingest: Ingest
    entries: EntryDesk
    customers: CustomerImport
    door: FrontDoor
    invitations: Invitations
    passkeys: PasskeyDoor
    company: CompanyDoor
    register: RegisterImport
    suppressions: SuppressionDesk
    dossiers: DossierDesk
    reception: Reception
    tasks: TaskDesk
    redactions: RedactionDesk
    retention: Retention
    erasures: ErasureDesk
    pulse: Pulse
    specimens: Specimens
    sources: tuple[Source, ...]
    couriers: Mapping[str, Courier]


@asynccontextmanager
async def open_desk(
    settings: Settings,
    *,
    resolver: Resolver | None = None,
    clock: Clock | None = None,
    entropy: Entropy | None = None,
    reader: Reader | None = None,
    reaching: bool = True,
) -> AsyncIterator[Desk]:
    """Wire the desk and close what was opened; one that is not `reaching` has no ways in or out, and reads no secrets.

    Raises BadSettings, NotMigrated, StorageUnavailable.
    """
    clock, entropy = clock or SystemClock(), entropy or SystemEntropy()
    house = house_of(settings)
    async with AsyncExitStack() as stack:
        settings.make_data_dir()
        store: Store = await stack.enter_async_context(storage.open_store(settings.database_url, settings.keys_path))
        if house.subscribers:
            store = AnnouncingStore(store, house.subscribers, clock)
        mime = await stack.enter_async_context(aclosing(MimeParser(resolver or DnsResolver())))
        platforms = platforms_of(settings, clock)
        parsers: dict[str, Parser] = {MAIL: mime, TELEGRAM: TelegramParser()}
        parsers |= {platform.channel: ChatParser(platform) for platform in platforms}
        parsers |= {way.value: EntryParser(mime) for way in Way}
        writer = replies.LetterWriter(
            replies.Company(
                name=settings.company.name,
                contact=settings.company.contact,
                address=settings.company.address,
                dpo_contact=settings.company.dpo_contact,
                policy_url=settings.company.policy_url,
                authority=settings.company.authority,
                authority_site=settings.company.authority_site,
                fields={name: said.model_dump(exclude={"inferred"}) for name, said in settings.fields.items()},
            )
        )
        post = Post(house, writer, entropy)
        answering = Answering(post)
        treatment = Treatment(answering, Correspondence(post), Casework(house, entropy))
        if reader is None:
            reader = stack.enter_context(closing(ReaderProcess(model_of(settings))))
        reading = ReadingRoom(store, parsers, reader, treatment, clock)
        ingest = Ingest(store, reading.read_batch, clock)
        erasures = ErasureDesk(store, storage.FileJournal(settings.erasures_path), clock)
        retention = Retention(store, answering, erasures, clock)
        door = FrontDoor(store, Argon2Passwords(), clock, entropy)
        invitations = Invitations(door)
        provider = provider_of(settings, clock) if reaching else None
        groups = Groups(settings.sign_in.groups if settings.sign_in else {})
        couriers = await ways_out(settings, platforms, stack) if reaching else {}
        yield Desk(
            settings=settings,
            house=house,
            store=store,
            duties=storage.open_duties(settings.database_url),
            writer=writer,
            reader=reader,
            clock=clock,
            intake=Intake(store, clock, timedelta(seconds=settings.reading.quiet_seconds)),
            reading=reading,
            treatment=treatment,
            answering=answering,
            approval=ApprovalDesk(store, answering, treatment.casework, treatment.correspondence, clock),
            outbox=OutboxDesk(store, answering, clock),
            copying=Copying(store, file_keepers(couriers), answering, clock),
            delivery=Delivery(store, couriers, answering, clock, entropy, archive_of(settings) if reaching else None),
            telling=Telling(store, await heralds_of(settings, clock, stack) if reaching else {}, clock, entropy),
            subscribers=SubscriberDesk(store, house.subscribers, clock),
            tokens=TokenDesk(store, clock, entropy, patience_of(settings)),
            timers=Timers(store, answering, Reminding(treatment.correspondence), retention, clock),
            outcomes=OutcomeDesk(store, answering, clock),
            extensions=ExtensionDesk(store, post, clock),
            authorities=AuthorityDesk(store, answering, clock),
            breaches=BreachDesk(store, answering, clock),
            vouching=VouchingDesk(store, answering, clock),
            choosing=ChoiceDesk(store, answering, clock),
            evidence=EvidenceDesk(store, clock),
            packing=PackDesk(house.name, print_case),
            facts=FactDesk(store, post, clock),
            ingest=ingest,
            entries=EntryDesk(store, ingest, write_entry, clock),
            customers=CustomerImport(store, house.numbers, clock, entropy),
            door=door,
            invitations=invitations,
            company=CompanyDoor(door, invitations, provider, groups),
            passkeys=PasskeyDoor(door, WebAuthnDevices(settings.company.public_url, house.name)),
            register=RegisterImport(store),
            tasks=TaskDesk(store, answering, erasures, clock),
            redactions=RedactionDesk(store, answering, clock),
            retention=retention,
            erasures=erasures,
            reception=Reception.over(store, treatment, clock),
            dossiers=DossierDesk(store, answering, clock, settings.company.public_url),
            suppressions=SuppressionDesk(store, house, clock, entropy),
            specimens=replies.SpecimenShelf(writer),
            pulse=Pulse(store, clock, version(DISTRIBUTION), clock.now()),
            sources=ways_in(settings, platforms, store, clock) if reaching else (),
            couriers=couriers,
        )


def patience_of(settings: Settings) -> timedelta:
    """Return how long a token acts for somebody whom the company's own sign-in has not introduced again."""
    return timedelta(days=settings.sign_in.program_days) if settings.sign_in else UNSEEN_OWNER


def provider_of(settings: Settings, clock: Clock) -> IdentityProvider | None:
    """Return the company's own sign-in, where the settings name one. Raises BadSettings."""
    section = settings.sign_in
    if section is None:
        return None
    client = Client(
        name=section.name or settings.company.name,
        client_id=section.client_id,
        secret=settings.secret(section.client_secret_file).get_secret_value(),
        public_url=settings.company.public_url,
        groups_claim=section.groups_claim,
    )
    return OpenIdProvider(section.issuer, client, clock)


def model_of(settings: Settings) -> Path:
    """Return the folder of the pipeline that the settings choose, by default the one trained here."""
    return settings.path(settings.reading.model) if settings.reading.model else classifiers.MODEL_DIR


def house_of(settings: Settings) -> House:
    """Return the company's choices as core and flow need them."""
    company, replies_section, reading = settings.company, settings.replies, settings.reading
    return House(
        name=company.name,
        contact=company.contact.lower(),
        domains=frozenset(domain.lower() for domain in company.domains),
        calendar=Calendar(ZoneInfo(company.timezone), public_holidays(company.country, company.subdivision)),
        sent_folders=frozenset(box.sent_folder.lower() for box in settings.mailbox if box.sent_folder),
        telegram_bot=settings.telegram.bot.removeprefix("@") if settings.telegram else "",
        windowed=frozenset(account.name for account in settings.social if isinstance(account, MetaSection)),
        notify=settings.staff.notify,
        facts=settings.identity.facts,
        fact_tries=settings.identity.tries,
        asks_facts=settings.identity.asks_facts,
        second_proof=frozenset(settings.identity.second_proof),
        second_facts=settings.identity.second_facts,
        inferred=frozenset(name for name, said in settings.fields.items() if said.inferred),
        pages=settings.public_pages,
        systems=tuple(System(one.name, one.owner or "", frozenset(one.rights), one.keeps) for one in settings.system),
        recipients=tuple(
            Recipient(one.name, one.contact.lower(), one.language, one.known_by, frozenset(one.rights))
            for one in settings.recipient
        ),
        numbers=CountryNumbers(company.country),
        auto_send=replies_section.auto_send,
        observe=replies_section.mode == "observe",
        undo=timedelta(seconds=replies_section.undo_seconds),
        lift_notice=timedelta(days=replies_section.lift_notice_days),
        subscribers=subscribers_of(settings),
        thresholds=Thresholds(likely=reading.likely, look=reading.look),
        periods=Periods(
            other_mail=timedelta(days=reading.keep_other_mail_days),
            evidence=timedelta(days=settings.retention.evidence_days),
            package=timedelta(days=settings.retention.package_days),
            archive_years=settings.retention.closed_cases_years,
        ),
    )


def customer_view_of(settings: Settings) -> storage.CustomerView:
    """Return the view of customers that the settings name. Raises BadSettings."""
    section = settings.customers
    if section is None:
        raise BadSettings("there is no [customers] section: name url_file and view, or import a CSV")
    return storage.CustomerView(settings.secret(section.url_file).get_secret_value(), section.view)


def public_holidays(country: str, subdivision: str | None) -> frozenset[date]:
    """Return the public holidays around today where the company acts. Raises BadSettings for an unknown country."""
    this_year = datetime.now(UTC).year
    years = range(this_year - 1, this_year + HOLIDAY_YEARS)
    try:
        return frozenset(holidays.country_holidays(country.upper(), subdiv=subdivision or None, years=years))
    except NotImplementedError:
        where = f"{country}-{subdivision}" if subdivision else country
        raise BadSettings(f"company.country: no public holidays are known for {where}") from None

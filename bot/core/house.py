"""What the company chose: its address, its domains, its calendar, and what may leave by itself."""

from dataclasses import dataclass, field
from datetime import timedelta

from bot.core.announcing import Subscribers
from bot.core.deadlines import Calendar
from bot.core.drafts import MAY_SEND_ALONE, DraftKind
from bot.core.fact_check import MOST_TRIES
from bot.core.facts import Thresholds
from bot.core.lifting import NOTICE
from bot.core.messages import Handle
from bot.core.reach import AsWritten, NumberPlan
from bot.core.rights import RequestType
from bot.core.shelves import Periods
from bot.core.tasks import Recipient, System


@dataclass(frozen=True, slots=True)
class Caps:
    """Limits on what leaves by itself, against loops and floods; counts per window of a day or an hour.

    `per_chat_a_day` counts a conversation, over all its cases.
    """

    per_thread_a_day: int = 2
    per_sender_a_day: int = 4
    acknowledgements_a_day: int = 1
    per_chat_a_day: int = 12
    helps_a_day: int = 3
    codes_per_address_a_day: int = 3
    automatic_an_hour: int = 500
    notices_an_hour: int = 20


@dataclass(frozen=True, slots=True)
class House:
    """The company's choices that flow and core need, built once from the settings.

    While it observes, the desk reads and drafts, and nothing leaves for a customer: what would leave by itself waits
    like any other draft, and nothing can be approved. On `windowed` channels we may write for a day (`core.window`).
    `sent_folders` are the folders, in lower case, where colleagues' own answers from the shared mailbox are seen.
    `lift_notice` is how long before it ends the end of a restriction is announced (Art. 18(3)).
    `telegram_bot` is the bot's user name, for links into its chat.
    `undo` is how long an approved answer waits in the outbox, so that its approval can be taken back.
    `facts` are the fields of the record that may be asked of somebody who lost their address, `fact_tries` how often
    an answer is compared; where it `asks_facts`, the desk puts them by itself. `second_proof` are the rights that ask
    for a second proof, all together, whatever the register says, `second_facts` what may be asked for it. `inferred`
    are the fields of the record that the company worked out itself. `pages` is where people reach our public pages,
    empty where nobody outside can: letters then say nothing of them.
    `systems` are where data lie that colleagues change by hand, `recipients` who hears of it (Art. 19).
    `subscribers` are the company's own systems that hear what happens to cases.
    """

    name: str
    contact: str
    domains: frozenset[str]
    calendar: Calendar
    sent_folders: frozenset[str] = frozenset()
    telegram_bot: str = ""
    windowed: frozenset[str] = frozenset()
    notify: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    fact_tries: int = MOST_TRIES
    asks_facts: bool = False
    second_proof: frozenset[RequestType] = frozenset()
    second_facts: tuple[str, ...] = ()
    inferred: frozenset[str] = frozenset()
    pages: str = ""
    systems: tuple[System, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    numbers: NumberPlan = field(default_factory=AsWritten)
    auto_send: frozenset[DraftKind] = MAY_SEND_ALONE
    observe: bool = False
    thresholds: Thresholds = field(default_factory=Thresholds)
    caps: Caps = field(default_factory=Caps)
    undo: timedelta = timedelta(0)
    lift_notice: timedelta = NOTICE
    answer_fresh_mail_for: timedelta = timedelta(days=3)
    periods: Periods = field(default_factory=Periods)
    subscribers: Subscribers = field(default_factory=dict)

    @property
    def keys(self) -> frozenset[str]:
        """The columns of the record that people are asked, to show who they are."""
        return frozenset({*self.facts, *self.second_facts})

    @property
    def leaving_alone(self) -> frozenset[DraftKind]:
        """What may leave without a colleague: nothing while the desk only observes."""
        return frozenset() if self.observe else self.auto_send

    @property
    def mail_domain(self) -> str:
        """The domain our own Message-IDs carry."""
        return self.contact.rpartition("@")[2]

    def is_ours(self, handle: Handle) -> bool:
        """Say whether mail from this handle is our own."""
        return handle.channel == "email" and handle.value == self.contact.lower()

    def is_colleague(self, handle: Handle) -> bool:
        """Say whether the address is of one of the company's domains."""
        return handle.channel == "email" and handle.value.rpartition("@")[2] in self.domains

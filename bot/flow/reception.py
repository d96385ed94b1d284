"""What people do for themselves on our public pages, one desk for each."""

from dataclasses import dataclass
from typing import Self

from bot.core.ports import Clock
from bot.core.unit import Store
from bot.flow.asking_status import StatusDesk
from bot.flow.confirming import ConfirmationDesk
from bot.flow.denying import DenialDesk
from bot.flow.preferring import PreferencesDesk
from bot.flow.progress import ReceiptDesk
from bot.flow.treatment import Treatment


@dataclass(frozen=True, slots=True)
class Reception:
    """The desks behind the public pages."""

    confirmations: ConfirmationDesk
    denials: DenialDesk
    preferences: PreferencesDesk
    statuses: StatusDesk
    receipts: ReceiptDesk

    @classmethod
    def over(cls, store: Store, treatment: Treatment, clock: Clock) -> Self:
        """Return the desks over one store."""
        post = treatment.post
        return cls(
            ConfirmationDesk(store, treatment, clock),
            DenialDesk(store, treatment.answering, clock),
            PreferencesDesk(store, clock, post.entropy),
            StatusDesk(store, post, clock),
            ReceiptDesk(store, post.house, clock),
        )

"""What people do for themselves on our public pages, one desk for each."""

from dataclasses import dataclass

from bot.flow.confirming import ConfirmationDesk


@dataclass(frozen=True, slots=True)
class Reception:
    """The desks behind the public pages."""

    confirmations: ConfirmationDesk

"""Where else the data of people lie, and who received them: what an erasure reaches beside this desk."""

from typing import Literal

from pydantic import Field

from bot.core.rights import RequestType
from bot.core.tasks import CHANGING, KnownBy
from bot.section import EmailAddress, Section

Changing = Literal[RequestType.RECTIFICATION, RequestType.ERASURE, RequestType.RESTRICTION]


class SystemSection(Section):
    """A system of the company whose data colleagues change by hand; each gets a task.

    `owner` is the colleague who does it, `keeps` what an erasure leaves there, under which duty and until when.
    """

    name: str = Field(min_length=1, max_length=80)
    owner: EmailAddress | None = None
    rights: tuple[Changing, ...] = Field(default=CHANGING, min_length=1)
    keeps: str = ""


class RecipientSection(Section):
    """Somebody who received data and is told of every change (Art. 19): a processor, a partner.

    `known_by` is the one thing that tells them whom it is about.
    """

    name: str = Field(min_length=1, max_length=80)
    contact: EmailAddress
    language: Literal["fr", "en", "nl", "de"] = "en"
    known_by: KnownBy = KnownBy.EMAIL
    rights: tuple[Changing, ...] = Field(default=CHANGING, min_length=1)

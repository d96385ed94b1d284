"""The `[[webhook]]` entries of the settings file: the company's own systems that hear what happens here."""

from pathlib import Path

from pydantic import Field

from bot.core.announcing import ABOUT_CASES, Happening
from bot.section import SafeUrl, Section


class WebhookSection(Section):
    """One system, which hears of cases unless `events` says otherwise.

    `secret_files` hold what signs our calls: the first does, a second one awaits its turn.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")
    url: SafeUrl
    secret_files: tuple[Path, ...] = Field(min_length=1, max_length=3)
    events: frozenset[Happening] = Field(default=ABOUT_CASES, min_length=1)

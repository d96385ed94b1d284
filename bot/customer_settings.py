"""Where the customers are read from, and what their columns are called to people."""

from pathlib import Path

from pydantic import Field

from bot.section import Section


class CustomersSection(Section):
    """Where `customers sync` reads the customers: a view of another SQL database, whose address is in a file."""

    url_file: Path
    view: str = Field(pattern=r"^[^\s.]+(\.[^\s.]+)?$")


class FieldSection(Section):
    """What people are told that a column of the customers' file is called, in each language of ours.

    What the company worked out itself, a score, a segment, is `inferred`: nobody takes it to another service.
    """

    inferred: bool = False
    fr: str = Field(min_length=1)
    en: str = Field(min_length=1)
    nl: str = Field(min_length=1)
    de: str = Field(min_length=1)

"""Where something was left out of a copy, and whose rights it would have hurt."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Withheld(StrEnum):
    """Whose rights a passage would hurt; a letter words it in the person's language."""

    OTHER_PERSON = "other_person"  # Art. 15(4)
    BUSINESS = "business"  # recital 63
    SECURITY = "security"  # how we keep data safe


class Where(StrEnum):
    """In what words are left out."""

    FIELD = "field"  # of the customer's record
    LETTER = "letter"  # of ours
    FILE = "file"  # that a colleague added


@dataclass(frozen=True, slots=True)
class Place:
    """One text of a copy: `key` names it among its kind, `name` is what people call it, `on` a letter's day."""

    where: Where
    key: str
    name: str = ""
    on: date | None = None

"""What of a record is written to the person and never said in a call: who picks up may be anybody (law.md rule 12).

Special categories (Art. 9(1)), offences (Art. 10), national numbers (Art. 87), and what opens accounts elsewhere.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from bot.core.letters import RecordField
from bot.core.redaction import LEFT_OUT

_COLUMNS: Final = (
    "health|medic|diagnos|disab|sant[eé]|m[eé]dic|handicap|gezondheid|medisch|gesundheit|medizin|krank",
    "relig|belief|faith|confession|croyance|geloof|konfession|glaube|kirche",
    "politi|(?:trade_?)?union|syndic|vakbond|gewerkschaft",
    "race|racial|ethni|ras(?![a-z])|rasse|genetic|g[eé]n[eé]ti|genet|biometr|sexual|orientation|seksue|sexuel",
    "offen[cs]e|convict|criminal|condamn|infraction|straf",
    "national|social_sec|s[eé]curit[eé]_soc|sozialvers|rijksregister|burgerservice|(?:ssn|bsn|nir|niss)(?![a-z])",
    "passport|passeport|paspoort|reisepass|identit|id_?card|carte_d|ausweis|personalausweis|tax|steuer|fiscal",
    "iban|bic(?![a-z])|bank|account|compte|rekening|konto|card|carte(?![a-z])|kaart|karte|kredit|credit",
    "birth|date_of_birth|dob(?![a-z])|naissance|n[eé]e?_le|geboort|geburt",
    "passwor|pin(?![a-z])|secret|mot_de_passe|wachtwoord|kennwort|geheim",
)
"""How such columns begin, or one of their words does, in the languages companies name them in."""

_SENSITIVE: Final = re.compile(rf"(?:^|[^a-zà-ÿ])(?:{'|'.join(_COLUMNS)})")


def is_sensitive(column: str, keys: Collection[str] = ()) -> bool:
    """Say whether a column holds something that nobody says on the telephone, by its name.

    `keys` are the columns that people are asked, to show who they are: whoever heard them could pass for the person.
    """
    return column in keys or _SENSITIVE.search(re.sub(r"[\s-]+", "_", column.strip()).casefold()) is not None


def sayable(record: Iterable[RecordField], keys: Collection[str]) -> tuple[RecordField, ...]:
    """Return a record with a sign in the place of what is never said; that is offered in writing."""
    return tuple(replace(one, value=LEFT_OUT) if is_sensitive(one.name, keys) else one for one in record)

"""How people show who they are where a code to the address on record can't, or is not enough (law.md rule 12)."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from bot.core.fact_check import FEWEST, MOST_TRIES
from bot.core.rights import RequestType
from bot.section import ForLawyers, Section


def _enough(fields: tuple[str, ...]) -> tuple[str, ...]:
    if fields and len(set(fields)) < FEWEST:
        raise ValueError(f"name at least {FEWEST} different facts: one is guessed, or read off an envelope")
    return fields


Facts = Annotated[tuple[str, ...], Field(max_length=4), AfterValidator(_enough)]
"""Columns of the customers' file, asked in this order."""

IN_OUR_MAILS: Final = frozenset(
    {"number", "name", "street", "address", "postcode", "city", "country", "email", "phone"}
)
"""What orders, invoices and parcels say of their customer: no second proof from whoever reads the mailbox."""

Showing = Literal[RequestType.INFORMATION, RequestType.ACCESS, RequestType.PORTABILITY]


class IdentitySection(Section):
    """What may be asked of somebody who lost their address, by the desk itself if it `asks_facts`, and what besides.

    One of them at least should hold a figure: an answer without any is read by a person. `second_facts` should stand in
    no mail of ours: who reads the mailbox knows the others.
    """

    facts: Facts = ()
    asks_facts: bool = False
    tries: int = Field(default=MOST_TRIES, ge=1, le=5)
    second_proof: Annotated[
        frozenset[Showing],
        ForLawyers("whether answers that show data take a second proof; one right named asks it for all of them"),
    ] = frozenset()
    second_facts: Facts = ()

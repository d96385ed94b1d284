"""The demo's cast writes to a desk with told readers: forty cases in four languages, one morning."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Final

from bot.core.letters import RecordField
from bot.core.records import Customer
from bot.core.rights import RequestType
from bot.core.unit import Unit
from tests.cast.actor import Character
from tests.cast.people import CAST
from tests.flow.conftest import TestDesk

CASES: Final = 40
RIGHTS: Final = (RequestType.OBJECTION, RequestType.RECTIFICATION, RequestType.ACCESS, RequestType.ERASURE)
WORDS: Final = {
    "fr": ("n’utilisez plus mes données", "corrigez mon nom", "envoyez-moi mes données", "effacez mes données"),
    "en": ("stop using my data", "correct my name", "send me my data", "erase my data"),
    "nl": ("gebruik mijn gegevens niet meer", "verbeter mijn naam", "stuur mij mijn gegevens", "wis mijn gegevens"),
    "de": (
        "nutzen Sie meine Daten nicht mehr",
        "berichtigen Sie meinen Namen",
        "senden Sie mir meine Daten",
        "löschen",
    ),
}


async def write_to(desk: TestDesk) -> None:
    """Let everybody of the cast with a mailbox write, and their households, until there are forty cases."""
    for number, (person, address) in zip(range(CASES), _writers(), strict=False):
        right = number % len(RIGHTS)
        text = f"{WORDS[person.language][right]}! ({number})"
        customer = Customer(
            f"id-{number}",
            f"C-{number}",
            person.name,
            (address,),
            language=person.language,
            fields=(RecordField("address", person.record.get("address", "")),),
        )
        await desk.store.transact(partial(_put, customer, desk.clock.now()))
        desk.reader.tell(text, RIGHTS[right], language=person.language)
        await desk.mail(text, address, name=person.name, subject=text, message_id=f"<cast-{number}@example>")
    await desk.deliver()


def _put(customer: Customer, now: datetime, unit: Unit) -> None:
    unit.directory.put(customer, now)


def _writers() -> Iterator[tuple[Character, str]]:
    seen = [person for person in CAST if person.record]
    for household in ("", "home.", "shop."):
        for person in seen:
            yield person, household + person.address

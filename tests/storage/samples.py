"""People and papers for the storage tests, complete enough to be stored; `replace` makes the rest."""

import itertools
from datetime import UTC, date, datetime, timedelta

from bot.core.case import Case, ClockKind, Item, State
from bot.core.challenge import LIFETIME, Challenge
from bot.core.delivery import Outgoing
from bot.core.drafts import CODE_SLOT, Draft, DraftKind
from bot.core.enclosures import Enclosure
from bot.core.messages import MAIL, Handle, Inbound, Message
from bot.core.records import Customer
from bot.core.redaction import Redaction
from bot.core.rights import Reading, RequestType
from bot.core.tasks import Task, TaskKind
from bot.core.withholding import Place, Where, Withheld

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANNA = Handle(MAIL, "anna@example.org")

_numbers = itertools.count(1)


def an_inbound(event: str | None = None, *, raw: tuple[bytes, ...] = (b"Subject: hello\r\n\r\nplease",)) -> Inbound:
    return Inbound(MAIL, "info/INBOX", event or f"7:{next(_numbers)}", NOW - HOUR, raw, folder="INBOX")


def a_message(text: str = "Please erase my data", message_id: str = "<m1@example.org>") -> Message:
    return Message(MAIL, ANNA, name="Anna", text=text, message_id=message_id)


def a_reading() -> Reading:
    return Reading(frozenset({RequestType.ERASURE}), 0.9, abstain=False, any_right=0.99, language="en")


def an_item(ident: str = "i1", state: State = State.OPEN, promise_due: date = date(2026, 3, 9)) -> Item:
    return Item(ident, RequestType.ERASURE, state, ClockKind.STATUTORY, NOW, promise_due, date(2026, 4, 2))


def a_case(ident: str | None = None, *, requester: Handle = ANNA, items: tuple[Item, ...] | None = None) -> Case:
    ident = ident or f"case{next(_numbers):04}"
    return Case(
        id=ident,
        reference=f"NX-{ident}",
        token=f"token-of-{ident}",
        requester=requester,
        language="en",
        opened_at=NOW,
        received_at=NOW,
        name="Anna",
        items=(an_item(),) if items is None else items,
    )


def a_draft(case: Case, ident: str | None = None) -> Draft:
    return Draft(
        id=ident or f"draft{next(_numbers):04}",
        case_id=case.id,
        kind=DraftKind.ANSWER,
        language="en",
        recipient=case.requester,
        subject="Your request",
        body=f"Dear Anna, {CODE_SLOT}",
        html="",
        template="answer@1",
        case_version=case.version,
        created_at=NOW,
    )


def an_outgoing(case: Case, ident: str | None = None, *, draft: str = "none", secret: str = "") -> Outgoing:
    ident = ident or f"out{next(_numbers):04}"
    return Outgoing(
        id=ident,
        draft_id=draft,
        case_id=case.id,
        kind=DraftKind.ANSWER,
        recipient=case.requester,
        subject="Your request",
        body=f"Dear Anna, {CODE_SLOT}",
        html="",
        language="en",
        message_id=f"<{case.token}.{ident}@nexioprojects.com>",
        created_at=NOW,
        secret=secret,
    )


def a_challenge(case: Case, code_hash: bytes, ident: str | None = None, *, to: Handle = ANNA) -> Challenge:
    ident = ident or f"challenge{next(_numbers):04}"
    return Challenge(ident, case.id, to, case.requester, code_hash, NOW + LIFETIME, on_record=True)


def a_customer(number: str = "C-1", *, emails: tuple[str, ...] = ("anna@example.org",)) -> Customer:
    return Customer(f"id-of-{number}", number, "Anna Example", emails)


def a_task(case_id: str, name: str = "web shop") -> Task:
    return Task("t1", case_id, "i1", RequestType.ERASURE, TaskKind.CARRY_OUT, name, name, NOW, note=name)


def an_enclosure(case_id: str, name: str = "orders.txt") -> Enclosure:
    return Enclosure("e1", case_id, name, 3, "ab", name, NOW)


def a_redaction(case_id: str, words: str = "Bert") -> Redaction:
    place = Place(Where.FIELD, words, words)
    return Redaction("m1", case_id, place, words, Withheld.OTHER_PERSON, words, "kim@nexioprojects.com", NOW)

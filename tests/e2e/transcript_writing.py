"""What people, their machines and the clock do in a transcript."""

import re
from collections.abc import Mapping
from typing import Final

from tests.e2e.transcript import Block, Person
from tests.e2e.transcript_mail import compose, reply_to, returned, sign
from tests.e2e.transcript_stage import Stage, Verb

_FORWARDED: Final = (
    "---------- Forwarded message ---------\nFrom: {name} <{address}>\nDate: Mon, 2 Mar 2026 at 09:30\n"
    "Subject: {subject}\nTo: Kim Vos <kim@nexioprojects.com>\n\n{text}"
)


async def _writes(stage: Stage, deed: Block, who: str) -> None:
    await _send(stage, stage.person(who), deed.fields["subject"], deed.words)


async def _replies(stage: Stage, deed: Block, who: str) -> None:
    await _reply(stage, stage.person(who), deed)


async def _machine_replies(stage: Stage, deed: Block, who: str) -> None:
    await _reply(stage, stage.person(who), deed, {"Auto-Submitted": "auto-replied"})


async def _writes_as(stage: Stage, deed: Block, who: str, victim: str) -> None:
    await _send(stage, stage.person(victim), deed.fields["subject"], deed.words, forged_by=stage.person(who))


async def _returns(stage: Stage, _deed: Block, who: str) -> None:
    person = stage.person(who)
    await stage.post(returned(stage.mails_to(person)[-1], person), "")


async def _forwards(stage: Stage, deed: Block, who: str, whose: str) -> None:
    colleague, person = stage.person(who), stage.person(whose)
    subject = deed.fields["subject"]
    inside = _FORWARDED.format(name=person.name, address=person.address, subject=subject, text=deed.words)
    await _send(stage, colleague, f"Fwd: {subject}", f"{deed.fields['note']}\n\n{inside}")


async def _later(stage: Stage, _deed: Block, count: str, unit: str) -> None:
    stage.clock.turn(**{f"{unit.rstrip('s')}s": float(count)})
    await stage.desk.timers.ring()


async def _reply(stage: Stage, person: Person, deed: Block, headers: Mapping[str, str] | None = None) -> None:
    original = stage.mails_to(person)[-1]
    cued = deed.text.startswith("understood: ")
    words = filled(stage, deed.words if cued else deed.text, person)
    subject, text, threading = reply_to(original, words, stage.transcript.language)
    await _send(stage, person, subject, text, headers={**threading, **(headers or {})})


async def _send(
    stage: Stage,
    person: Person,
    subject: str,
    text: str,
    *,
    forged_by: Person | None = None,
    headers: Mapping[str, str] | None = None,
) -> None:
    stage.written += 1
    words = filled(stage, text, person)
    mail = compose(person, subject, words, stage.written, stage.clock.at, headers=headers)
    raw = mail.as_bytes() if forged_by else sign(mail, person.domain)
    await stage.post(raw, (forged_by or person).address)


def filled(stage: Stage, text: str, person: Person) -> str:
    """Put the codes people were sent in their place: <code> is one's own, <code of ANN> somebody else's."""
    text = re.sub("<code of ([A-Z]+)>", lambda found: stage.code_of(stage.person(found[1])), text)
    return re.sub("<code>", lambda _: stage.code_of(person), text)


WRITING: Final[Mapping[str, Verb]] = {
    r"(?P<who>[A-Z]+) writes": _writes,
    r"(?P<who>[A-Z]+) replies": _replies,
    r"(?P<who>[A-Z]+)’s machine replies": _machine_replies,
    r"(?P<who>[A-Z]+) writes as (?P<victim>[A-Z]+)": _writes_as,
    r"(?P<who>[A-Z]+)’s mail server returns our mail": _returns,
    r"(?P<who>KIM|LEE) forwards what (?P<whose>[A-Z]+) wrote": _forwards,
    r"(?P<count>\d+) (?P<unit>hours?|days?) later": _later,
}
"""Headings and what they do."""

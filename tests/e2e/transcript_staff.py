"""What colleagues do in a transcript, as the commands and their mail program let them."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from bot.core.choice import Told
from bot.core.delivery import DeliveryState
from bot.core.drafts import Draft, DraftKind, DraftStatus
from bot.core.entering import Entry
from bot.core.extension import ExtensionReason
from bot.core.messages import Handle, Way
from bot.core.records import Disposition
from bot.core.rights import RequestType
from bot.core.unit import Unit
from bot.core.verdict import Outcome
from bot.core.vouching import OF_NO_RECORD, Ground
from bot.flow.joining import merge, split
from bot.flow.reopening import reopen
from bot.flow.rereading import reread
from bot.flow.staff_entry import adopt
from tests.e2e.transcript import Block, Person
from tests.e2e.transcript_mail import DESK, compose, reply_to
from tests.e2e.transcript_stage import Stage, Verb

_FILLED: Final = re.compile("(?P<slot>⟦[^⟦⟧\n]*⟧): (?P<value>.*)")
_STRUCK: Final = "(struck out)"
_HEARD: Final = {"as the chat says": Told.SENT, "as read out": Told.READ}


async def _fills_in(stage: Stage, deed: Block, who: str) -> None:
    draft = await _draft(stage)
    body = draft.body
    for line in deed.text.split("\n"):
        found = _FILLED.fullmatch(line)
        slot = next((slot for slot in draft.open_slots if found and _typed(slot) == _typed(found["slot"])), None)
        if found is None or slot is None:
            raise ValueError(f"no such slot: {line}\nThere are:\n" + "\n".join(draft.open_slots))
        body = body.replace(slot, "" if found["value"] == _STRUCK else found["value"])
    await _rewrite(stage, draft, who, body)


async def _strikes_out(stage: Stage, deed: Block, who: str) -> None:
    draft = await _draft(stage)
    lines = draft.body.split("\n")
    for start in deed.text.split("\n"):
        if not any(line.startswith(start) for line in lines):
            raise ValueError(f"no line begins so: {start}")
        lines = [line for line in lines if not line.startswith(start)]
    await _rewrite(stage, draft, who, "\n".join(lines))


async def _changes(stage: Stage, deed: Block, who: str) -> None:
    draft = await _draft(stage)
    old, _, new = deed.text.partition("\n→\n")
    if old not in draft.body:
        raise ValueError(f"these words are not in the draft:\n{old}")
    await _rewrite(stage, draft, who, draft.body.replace(old, new))


async def _approves(stage: Stage, _deed: Block, who: str) -> None:
    draft = await _draft(stage)
    await stage.desk.approval.approve(draft.id, stage.person(who).address)


async def _approves_the_notice(stage: Stage, _deed: Block, who: str, whom: str) -> None:
    drafts = await stage.desk.store.transact(lambda unit: unit.drafts.listed(DraftStatus.WAITING))
    told = DraftKind.RECORD_NOTICE if not stage.person(whom).domain else DraftKind.RECIPIENT_NOTICE
    notice = next(draft for draft in drafts if draft.kind is told and _goes_to(draft.recipient, stage.person(whom)))
    await stage.desk.approval.approve(notice.id, stage.person(who).address)


async def _vouches(stage: Stage, deed: Block, who: str, whose: str, ground: str) -> None:
    (case,) = await stage.cases_of(stage.person(whose))
    by, shown = stage.person(who).address, Ground(ground)
    of = "" if shown in OF_NO_RECORD else stage.person(whose).number
    await stage.desk.vouching.vouch(case.id, shown, of, deed.text, by)


async def _calls(stage: Stage, _deed: Block, who: str, whom: str) -> None:
    (case,) = await stage.cases_of(stage.person(whom))
    stage.told, called = await stage.desk.dossiers.tell_code(case.id, stage.person(who).address)
    stage.shown.append(Block(f"NEXIO calls {called.value}", stage.told))


async def _records_a_choice(stage: Stage, deed: Block, who: str, whose: str, fields: str, how: str) -> None:
    (case,) = await stage.cases_of(stage.person(whose))
    await stage.desk.choosing.record(case.id, fields.split(", "), _HEARD[how], deed.text, stage.person(who).address)


async def _posts(stage: Stage, _deed: Block, who: str, whom: str) -> None:
    printed = await stage.desk.store.transact(lambda unit: unit.outbox.listed(DeliveryState.UNCERTAIN))
    (letter,) = [one for one in printed if _goes_to(one.recipient, stage.person(whom))]
    await stage.desk.outbox.settle(letter.id, stage.person(who).address, arrived=True)


def _goes_to(recipient: Handle, person: Person) -> bool:
    """Say whether a letter goes to somebody; by post their name stands above the address on record."""
    return recipient.value == person.address or recipient.value.startswith(f"{person.name}, ")


async def _marks(stage: Stage, deed: Block, who: str, name: str) -> None:
    by = stage.person(who).address
    found, _ = await stage.desk.tasks.open(by)
    task = next(task for task, _ in found if task.name == name)
    await stage.desk.tasks.done(task.id, by, deed.text)


async def _approves_what_was(stage: Stage, _deed: Block, who: str) -> None:
    stale = await stage.desk.store.transact(lambda unit: unit.drafts.listed(DraftStatus.STALE))
    await stage.desk.approval.approve(stale[-1].id, stage.person(who).address)


async def _rejects(stage: Stage, deed: Block, who: str) -> None:
    draft = await _draft(stage)
    await stage.desk.approval.reject(draft.id, stage.person(who).address, deed.text)


def _typed(slot: str) -> str:
    """Return a slot as a keyboard writes it: French typography has spaces that nobody types."""
    return slot.replace("\u00a0", " ").replace("\u202f", " ")


async def _asks_anew(stage: Stage, _deed: Block, who: str, whose: str) -> None:
    cases = await stage.cases_of(stage.person(whose))
    await stage.desk.approval.answer_anew(cases[-1].id, stage.person(who).address)


async def _chooses(stage: Stage, _deed: Block, who: str, outcomes: str) -> None:
    draft = await _draft(stage)
    pairs = (pair.partition("=") for pair in outcomes.split())
    chosen = {RequestType(right): Outcome(outcome) for right, _, outcome in pairs}
    await stage.desk.outcomes.choose(draft.id, chosen, stage.person(who).address)


async def _takes_more_time(stage: Stage, _deed: Block, who: str, whose: str, right: str, reason: str) -> None:
    (case,) = await stage.cases_of(stage.person(whose))
    told = [RequestType(right)]
    await stage.desk.extensions.extend(case.id, told, ExtensionReason(reason), stage.person(who).address)


async def _answers_by_hand(stage: Stage, deed: Block, who: str, whom: str) -> None:
    subject, text, threading = reply_to(stage.mails_to(stage.person(whom))[-1], deed.text, stage.transcript.language)
    stage.written += 1
    ours = Person(who, "Nexio Projects", DESK)
    mail = compose(ours, subject, text, stage.written, stage.clock.at, headers=threading)
    mail.replace_header("To", stage.person(whom).address)
    await stage.keep_sent(mail)


async def _adopts(stage: Stage, _deed: Block, who: str, whose: str, right: str) -> None:
    desk, colleague, person = stage.desk, stage.person(who), stage.person(whose)
    now = stage.clock.now()

    def work(unit: Unit) -> None:
        others = unit.inbox.listed(Disposition.OTHER)
        message = next(kept.id for kept in others if kept.message and kept.message.sender.value == person.address)
        casework, answering = desk.treatment.casework, desk.answering
        adopt(unit, casework, answering, message, [RequestType(right)], colleague.address, now)

    await desk.store.transact(work)


async def _rereads(stage: Stage, _deed: Block, who: str, whose: str, rights: str) -> None:
    desk, now, by = stage.desk, stage.clock.now(), stage.person(who).address
    (case,) = await stage.cases_of(stage.person(whose))
    casework, answering = desk.treatment.casework, desk.answering
    heard = [RequestType(right) for right in rights.split(", ")]
    await desk.store.transact(lambda unit: reread(unit, casework, answering, case.id, heard, by, now))


async def _merges(stage: Stage, deed: Block, who: str, whose: str, other: str) -> None:
    desk, now = stage.desk, stage.clock.now()
    case, into = (await stage.cases_of(stage.person(whose)))[-1], (await stage.cases_of(stage.person(other)))[0]
    casework, answering, by = desk.treatment.casework, desk.answering, stage.person(who).address
    await desk.store.transact(lambda unit: merge(unit, casework, answering, case.id, into.id, deed.text, by, now))


async def _splits(stage: Stage, deed: Block, who: str, right: str, whose: str) -> None:
    desk, now = stage.desk, stage.clock.now()
    (case,) = await stage.cases_of(stage.person(whose))
    casework, answering, by, going = (
        desk.treatment.casework,
        desk.answering,
        stage.person(who).address,
        [RequestType(right)],
    )
    await desk.store.transact(lambda unit: split(unit, casework, answering, case.id, going, (), deed.text, by, now))


async def _takes_up(stage: Stage, deed: Block, who: str, whose: str) -> None:
    desk, now, by = stage.desk, stage.clock.now(), stage.person(who).address
    case = (await stage.cases_of(stage.person(whose)))[-1]
    await desk.store.transact(lambda unit: reopen(unit, desk.answering, case.id, (), deed.text, by, now))


async def _enters(stage: Stage, deed: Block, who: str, way: str, whose: str, days: str) -> None:
    person, by = stage.person(whose), stage.person(who).address
    at = stage.clock.now() - timedelta(days=int(days))
    entry = Entry(Way(way), at, person.reached, person.name, "", deed.words, (), by, deed.fields["reason"])
    await stage.desk.entries.enter(entry)


async def _ends(stage: Stage, _deed: Block, who: str, whose: str, right: str, outcome: str) -> None:
    case = (await stage.cases_of(stage.person(whose)))[-1]
    chosen = {RequestType(right): Outcome(outcome)}
    await stage.desk.outcomes.choose_in(case.id, chosen, stage.person(who).address)


async def _notes_the_day(stage: Stage, deed: Block, who: str, whose: str, day: str) -> None:
    (case,) = await stage.cases_of(stage.person(whose))
    due, by = date.fromisoformat(day), stage.person(who).address
    await stage.desk.authorities.set_day(case.id, due, by, deed.text)


async def _draft(stage: Stage) -> Draft:
    drafts = await stage.desk.store.transact(lambda unit: unit.drafts.listed(DraftStatus.WAITING))
    notices = {DraftKind.RECIPIENT_NOTICE, DraftKind.RECORD_NOTICE}
    drafts = [draft for draft in drafts if draft.kind not in notices]
    newest = [draft for draft in drafts if draft.kind is DraftKind.EXTENSION] or drafts
    if len(newest) != 1:
        raise ValueError(f"{len(newest)} drafts are waiting")
    return newest[0]


async def _rewrite(stage: Stage, draft: Draft, who: str, body: str) -> None:
    tidy = re.sub(r"\n{3,}", "\n\n", body)
    await stage.desk.approval.edit(draft.id, stage.person(who).address, body=tidy)


async def _settles(stage: Stage, deed: Block, who: str, whose: str) -> None:
    (case,) = await stage.cases_of(stage.person(whose))
    await stage.desk.reception.denials.settle(case.id, stage.person(who).address, deed.text)


STAFF_WORK: Final[Mapping[str, Verb]] = {
    r"(?P<who>KIM|LEE) fills in": _fills_in,
    r"(?P<who>KIM|LEE) strikes out": _strikes_out,
    r"(?P<who>KIM|LEE) changes": _changes,
    r"(?P<who>KIM|LEE) approves": _approves,
    r"(?P<who>KIM|LEE) approves the notice to (?P<whom>[A-Z]+)": _approves_the_notice,
    r"(?P<who>KIM|LEE) vouches for (?P<whose>[A-Z]+): (?P<ground>\w+)": _vouches,
    r"(?P<who>KIM|LEE) calls (?P<whom>[A-Z]+) with the code": _calls,
    rf"(?P<who>KIM|LEE) records what (?P<whose>[A-Z]+) chose, (?P<how>{'|'.join(_HEARD)}): (?P<fields>.+)": (
        _records_a_choice
    ),
    r"(?P<who>KIM|LEE) has posted the letter to (?P<whom>[A-Z]+)": _posts,
    r"(?P<who>KIM|LEE) marks “(?P<name>[^”]+)” as done": _marks,
    r"(?P<who>KIM|LEE) approves the draft of before": _approves_what_was,
    r"(?P<who>KIM|LEE) rejects the draft": _rejects,
    r"(?P<who>KIM|LEE) asks for a new draft to (?P<whose>[A-Z]+)": _asks_anew,
    r"(?P<who>KIM|LEE) chooses (?P<outcomes>\w+=\w+(?: \w+=\w+)*)": _chooses,
    r"(?P<who>KIM|LEE) takes more time for (?P<whose>[A-Z]+)’s (?P<right>\w+): (?P<reason>\w+)": _takes_more_time,
    r"(?P<who>KIM|LEE) answers (?P<whom>[A-Z]+) from the mailbox": _answers_by_hand,
    r"(?P<who>KIM|LEE) reads what (?P<whose>[A-Z]+) asks as (?P<rights>\w+(?:, \w+)*)": _rereads,
    r"(?P<who>KIM|LEE) carries (?P<whose>[A-Z]+)’s newest case on in (?P<other>[A-Z]+)’s first": _merges,
    r"(?P<who>KIM|LEE) parts (?P<right>\w+) from (?P<whose>[A-Z]+)’s case": _splits,
    r"(?P<who>KIM|LEE) takes (?P<whose>[A-Z]+)’s case up again": _takes_up,
    r"(?P<who>KIM|LEE) enters a (?P<way>\w+) of (?P<whose>[A-Z]+) that came (?P<days>\d+) days? ago": _enters,
    r"(?P<who>KIM|LEE) ends (?P<whose>[A-Z]+)’s (?P<right>\w+) as (?P<outcome>\w+)": _ends,
    r"(?P<who>KIM|LEE) notes that (?P<whose>[A-Z]+) wants our answer by (?P<day>\d{4}-\d\d-\d\d)": _notes_the_day,
    r"(?P<who>KIM|LEE) settles that it was not (?P<whose>[A-Z]+)": _settles,
    r"(?P<who>KIM|LEE) takes up what (?P<whose>[A-Z]+) wrote as (?P<right>\w+)": _adopts,
}
"""Headings and what they do."""

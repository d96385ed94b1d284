"""What differed from what the cast expected, person by person."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tests.cast.actor import Actor, Traces
from tests.cast.letters import DESK, Received
from tests.cast.playbill import SECRETS
from tests.cast.sorts import A_CODE

Desk = Mapping[str, Any]
Case = Mapping[str, Any]

_STAFF: Final = "privacy@nexioprojects.com"
_ALARMS: Final = 3  # somebody unsafe, a mail of ours that came back, a message nobody can read
_HANDED_AT_MOST: Final = 8  # of the 23 who expect an answer
_SPOKEN: Final = {"fr": " vous ", "en": " you ", "nl": " u ", "de": " Sie "}


def differences(actors: Sequence[Actor], desk: Desk, boxes: Mapping[str, Sequence[Received]]) -> Iterator[str]:
    """Yield a sentence for everything a person would call wrong."""
    for actor in actors:
        yield from (f"{actor.character.name}: {wrong}" for wrong in _wrongs(actor, desk, boxes))
    yield from _mailboxes(actors, boxes)
    yield from _told(actors, boxes)
    yield from _same_words(actors, boxes)
    yield from _figures(desk)
    handed = [actor.character.name for actor in actors if actor.handed]
    if len(handed) > _HANDED_AT_MOST:
        yield f"the desk: {len(handed)} people wait for a colleague, more than doubt allows: {', '.join(handed)}"


def _wrongs(actor: Actor, desk: Desk, boxes: Mapping[str, Sequence[Received]]) -> Iterator[str]:
    yield from _unasked(actor, boxes)
    yield from _manners(actor, boxes)
    if actor.handed:
        yield from _left_to_a_person(actor, desk)
        return
    for traces in actor.traces:
        yield from _traces(traces, desk)
    if actor.suppressed and not _stopped(actor.character.address, desk):
        yield "still gets mailings"


def _left_to_a_person(actor: Actor, desk: Desk) -> Iterator[str]:
    """Who got no answer must lie before a colleague: in doubt a person looks, and nobody is lost."""
    character = actor.character
    mine = {f"email:{character.address}", f"telegram:{character.chat}"}
    if actor.wrote and not any(case["from"] in mine and case["stage"] == "review" for case in desk["desk"]):
        yield "got no answer, and no colleague sees it either"


def _unasked(actor: Actor, boxes: Mapping[str, Sequence[Received]]) -> Iterator[str]:
    """What came and was not waited for."""
    character = actor.character
    mine = [box for box in (character.address, str(character.chat or "")) if box]
    unread = [mail for box in mine for mail in boxes.get(box, ())[actor.read.get(box, 0) :]]
    if len(unread) > actor.optional:
        yield "got more than expected: " + ", ".join(f"“{mail.name}”" for mail in unread)


def _manners(actor: Actor, boxes: Mapping[str, Sequence[Received]]) -> Iterator[str]:
    """Every mail answers one of theirs, no two the same one, and speaks their language."""
    mails = boxes.get(actor.character.address, ()) if actor.character.address else ()
    answered = [mail.in_reply_to for mail in mails if actor.sent]
    if len(set(answered)) < len(answered) or not actor.sent.issuperset(answered):
        yield "got mails that are not one answer to each of theirs"
    if not actor.optional:
        spoken = _SPOKEN[actor.character.language]
        yield from (f"“{mail.name}” is in another language" for mail in mails if actor.sent and spoken not in mail.text)


def _traces(traces: Traces, desk: Desk) -> Iterator[str]:
    cases: list[Case] = [case for case in desk["desk"] if case["from"] == traces.sender]
    if traces.cases is not None and len(cases) != traces.cases:
        yield f"{traces.sender} has {len(cases)} cases, not {traces.cases}"
    if not cases:
        return
    yield from _lacking("rights", traces.rights, {right for case in cases for right in case["rights"]})
    yield from _lacking("flags", traces.flags, {flag for case in cases for flag in case["flags"]})
    for case in cases:
        yield from _strange("stage", case["stage"], traces.stages)
        yield from _strange("identity", case["identity"], traces.identity)
        yield from _strange("lane", case["lane"], {traces.lane} if traces.lane else set())
        if traces.draft is not None and bool(case["drafts"]) is not traces.draft:
            yield "no draft waits" if traces.draft else "a draft waits, though nothing is left to say"
        owner = traces.draft_to or traces.sender
        for draft in case["drafts"]:
            yield from _strange("draft to", draft["to"], {owner})


def _lacking(what: str, wanted: frozenset[str], found: set[str]) -> Iterator[str]:
    if not wanted <= found:
        yield f"{what}: {', '.join(sorted(wanted))} expected, {', '.join(sorted(found)) or 'none'} found"


def _strange(what: str, found: str, allowed: set[str] | frozenset[str]) -> Iterator[str]:
    if allowed and found not in allowed:
        yield f"{what}: {found}, not {' or '.join(sorted(allowed))}"


def _stopped(address: str, desk: Desk) -> bool:
    return any(each["handle"] == f"email:{address}" for each in desk["suppressed"])


def _mailboxes(actors: Sequence[Actor], boxes: Mapping[str, Sequence[Received]]) -> Iterator[str]:
    """Whom the desk wrote to, and whether each mail is what a mail of ours must be."""
    ours = {_STAFF, *(a.character.address for a in actors), *(str(a.character.chat) for a in actors)}
    for box in sorted(boxes.keys() - ours):
        if boxes[box]:
            yield f"{box}: got {len(boxes[box])} messages and is nobody of the cast"
    for box, mails in boxes.items():
        if "@" in box:
            for mail in mails:
                yield from (f"{box}: “{mail.name}” {wrong}" for wrong in _form(mail))


def _form(mail: Received) -> Iterator[str]:
    if DESK not in mail.sender:
        yield f"comes from {mail.sender}"
    if not mail.auto_submitted.startswith("auto-"):
        yield "does not say that it is automatic (RFC 3834)"
    if not (mail.text.strip() and mail.html.strip()):
        yield "lacks its text or its HTML"
    if not mail.message_id:
        yield "has no Message-ID"


def _told(actors: Sequence[Actor], boxes: Mapping[str, Sequence[Received]]) -> Iterator[str]:
    """Nothing on record was told to anybody: no colleague has approved anything."""
    for actor in actors:
        record = actor.character.record
        for secret in (record[column] for column in SECRETS if column in record):
            for box, mails in boxes.items():
                if any(secret in mail.text or secret in mail.html or secret in mail.subject for mail in mails):
                    yield f"{box}: was told {secret!r}, which is on record for {actor.character.name}"
    if len(boxes.get(_STAFF, ())) < _ALARMS:
        yield f"{_STAFF}: heard {len(boxes.get(_STAFF, ()))} alarms, not {_ALARMS}"
    for mail in boxes.get(_STAFF, ()):
        named = [a.character.address for a in actors if a.character.address and a.character.address in mail.text]
        if named:
            yield f"{_STAFF}: “{mail.name}” names {', '.join(named)}"


def _same_words(actors: Sequence[Actor], boxes: Mapping[str, Sequence[Received]]) -> Iterator[str]:
    """The question who somebody is reads the same for the known and the unknown (law.md 16)."""
    words: dict[str, set[str]] = {}
    for actor in actors:
        for mail in boxes.get(actor.character.address, ()):
            if A_CODE.fits(mail) and actor.sent and not actor.suppressed:
                words.setdefault(actor.character.language, set()).add(mail.without_marks)
    yield from (
        f"the desk: asks who somebody is in {len(each)} ways in {tongue}"
        for tongue, each in words.items()
        if len(each) > 1
    )


def _figures(desk: Desk) -> Iterator[str]:
    """The whole: one bomb parked, one mail of ours back, no answer without a colleague, and every loop walked."""
    messages, outgoing, drafts = desk["messages"], desk["outgoing"], desk["drafts"]
    proven = sum(case["identity"] == "proven" for case in desk["desk"])
    for what, found, least, most in (
        ("unreadable messages parked", messages.get("parked", 0), 1, 1),
        ("bounces", messages.get("bounce", 0), 1, 1),
        ("outgoing mails parked", outgoing.get("parked", 0), 1, 1),
        ("outgoing mails uncertain", outgoing.get("uncertain", 0), 0, 0),
        ("drafts waiting that are no answers", sum(drafts.values()) - drafts.get("answer", 0), 0, 0),
        ("pieces of mail that are no request", messages.get("other", 0), 3, 12),
        ("people who proved who they are", proven, 3, 7),
        ("addresses and handles that get no more mailings", desk["suppressions"], 2, 15),
    ):
        if not least <= found <= most:
            yield f"the desk: {found} {what}, not {least}" + (f" to {most}" if most > least else "")

"""A colleague says what a case asks for: a wrong or missing reading is put right, its date and its proof kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.core.case import OPEN_STATES, Case, Event, Item, State, advance, is_proven, moved
from bot.core.drafts import DraftKind, DraftStatus, Question
from bot.core.errors import NotAllowed
from bot.core.lanes import Deed, lane_for
from bot.core.letters import Notice, NoticeKind
from bot.core.messages import Message, canonical_address
from bot.core.records import CorrectedReading, Kept
from bot.core.rights import RIGHTS, Reading, RequestType
from bot.core.trust import Trust
from bot.core.undoing import is_opt_out
from bot.core.unit import Unit
from bot.flow.admission import admit, refused
from bot.flow.answering import Answering
from bot.flow.casework import Casework
from bot.flow.first_reply import FirstReplies
from bot.flow.history import name_of
from bot.flow.posting import Post
from bot.flow.telling_record import told_and_redrafted

_SAID: Final = frozenset(RIGHTS) - {RequestType.UNSUBSCRIBE}
"""What an acknowledgement names as understood; of an opt-out it says that it is done."""


@dataclass(frozen=True, slots=True)
class Example:
    """One message, what the reader said of it and what a colleague says: to be reviewed before it teaches anything."""

    id: str
    case: str
    channel: str
    language: str
    subject: str
    text: str
    read: tuple[RequestType, ...]
    labels: tuple[RequestType, ...]


def reread(
    unit: Unit,
    casework: Casework,
    answering: Answering,
    case_id: str,
    rights: Sequence[RequestType],
    staff: str,
    now: datetime,
) -> Case:
    """Let a case be about these rights, do at once what they ask to be done at once, and draft its answer anew.

    What was open is merged into them: a new item has the earliest date of those beside it, the proof they all share,
    and the question they wait for. What was answered stays so, and takes in what was overlooked beside it. Whoever was
    told what we understood is told what it is now. Raises NotFound, NotAllowed.
    """
    case, staff, chosen = unit.cases.get(case_id), canonical_address(staff), frozenset(rights)
    admit(unit, case, staff, Deed.EDIT)
    if RequestType.OTHER in chosen and len(chosen) > 1:
        raise NotAllowed("`other` stands alone: name either it or the rights")
    before = tuple(item for item in case.items if item.state in OPEN_STATES)
    ended = tuple(item for item in case.items if item.state not in OPEN_STATES)
    if not before:
        _refuse_what_has_ended(unit, case, chosen)
    beside = before or tuple(item for item in case.items if item.state is not State.MERGED)
    leaving = [item.right.value for item in before if item.state is State.SENDING and item.right not in chosen]
    if leaving:
        raise NotAllowed(f"the answer about {', '.join(leaving)} is on its way already")
    request = _request(unit, case)
    reading = replace(_reading_of(request, case), rights=chosen, flags=case.flags, abstain=False)
    same = [_settled(item, before) if item.right in chosen else advance(item, Event.REREAD) for item in before]
    since = min(item.received_at for item in beside)
    missing = _in_order(chosen - {item.right for item in beside})
    new = [casework.item(unit, right, reading, since, Trust.CLAIMED, now) for right in missing]
    if case.vouch is not None and not before:
        beside = tuple(
            replace(item, trust=Trust.CLAIMED, challenge="") for item in beside
        )  # that word was for one letter
    now_read = (*same, *(_in_their_place(item, beside) for item in new))
    still_told = chosen | {item.right for item in ended if item.state is not State.MERGED}
    lane = lane_for(replace(reading, rights=still_told))
    case = replace(case, items=(*ended, *now_read), lane=lane, attention="")
    case = unit.cases.save(casework.act_at_once(unit, case, now))
    was = ", ".join(item.right.value for item in beside)
    unit.audit.record(case.id, "classified", staff, now, {"was": was, "now": ", ".join(_in_order(chosen))})
    if request is not None:
        note_correction(unit, request, case.id, chosen if before else still_told, now)
    if any(item.provisional and item.done_at == now for item in case.items):
        answering.post.notify(unit, Notice(NoticeKind.PROVISIONAL_STOP, case.reference), now)
    if chosen != {item.right for item in beside} and not _SAID.isdisjoint(item.right for item in beside):
        case = _acknowledge_anew(unit, answering.post, case, now)
    return told_and_redrafted(unit, answering, case, now)


def _acknowledge_anew(unit: Unit, post: Post, case: Case, now: datetime) -> Case:
    """Correct what we told the person that we understood, where that has left; what waits is worded anew anyway."""
    sent = unit.drafts.listed(DraftStatus.APPROVED, case.id)
    told = [one for one in sent if one.told and one.kind is DraftKind.ACKNOWLEDGEMENT]
    if not told or not any(item.state in OPEN_STATES and item.right in _SAID for item in case.items):
        return case
    anew = FirstReplies(post).again(unit, case, told[-1], Question.READ_ANEW, now)
    return post.offer(unit, case, anew, now, [told[-1].in_reply_to] if told[-1].in_reply_to else ())


def note_correction(unit: Unit, kept: Kept, case_id: str, rights: frozenset[RequestType], now: datetime) -> None:
    """Keep what a colleague says of a message, where the reader said otherwise and there are words to learn from."""
    if kept.message is None or kept.reading is None or kept.reading.rights == rights:
        return
    if "".join(words_of(kept.message)).strip():
        unit.corrections.put(CorrectedReading(kept.id, case_id, rights, now))


def examples(unit: Unit, staff: str) -> Sequence[Example]:
    """Return what colleagues taught, as far as this one may see the cases and their words are still kept."""
    found = []
    for correction in unit.corrections.listed():
        case, kept = unit.cases.get(correction.case_id), unit.inbox.get(correction.message)
        if kept.message is None or kept.reading is None or refused(unit, case, staff, Deed.SEE):
            continue
        subject, text = words_of(kept.message)
        read, labels = _in_order(kept.reading.rights), _in_order(correction.rights)
        found.append(Example(kept.id, case.reference, kept.channel, kept.reading.language, subject, text, read, labels))
    return found


def words_of(message: Message) -> tuple[str, str]:
    """Return the subject and text a person wrote: of a forward, what stands inside it."""
    inside = message.forwarded
    return (inside.subject, inside.text) if inside else (message.subject, message.text)


def _refuse_what_has_ended(unit: Unit, case: Case, chosen: frozenset[RequestType]) -> None:
    """Raise NotAllowed for an ended case in which nothing of this was overlooked."""
    if case.merged_into:
        raise NotAllowed(
            f"case {case.reference} is carried on in {name_of(unit, case.merged_into)}: put it right there"
        )
    if chosen <= {item.right for item in case.items if item.state is not State.MERGED}:
        raise NotAllowed(f"all this has ended in case {case.reference}: take it up again, or name what was overlooked")


def _request(unit: Unit, case: Case) -> Kept | None:
    """Return the first message of the case that was read."""
    return next((kept for kept in unit.inbox.correspondence(case.id) if kept.reading is not None), None)


def _reading_of(request: Kept | None, case: Case) -> Reading:
    if request is not None and request.reading is not None:
        return request.reading
    return Reading(frozenset(), 0.0, abstain=True, any_right=0.0, language=case.language)


def _in_their_place(new: Item, before: Sequence[Item]) -> Item:
    """Give a new item what all those it stands beside have: the same message was proven, or asked about."""
    asked = {item.challenge for item in before}
    challenge = asked.pop() if len(asked) == 1 else ""
    authentic = all(item.authentic for item in before)
    shown = replace(new, trust=min(item.trust for item in before), challenge=challenge, authentic=authentic)
    doubt = max(item.least for item in before)
    return _settled(shown if is_opt_out(shown) else replace(shown, least=doubt), before)


def _settled(item: Item, before: Sequence[Item]) -> Item:
    """Confirm an item and bring it where its proof lets it stand."""
    waits = bool(item.challenge) and any(
        other.state is State.VERIFYING and other.challenge == item.challenge for other in before
    )
    unproven = Event.DOUBTED if waits else Event.HANDED
    return moved(replace(item, doubtful=False), Event.UNDERSTOOD if is_proven(item) else unproven)


def _in_order(rights: frozenset[RequestType]) -> tuple[RequestType, ...]:
    return tuple(right for right in (*RIGHTS, RequestType.OTHER) if right in rights)

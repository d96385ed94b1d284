"""What is said in fragments is heard as one message: people on a phone press send after every few words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core.challenge import find_codes
from bot.core.messages import Message


@dataclass(frozen=True, slots=True)
class Saying:
    """Some fragments as one message. `lead` is the place of the fragment it goes by, `others` are those of the rest."""

    message: Message
    lead: int
    others: tuple[int, ...] = ()


def conversation_of(message: Message) -> str:
    """Return the conversation in which a chat message waits for the next fragment; empty for what is read at once.

    That is what nobody wrote, a command or a button, and a code, for which an answer is waited for.
    """
    at_once = message.automatic or message.command or message.bounce or message.receipt or find_codes(message.text)
    return "" if at_once else message.sender.value


def joined(fragments: Sequence[Message]) -> tuple[Saying, ...]:
    """Put the fragments of one conversation together, in their order; what changed meanwhile counts as it is now.

    A change of something that was said before is a saying of its own, after the others.
    """
    places = {one.message_id or str(place): place for place, one in enumerate(fragments) if not one.version_of}
    newest = {place: fragments[place] for place in places.values()}
    changes = []
    for place, one in enumerate(fragments):
        if not one.version_of:
            continue
        if one.version_of in places:
            first = places[one.version_of]
            newest[first] = replace(newest[first], text=one.text, attachments=one.attachments)
        else:
            changes.append(Saying(one, place))
    if not newest:
        return tuple(changes)
    lead = max(newest)
    taken = {change.lead for change in changes} | {lead}
    others = tuple(place for place in range(len(fragments)) if place not in taken)
    return (Saying(_as_one(fragments[lead], [newest[place] for place in sorted(newest)]), lead, others), *changes)


def _as_one(last: Message, said: Sequence[Message]) -> Message:
    """Return the last of several fragments with the words and files of all, and what any of them replies to."""
    files = [file for one in said for file in one.attachments]
    return replace(
        last,
        text="\n".join(one.text for one in said if one.text.strip()),
        quoted="\n\n".join(one.quoted for one in said if one.quoted),
        attachments=tuple(replace(file, part=number) for number, file in enumerate(files, 1)),
        references=tuple(dict.fromkeys(name for one in said for name in one.references)),
    )

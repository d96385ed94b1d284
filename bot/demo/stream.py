"""What happens at the desk, line by line, for somebody who watches a terminal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from rich.console import Console
from rich.text import Text

from bot.core.case import Case
from bot.core.delivery import DeliveryState, Outgoing
from bot.core.drafts import DraftKind
from bot.core.records import AuditRow, Disposition, Kept
from bot.core.unit import Unit

_READ: Final = tuple(each for each in Disposition if each is not Disposition.RECEIVED)
_WINDOW: Final = 200
_WIDTH: Final = 72

_FATES: Final[Mapping[Disposition, str]] = {
    Disposition.OTHER: "exercises no right: kept apart, opens no case",
    Disposition.BOUNCE: "a mail of ours came back",
    Disposition.OURS: "our own mail, seen again",
    Disposition.DUPLICATE: "seen before",
    Disposition.PARKED: "parked for a person: it can't be read safely",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: when, what sort, and the words."""

    at: datetime
    deed: str
    style: str
    text: str


@dataclass(slots=True)
class Stream:
    """Finds what is new in the store since it last looked."""

    _messages: set[str] = field(default_factory=set)
    _links: dict[str, int] = field(default_factory=dict)
    _drafts: set[tuple[str, str, frozenset[str]]] = field(default_factory=set)
    _notices: set[str] = field(default_factory=set)

    def news(self, unit: Unit) -> list[Line]:
        """Return what has happened since, in the order of time."""
        lines = [*self._arrivals(unit), *self._deeds(unit), *self._notices_sent(unit)]
        return sorted(lines, key=lambda line: line.at)

    def _arrivals(self, unit: Unit) -> Iterator[Line]:
        for disposition in _READ:
            for kept in unit.inbox.listed(disposition, limit=_WINDOW):
                if kept.id not in self._messages:
                    self._messages.add(kept.id)
                    reference = unit.cases.get(kept.case_id).reference if kept.case_id else ""
                    yield Line(kept.received_at, "arrived", "cyan", _envelope(kept))
                    yield Line(kept.received_at, "read as", "blue", _reading(kept, reference))

    def _deeds(self, unit: Unit) -> Iterator[Line]:
        for case in unit.cases.listed(limit=_WINDOW):
            chain = unit.audit.chain(case.id)
            for link in chain[self._links.get(case.id, 0) :]:
                told = _deed(link)
                if told is not None:
                    deed, style, text = told
                    yield Line(link.at, deed, style, f"{case.reference}: {text}")
            self._links[case.id] = len(chain)
            yield from self._drafted(unit, case)

    def _drafted(self, unit: Unit, case: Case) -> Iterator[Line]:
        for draft in unit.drafts.listed(case_id=case.id):
            known = (case.id, draft.kind.value, frozenset(right.value for right in draft.rights))
            if known not in self._drafts:
                self._drafts.add(known)
                about = ", ".join(sorted(known[2])) or draft.kind.value
                approvers = f"{draft.approvers_needed} colleague{'s' if draft.approvers_needed > 1 else ''}"
                text = f"{case.reference}: {draft.language} {draft.kind.value} on {about}, waits for {approvers}"
                yield Line(draft.created_at, "drafted", "magenta", text)

    def _notices_sent(self, unit: Unit) -> Iterator[Line]:
        for outgoing in unit.outbox.listed(DeliveryState.SENT, limit=_WINDOW):
            if outgoing.kind is DraftKind.NOTICE and outgoing.id not in self._notices:
                self._notices.add(outgoing.id)
                yield _notice(outgoing)


def show(console: Console, lines: list[Line]) -> None:
    """Print lines; what strangers wrote is printed as text and never as markup or terminal commands."""
    for line in lines:
        text = Text(f"{line.at.astimezone():%H:%M:%S} ", style="dim")
        text.append(f"{line.deed:<9} ", style=line.style)
        text.append(_plain(line.text))
        console.print(text, soft_wrap=True)


def _envelope(kept: Kept) -> str:
    message = kept.message
    if message is None:
        return f"{kept.channel}, from somebody"
    who = f"{message.name} <{message.sender.value}>" if message.name else message.sender.value
    words = message.subject or message.text
    return f"{kept.channel}, {who}: “{words[:_WIDTH]}{'…' if len(words) > _WIDTH else ''}”"


def _reading(kept: Kept, reference: str) -> str:
    if kept.disposition is not Disposition.CASE:
        return _FATES.get(kept.disposition, kept.disposition.value)
    reading = kept.reading
    if reading is None:
        return f"{reference}: nothing we could read"
    rights = ", ".join(right.value for right in reading.exercised) or "no request of its own"
    sure = "not sure" if reading.abstain else f"{reading.confidence:.0%} sure"
    flags = f", {', '.join(sorted(flag.value for flag in reading.flags))}" if reading.flags else ""
    return f"{reference}: {rights} ({reading.language}, {sure}{flags})"


def _deed(link: AuditRow) -> tuple[str, str, str] | None:
    """Return how a link of the history is told here, or None for one that another line tells already."""
    data = link.data
    if link.event == "message":
        return "decided", "white", f"{data.get('why') or data.get('rule', '')}"
    if link.event == "challenged":
        return "asked", "yellow", "a code only the person can give back"
    if link.event == "proved":
        return "proved", "green", "the code came back: the address is theirs"
    if link.event == "suppressed":
        return "stopped", "green", f"mailings: {data.get('scope', '')}"
    if link.event == "queued":
        return "answered", "yellow", f"{data.get('kind', '').replace('_', ' ')}, let go by {link.actor}"
    if link.event == "delivery":
        return data.get("state", ""), "green" if data.get("state") == DeliveryState.SENT else "red", "left the house"
    if link.event == "opened":
        return None
    return "noted", "white", link.event.replace("_", " ")


def _notice(outgoing: Outgoing) -> Line:
    return Line(outgoing.created_at, "told", "red", f"{outgoing.recipient.value}: {outgoing.subject}")


def _plain(text: str) -> str:
    """Keep what a stranger wrote from steering the terminal."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())

"""Who did what and when: a case's chain, those of the cases that joined it, and what people wrote, in one order."""

from collections.abc import Iterator

from bot.core.case import Case
from bot.core.case_record import Happening
from bot.core.errors import NotFound
from bot.core.records import Kept
from bot.core.unit import Unit
from bot.flow.sight import links_seen


def history_of(unit: Unit, case: Case, staff: str) -> tuple[Happening, ...]:
    """Return what happened in a case, oldest first, without what names a case that is kept from this colleague."""
    return tuple(sorted([*_written(unit, case), *_done(unit, case, staff)], key=lambda happening: happening.at))


def _written(unit: Unit, case: Case) -> Iterator[Happening]:
    for kept in unit.inbox.correspondence(case.id):
        facts = {"message": kept.id, "subject": kept.message.subject if kept.message else ""}
        yield Happening(kept.received_at, writer_of(kept), "wrote", case.reference, facts)


def _done(unit: Unit, case: Case, staff: str) -> Iterator[Happening]:
    for ident in (case.id, *case.joined):
        reference = name_of(unit, ident)
        for link in links_seen(unit, unit.audit.chain(ident), staff):
            facts = {**link.data, "why": link.why} if link.why else link.data
            yield Happening(link.at, link.actor, link.event, reference, facts)


def name_of(unit: Unit, case_id: str) -> str:
    """Return a case's reference, or its id once the case itself is past its time."""
    try:
        return unit.cases.get(case_id).reference
    except NotFound:
        return case_id


def writer_of(kept: Kept) -> str:
    """Return whom a message names as its sender."""
    return str(kept.message.sender) if kept.message else f"{kept.channel}: could not be read"

"""The redaction desk: files a copy goes along with, and words left out of it for somebody else's sake (law.md rule 22).

The original is never changed: a mark says what stays away, and is taken away as easily.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final

from bot.core.case import Case
from bot.core.enclosures import MOST_FILES, Enclosure, accepted_name
from bot.core.errors import NotAllowed, NotFound
from bot.core.identity import answer_destination
from bot.core.lanes import Deed
from bot.core.messages import canonical_address
from bot.core.packages import COPIED, PackageFile
from bot.core.ports import Clock
from bot.core.reasons import require_reason
from bot.core.records import Customer
from bot.core.redaction import Passage, Redaction, mentions, passages
from bot.core.references import ID_BYTES, write_id
from bot.core.unit import Store, Unit
from bot.core.withholding import Place, Withheld
from bot.flow.admission import admit, look_at
from bot.flow.answering import Answering, our_letters
from bot.flow.data_subject import own_messages, whose_data
from bot.flow.holding import refuse_held

_ADDRESS: Final = re.compile(r"[^\s<>(),;:\"']+@[^\s<>(),;:\"']+\.\w+")


@dataclass(frozen=True, slots=True)
class Weighed:
    """What lies on the redaction desk of one case."""

    case: Case
    files: Sequence[Enclosure]
    passages: Sequence[Passage]
    marks: Sequence[Redaction]

    def marked(self, place: Place) -> Sequence[Redaction]:
        """Return what is left out of one text."""
        return [mark for mark in self.marks if (mark.place.where, mark.place.key) == (place.where, place.key)]


@dataclass(frozen=True, slots=True)
class RedactionDesk:
    """Where a copy is put together and weighed before it is prepared."""

    store: Store
    answering: Answering
    clock: Clock

    async def attach(self, case_id: str, name: str, data: bytes, staff: str) -> Enclosure:
        """Add a file to the copy a case asks for. Raises NotFound, BadInput, NotAllowed."""
        staff, now = canonical_address(staff), self.clock.now()
        safe = accepted_name(name, data)

        def work(unit: Unit) -> Enclosure:
            case = _copied(unit, case_id, staff)
            there = unit.enclosures.of_case(case.id)
            if len(there) >= MOST_FILES:
                raise NotAllowed(f"there are {MOST_FILES} files already: put several into one")
            if safe in {one.name for one in there}:
                raise NotAllowed(f"{safe} is there already: take it away first, or give this one another name")
            enclosure = Enclosure(self._id(now), case.id, safe, len(data), sha256(data).hexdigest(), staff, now)
            unit.enclosures.add(enclosure, data)
            unit.audit.record(case.id, "file_added", staff, now, {"sha256": enclosure.sha256}, {"name": safe})
            return enclosure

        return await self.store.transact(work)

    async def detach(self, case_id: str, name: str, staff: str) -> None:
        """Take a file away, with the marks in it. Raises NotFound, and NotAllowed as ever or under a legal hold."""
        staff, now = canonical_address(staff), self.clock.now()

        def work(unit: Unit) -> None:
            case = _copied(unit, case_id, staff)
            found = [one for one in unit.enclosures.of_case(case.id) if one.name == name]
            if not found:
                raise NotFound(f"there is no file {name} in case {case.reference}")
            refuse_held(unit, case, staff)
            unit.enclosures.remove(found[0].id)
            for mark in unit.redactions.of_case(case.id):
                if (mark.place.where.value, mark.place.key) == ("file", name):
                    unit.redactions.remove(mark.id)
            unit.audit.record(case.id, "file_removed", staff, now, {"sha256": found[0].sha256}, {"name": name})
            self.answering.redraft(unit, case, now)

        await self.store.transact(work)

    async def look(self, case_id: str, staff: str) -> Weighed:
        """Return what lies on the desk; the look is on file. Raises NotFound, NotAllowed."""
        staff, now = canonical_address(staff), self.clock.now()
        return await self.store.transact(
            lambda unit: self._desk(unit, look_at(unit, _copied(unit, case_id, staff), staff, now))
        )

    async def mark(
        self, case_id: str, place: tuple[str, str], words: str, ground: Withheld, reason: str, staff: str
    ) -> Redaction:
        """Leave words out of one text, named by its kind and key; the answer that waits is drafted anew and says so.

        Raises NotFound, and NotAllowed without the role, without a reason, or for words that do not stand there.
        """
        staff, now, words = canonical_address(staff), self.clock.now(), " ".join(words.split())

        def work(unit: Unit) -> Redaction:
            case = _copied(unit, case_id, staff)
            desk = self._desk(unit, case)
            found = [one for one in desk.passages if (one.place.where.value, one.place.key) == place]
            if not found:
                raise NotFound(f"no such text goes out in case {case.reference}; the person's own messages stay whole")
            if not words or not mentions(found[0].text, words):
                raise NotAllowed("these words do not stand there: copy them from the text")
            require_reason(reason)
            if any(mark.words.casefold() == words.casefold() for mark in desk.marked(found[0].place)):
                raise NotAllowed("these words are left out there already")
            mark = Redaction(self._id(now), case.id, found[0].place, words, ground, reason.strip(), staff, now)
            unit.redactions.add(mark)
            facts = {"where": mark.place.where, "ground": ground}
            unit.audit.record(case.id, "left_out", staff, now, facts, {"words": words}, why=mark.reason)
            self.answering.redraft(unit, case, now)
            return mark

        return await self.store.transact(work)

    async def unmark(self, case_id: str, mark_id: str, staff: str) -> None:
        """Put words back; the answer is drafted anew. Raises NotFound, NotAllowed."""
        staff, now = canonical_address(staff), self.clock.now()

        def work(unit: Unit) -> None:
            case = _copied(unit, case_id, staff)
            if mark_id not in {mark.id for mark in unit.redactions.of_case(case.id)}:
                raise NotFound(f"there is no mark {mark_id} in case {case.reference}")
            unit.redactions.remove(mark_id)
            unit.audit.record(case.id, "put_back", staff, now)
            self.answering.redraft(unit, case, now)

        await self.store.transact(work)

    def _desk(self, unit: Unit, case: Case) -> Weighed:
        files = unit.enclosures.of_case(case.id)
        asked = [item for item in case.items if item.right in COPIED]
        customers = whose_data(unit, case, answer_destination(case), asked)
        customer = customers[0] if len(customers) == 1 else None
        found = passages(
            customer,
            our_letters(unit, self.answering.post.house.calendar, case),
            [PackageFile(one.name, unit.enclosures.data(one.id)) for one in files],
        )
        names = tuple(_others(unit, case, customer))
        weighed = [replace(one, suggested=self._suggested(one, names, case, customer)) for one in found]
        return Weighed(case, files, weighed, unit.redactions.of_case(case.id))

    def _suggested(
        self, passage: Passage, names: Sequence[str], case: Case, customer: Customer | None
    ) -> tuple[str, ...]:
        """Return the names somebody wrote in this case, and the addresses in the text, that are not the person's."""
        house = self.answering.post.house
        theirs = {case.requester.value, house.contact, *(customer.emails if customer else ())}
        addresses = [found.rstrip(".") for found in _ADDRESS.findall(passage.text)]
        return tuple(
            dict.fromkeys(
                [
                    *(name for name in names if mentions(passage.text, name)),
                    *(one for one in addresses if canonical_address(one) not in theirs),
                ]
            )
        )

    def _id(self, now: datetime) -> str:
        return write_id(now, self.answering.post.entropy.draw(ID_BYTES))


def _copied(unit: Unit, case_id: str, staff: str) -> Case:
    """Return a case that asks for a copy, to a colleague who may work on it."""
    case = unit.cases.get(case_id)
    admit(unit, case, staff, Deed.EDIT)
    if not any(item.right in COPIED for item in case.items):
        raise NotAllowed(f"case {case.reference} asks for no copy")
    return case


def _others(unit: Unit, case: Case, customer: Customer | None) -> Iterator[str]:
    """Yield the names that the reader found in the correspondence and that are not the person's own."""
    own = {word.casefold() for word in f"{case.name} {customer.name if customer else ''}".split()}
    for kept in own_messages(unit, case):
        for entity in kept.reading.entities if kept.reading else ():
            words = {word.casefold() for word in entity.text.split()}
            if entity.kind == "person" and not words & own:
                yield entity.text

"""Take more time where the law allows it (Art. 12(3)): the letter that says so, and why."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.case import Case
from bot.core.deadlines import Calendar, extension_until
from bot.core.drafts import Draft, DraftKind, DraftStatus
from bot.core.errors import NotAllowed
from bot.core.extension import ExtensionReason
from bot.core.lanes import Deed
from bot.core.messages import canonical_address
from bot.core.ports import Clock
from bot.core.rights import RequestType
from bot.core.unit import Store, Unit
from bot.flow.admission import admit
from bot.flow.extension_letters import extension_letter
from bot.flow.posting import Post


@dataclass(frozen=True, slots=True)
class ExtensionDesk:
    """Drafts extensions; one takes effect when its letter is approved."""

    store: Store
    post: Post
    clock: Clock

    async def extend(self, case_id: str, rights: Collection[RequestType], reason: ExtensionReason, staff: str) -> Draft:
        """Draft the letter that gives some items of a case two further months.

        Raises NotFound, and NotAllowed for a colleague without the role or an item that can't be extended.
        """
        now, staff = self.clock.now(), canonical_address(staff)

        def work(unit: Unit) -> Draft:
            case = unit.cases.get(case_id)
            admit(unit, case, staff, Deed.EDIT)
            draft = extension_letter(self.post, case, rights, reason, now)
            for waiting in unit.drafts.listed(DraftStatus.WAITING, case.id):
                if waiting.kind is DraftKind.EXTENSION:
                    unit.drafts.save(replace(waiting, status=DraftStatus.STALE))
            unit.drafts.add(draft)
            unit.audit.record(case.id, "extension_drafted", staff, now, {"reason": reason, "draft": draft.id})
            return draft

        return await self.store.transact(work)


def untellable(case: Case, draft: Draft, now: datetime, calendar: Calendar) -> list[str]:
    """Return why an extension can't be told any more: the law wants that within the first month."""
    problems = []
    for item in case.items:
        if draft.reason is not None and item.id in draft.concerns:
            try:
                extension_until(item, calendar.civil_date(now), calendar)
            except NotAllowed as reason:
                problems.append(str(reason))
    return problems

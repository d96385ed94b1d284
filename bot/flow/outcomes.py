"""A colleague says how the items of a draft end; the desk drafts the letter that says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.core.case import Case, Item, State
from bot.core.drafts import Draft, DraftStatus, Role
from bot.core.errors import NotAllowed, NotApprovable
from bot.core.lanes import Deed
from bot.core.messages import canonical_address
from bot.core.outcomes import may_end
from bot.core.ports import Clock
from bot.core.rights import RequestType
from bot.core.unit import Store, Unit
from bot.core.verdict import Outcome
from bot.flow.admission import admit
from bot.flow.answering import Answering
from bot.flow.approval import refuse_unread

FIRST_IS_FREE: Final = (
    "the first copy is free (Art. 15(3)): say as evidence which copy of the same data this person had before"
)


@dataclass(frozen=True, slots=True)
class OutcomeDesk:
    """Where outcomes are chosen; nothing is carried out before the letter is approved."""

    store: Store
    answering: Answering
    clock: Clock

    async def choose(
        self, draft_id: str, outcomes: Mapping[RequestType, Outcome], staff: str, *, evidence: str = "", seen: str = ""
    ) -> Sequence[Draft]:
        """Redraft a draft's case with the outcomes chosen and return what then waits, as `choose_in` does.

        `seen` is the seal of what the colleague read. Raises as `choose_in`, and NotApprovable for a draft that changed
        since or waits no more.
        """

        def work(unit: Unit) -> Sequence[Draft]:
            draft = unit.drafts.get(draft_id)
            admit(unit, unit.cases.get(draft.case_id), staff, Deed.EDIT)
            if draft.status is not DraftStatus.WAITING:
                raise NotApprovable(f"this draft is {draft.status}: only a waiting one can end differently")
            refuse_unread(draft, seen)
            return self._end(unit, draft.case_id, outcomes, staff, evidence)

        return await self.store.transact(work)

    async def choose_in(
        self, case_id: str, outcomes: Mapping[RequestType, Outcome], staff: str, *, evidence: str = ""
    ) -> Sequence[Draft]:
        """Redraft a case with the outcomes chosen, also one that no letter was drafted for, and return what then waits.

        `evidence` goes on file. It is asked for where a request is called excessive, for we have to show that (Art.
        12(5)), and for a fee, which only a further copy of the same data may cost (Art. 15(3)). Raises NotFound, and
        NotAllowed for a colleague without the role, an item that is not in review, or an outcome that the law or the
        identity leaves no room for.
        """
        return await self.store.transact(lambda unit: self._end(unit, case_id, outcomes, staff, evidence))

    def _end(
        self, unit: Unit, case_id: str, outcomes: Mapping[RequestType, Outcome], staff: str, evidence: str
    ) -> Sequence[Draft]:
        now, staff, case = self.clock.now(), canonical_address(staff), unit.cases.get(case_id)
        admit(unit, case, staff, Deed.EDIT)
        if Outcome.EXCESSIVE in outcomes.values():
            _for_the_officer(unit.staff.roles(staff), evidence)
        if outcomes.get(RequestType.ACCESS) is Outcome.FEE and not evidence.strip():
            raise NotAllowed(FIRST_IS_FREE)
        case = unit.cases.save(replace(case, items=_chosen(case, outcomes)))
        told = {right.value: outcome.value for right, outcome in outcomes.items()}
        unit.audit.record(case.id, "outcome_chosen", staff, now, told, why=evidence)
        self.answering.redraft(unit, case, now)
        return unit.drafts.listed(DraftStatus.WAITING, case.id)


def _for_the_officer(roles: frozenset[Role], evidence: str) -> None:
    if Role.DPO not in roles:
        raise NotAllowed("manifestly unfounded or excessive is for the data protection officer (Art. 12(5))")
    if not evidence.strip():
        raise NotAllowed("say what shows that it is unfounded or excessive: the company has to prove it (Art. 12(5))")


def _chosen(case: Case, outcomes: Mapping[RequestType, Outcome]) -> tuple[Item, ...]:
    ready = {item.right: item for item in case.items if item.state is State.REVIEW}
    if missing := sorted(set(outcomes) - set(ready)):
        raise NotAllowed(f"{', '.join(missing)} waits for no letter in this case: there are {', '.join(ready)}")
    for right, outcome in outcomes.items():
        may_end(ready[right], outcome)
    ended = {ready[right].id: outcome for right, outcome in outcomes.items()}
    return tuple(_ending(item, ended[item.id]) if item.id in ended else item for item in case.items)


def _ending(item: Item, outcome: Outcome) -> Item:
    """Return an item with its outcome; to say what becomes of what is no right confirms that it is none."""
    return replace(item, outcome=outcome, doubtful=item.doubtful and item.right is not RequestType.OTHER)

"""A deed upon a case names the version that was read: what went on since is read before anything is done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.console.office import Office
from bot.core.case import Case
from bot.core.errors import WentOn
from bot.core.lanes import Deed
from bot.core.unit import Store, Unit
from bot.flow.admission import admit
from bot.flow.api_tokens import held_over
from bot.flow.case_file import seen_case

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AsReadStore:
    """A store for one deed upon a case: `look` raises in the deed's own unit, before it, once the case went on."""

    store: Store
    look: Callable[[Unit], Case]

    async def transact(self, work: Callable[[Unit], T], *, ahead: bool = False) -> T:
        """Run `work` if the case still stands as it was read."""

        def as_it_stands(unit: Unit) -> T:
            self.look(unit)
            return work(unit)

        return await self.store.transact(as_it_stands, ahead=ahead)

    async def wait(self, topic: str, timeout: float) -> None:  # noqa: ASYNC109 - the port's own patience, in seconds
        """Wait as the store does."""
        await self.store.wait(topic, timeout)


async def as_read(office: Office, staff: str, reference: str, version: int | str, deed: Deed) -> tuple[Case, Office]:
    """Return a case with the desk for one deed upon it, which is done only while the case stands as it was read.

    `version` is what the page or the answer showed, as it came back. Raises NotFound, NotAdmitted, WentOn; so does the
    deed.
    """

    def look(unit: Unit) -> Case:
        case = seen_case(unit, reference, staff)
        admit(unit, case, staff, deed)
        if str(case.version) != str(version):
            raise WentOn(f"case {reference} went on since you read it, so nothing was done: read it again")
        unit.cases.keep_still(case)
        return case

    store = office.store
    return await store.transact(look), held_over(office, AsReadStore(store, look))

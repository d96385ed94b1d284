"""What has to be done before a letter may say so, and what an erasure would do: told on the case and on its draft."""

from bot.console.admission import Visit
from bot.core.case import Case
from bot.core.packages import ASKED_BY
from bot.core.unit import Unit
from bot.flow.rehearsing import rehearse


async def to_do(visit: Visit, case: Case) -> dict[str, object]:
    """Return a case's tasks, the rehearsal of its erasure and the copies it asks for, for its page and its draft's."""

    def read(unit: Unit) -> dict[str, object]:
        tasks = unit.tasks.of_case(case.id)
        return {
            "tasks": tasks,
            "notices": {task.draft: unit.drafts.get(task.draft) for task in tasks if task.is_open and task.draft},
            "foreseen": rehearse(unit, visit.office.house, case),
            "copies": [kind for kind, rights in ASKED_BY.items() if any(item.right in rights for item in case.items)],
        }

    return await visit.office.store.transact(read)

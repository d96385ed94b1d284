"""What colleagues do in a story, each thing because somebody talked them into it."""

import zipfile
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

from bot.core.case import Case
from bot.core.errors import NotAllowed
from bot.core.packages import PackageKind
from bot.core.rights import RequestType
from bot.core.tasks import TaskKind
from bot.core.unit import Unit
from bot.core.verdict import Outcome
from bot.core.vouching import Ground
from bot.core.withholding import Withheld
from bot.flow.joining import merge
from tests.flow.conftest import KIM
from tests.flow.impersonation.story import Deed

if TYPE_CHECKING:
    from tests.flow.impersonation.stage import Stage


async def do(stage: "Stage", step: Deed) -> None:
    """Let a colleague do what a step says. Raises ValueError for what no colleague knows how to do."""
    verb, _, ground = step.deed.partition(" for ")
    if step.deed == "notes addresses":
        await stage.record("victim", step.text)
    elif step.deed == "merges":
        await _merge(stage, *step.text.split(" into "))
    elif step.deed in _ON_THE_CASE:
        (case,) = await stage.cases()
        await _ON_THE_CASE[step.deed](stage, case, stage.filled(step.text, "victim"))
    elif verb == "vouches":
        await _vouch(stage, Ground(ground), stage.filled(step.text, "victim"))
    else:
        raise ValueError(f"no colleague knows how to do this: {step.deed}")


async def carry_out(stage: "Stage", case: Case) -> None:
    """Mark all that an answer waits for as done in the company's systems, so that its recipients are to be told."""
    await stage.desk.deliver()  # who is on record is told first
    tasks = await stage.desk.store.transact(lambda unit: unit.tasks.of_case(case.id))
    for task in tasks:
        if task.is_open and task.kind is TaskKind.CARRY_OUT:
            await stage.desk.tasks.done(task.id, KIM)


async def _vouch(stage: "Stage", ground: Ground, text: str) -> None:
    of, _, number = text.partition(", number ")
    (case,) = await stage.cases()
    with suppress(NotAllowed):  # where they may not, they were talked into it in vain
        await stage.desk.vouching.vouch(case.id, ground, of, "looked into", KIM, number=number)


async def _merge(stage: "Stage", gone: str, into: str) -> None:
    cases = {case.requester.value: case for case in await stage.cases()}
    one, other = cases[stage.people[gone].address], cases[stage.people[into].address]
    desk = stage.desk
    treatment, now = desk.treatment, desk.clock.now()

    def work(unit: Unit) -> Case:
        return merge(unit, treatment.casework, treatment.answering, one.id, other.id, "the same", KIM, now)

    with suppress(NotAllowed):
        await desk.store.transact(work)


async def _ask_at(stage: "Stage", case: Case, text: str) -> None:
    await stage.desk.approval.ask_identity(case.id, KIM, text)


async def _ask_facts(stage: "Stage", case: Case, text: str) -> None:
    await stage.desk.facts.ask(case.id, text, KIM)


async def _add_a_file(stage: "Stage", case: Case, text: str) -> None:
    await stage.desk.redactions.attach(case.id, "claim.txt", text.encode(), KIM)


async def _leave_out(stage: "Stage", case: Case, text: str) -> None:
    weighed = await stage.desk.redactions.look(case.id, KIM)
    for passage in weighed.passages:
        place = (passage.place.where.value, passage.place.key)
        with suppress(NotAllowed):
            await stage.desk.redactions.mark(case.id, place, text, Withheld.OTHER_PERSON, "hers", KIM)


async def make_a_package(stage: "Stage", case: Case) -> None:
    """Make the package and look into it: what it holds goes to whom it is for, as if they had opened it."""
    with suppress(NotAllowed):
        await stage.desk.outcomes.choose_in(case.id, {RequestType.ACCESS: Outcome.PARTLY}, KIM)
        package, _ = await stage.desk.dossiers.make(case.id, PackageKind.ACCESS, KIM)
        data = await stage.desk.store.transact(lambda unit: unit.packages.data(package.id))
        with zipfile.ZipFile(BytesIO(data)) as archive:
            words = "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
        stage.packages.append((package.recipient, words))


_ON_THE_CASE = {
    "asks at": _ask_at,
    "asks facts": _ask_facts,
    "adds a file": _add_a_file,
    "leaves out": _leave_out,
}

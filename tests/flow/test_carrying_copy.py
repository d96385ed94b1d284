"""What is left out of a copy stays left out when its case is merged or split, and its files go along (rule 22)."""

import pytest

from bot.core.case import Case
from bot.core.enclosures import Enclosure
from bot.core.errors import NotAllowed
from bot.core.letters import RecordField
from bot.core.messages import Authentication
from bot.core.packages import PackageKind
from bot.core.records import Customer
from bot.core.rights import RequestType
from bot.core.verdict import Outcome
from bot.core.withholding import Where, Withheld
from bot.flow.joining import merge, split
from tests.flow.conftest import ANN, KIM, TestDesk
from tests.flow.test_redacting import answer, opened

R = RequestType
ZOE = "zoe@example.net"
CALLS = b"date,who\n2026-01-01,Bert Janssens\n"


async def asked(desk: TestDesk, *rights: RequestType, text: str) -> Case:
    """Let Ann ask and prove her address; return the newest case."""
    desk.reader.tell(text, *rights)
    before = {case.id for case in await desk.cases()}
    await desk.mail(text, message_id=f"<{text.replace(' ', '-')}@example.com>")
    await desk.mail(await desk.code())
    await desk.deliver()
    (case,) = [case for case in await desk.cases() if case.id not in before]
    return case


async def asked_anew(desk: TestDesk) -> Case:
    """Let a mail in Ann's name that nobody can authenticate ask for more: that is a case of its own."""
    desk.reader.tell("the data I gave you", R.PORTABILITY)
    before = {case.id for case in await desk.cases()}
    await desk.mail("the data I gave you", authentication=Authentication())
    desk.clock.turn(days=1)  # its code is not typed back
    (case,) = [case for case in await desk.cases() if case.id not in before]
    return case


async def weighed(desk: TestDesk, case: Case) -> None:
    """Leave somebody else out of the record, of a file and of a letter of ours."""
    await desk.redactions.attach(case.id, "calls.csv", CALLS, KIM)
    passages = (await desk.redactions.look(case.id, KIM)).passages
    letter = next(one for one in passages if one.place.where is Where.LETTER)
    for place, words in (
        (("field", "notes"), "Bert Janssens"),
        (("file", "calls.csv"), "Bert Janssens"),
        (("letter", letter.place.key), "question"),
    ):
        await desk.redactions.mark(case.id, place, words, Withheld.OTHER_PERSON, "another customer", KIM)


async def on_record(desk: TestDesk) -> None:
    fields = (RecordField("street", "Elm 7"), RecordField("notes", "Called by Bert Janssens, who pays for her."))
    customer = Customer("id-C-1", "C-1", "Ann Peeters", (ANN,), fields=fields)
    await desk.store.transact(lambda unit: unit.directory.put(customer, desk.clock.now()))


async def merged(desk: TestDesk, case: Case, into: Case) -> Case:
    casework, answering, now = desk.treatment.casework, desk.treatment.answering, desk.clock.now()
    return await desk.store.transact(lambda u: merge(u, casework, answering, case.id, into.id, "one matter", KIM, now))


async def left_out(desk: TestDesk, case: Case) -> set[tuple[Where, str]]:
    marks = await desk.store.transact(lambda unit: unit.redactions.of_case(case.id))
    return {(mark.place.where, mark.words) for mark in marks}


async def files(desk: TestDesk, case: Case) -> list[Enclosure]:
    return list(await desk.store.transact(lambda unit: unit.enclosures.of_case(case.id)))


@pytest.mark.rule(22, refused=True)
async def test_what_was_left_out_is_left_out_in_the_case_that_goes_on(desk: TestDesk) -> None:
    await on_record(desk)
    going = await asked(desk, R.ACCESS, text="my data")
    await weighed(desk, going)
    staying = await asked_anew(desk)
    await merged(desk, going, staying)
    assert await left_out(desk, staying) == {
        (Where.FIELD, "Bert Janssens"),
        (Where.FILE, "Bert Janssens"),
        (Where.LETTER, "question"),
    }
    assert [one.name for one in await files(desk, staying)] == ["calls.csv"]
    assert not await files(desk, going)
    await desk.outcomes.choose_in(staying.id, {R.ACCESS: Outcome.GRANTED}, KIM)
    with pytest.raises(NotAllowed, match="let the answer end as partly"):
        await desk.dossiers.make(staying.id, PackageKind.ACCESS, KIM)
    await desk.outcomes.choose_in(staying.id, {R.ACCESS: Outcome.PARTLY}, KIM)
    assert "Bert" not in await answer(desk)
    archive = await opened(desk, staying.id)
    assert not any(b"Bert" in archive.read(name) for name in archive.namelist())
    assert "calls.csv" in {name.rpartition("/")[2] for name in archive.namelist()}


async def test_files_of_one_name_both_go_along_and_each_mark_stays_with_its_own(desk: TestDesk) -> None:
    await on_record(desk)
    going = await asked(desk, R.ACCESS, text="my data")
    await weighed(desk, going)
    staying = await asked_anew(desk)
    await desk.redactions.attach(staying.id, "calls.csv", b"another,one\n", KIM)
    await merged(desk, going, staying)
    assert [one.name for one in await files(desk, staying)] == ["calls.csv", "calls-2.csv"]
    marks = await desk.store.transact(lambda unit: unit.redactions.of_case(staying.id))
    assert [mark.place.key for mark in marks if mark.place.where is Where.FILE] == ["calls-2.csv"]


@pytest.mark.rule(22, refused=True)
async def test_what_was_left_out_is_left_out_in_the_case_that_is_split_off(desk: TestDesk) -> None:
    await on_record(desk)
    case = await asked(desk, R.ACCESS, R.PORTABILITY, text="my data, twice")
    await weighed(desk, case)
    casework, answering, now = desk.treatment.casework, desk.treatment.answering, desk.clock.now()
    fresh = await desk.store.transact(
        lambda unit: split(unit, casework, answering, case.id, [R.ACCESS], (), "two matters", KIM, now)
    )
    kept = {(Where.FIELD, "Bert Janssens"), (Where.FILE, "Bert Janssens")}
    assert await left_out(desk, fresh) == kept
    assert kept < await left_out(desk, case)
    for one in (case, fresh):  # a copy is open in both
        assert [added.name for added in await files(desk, one)] == ["calls.csv"]


@pytest.mark.rule(22, refused=True)
async def test_nothing_of_ann_goes_along_with_what_somebody_else_asked(desk: TestDesk) -> None:
    await on_record(desk)
    case = await asked(desk, R.PORTABILITY, text="the data I gave you")
    desk.reader.tell("and mine", R.ACCESS)
    await desk.mail("and mine", ZOE)
    desk.clock.turn(days=2)
    case = await merged(desk, await desk.case_of(ZOE), case)
    await weighed(desk, case)
    kept = await desk.store.transact(lambda unit: unit.inbox.correspondence(case.id))
    hers = [one.id for one in kept if one.message and one.message.sender.value == ZOE]
    casework, answering, now = desk.treatment.casework, desk.treatment.answering, desk.clock.now()
    zoes = await desk.store.transact(
        lambda unit: split(unit, casework, answering, case.id, [R.ACCESS], hers, "two people", KIM, now)
    )
    assert (await left_out(desk, zoes), await files(desk, zoes)) == (set(), [])
    assert len(await left_out(desk, case)) == 3


@pytest.mark.rule(22, refused=True)
async def test_what_was_added_for_one_person_is_never_handed_to_another(desk: TestDesk) -> None:
    await on_record(desk)
    await desk.know(ZOE, number="C-9", name="Zoe Z")
    going = await asked(desk, R.ACCESS, text="my data")
    await desk.redactions.attach(going.id, "calls.csv", CALLS, KIM)
    desk.reader.tell("mine too", R.ACCESS)
    await desk.mail("mine too", ZOE)
    await desk.mail(await desk.code(), ZOE)
    zoes = await merged(desk, going, await desk.case_of(ZOE))
    assert await files(desk, zoes) == []
    assert [one.name for one in await files(desk, going)] == ["calls.csv"]

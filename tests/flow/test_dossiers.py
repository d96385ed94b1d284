"""Packages: behind a link in an approved answer, opened with a code, to the address on record only."""

import asyncio
import json
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from bot.core.case import State
from bot.core.drafts import Draft, Role
from bot.core.errors import NotAllowed
from bot.core.letters import RecordField
from bot.core.messages import MAIL
from bot.core.packages import PATH, Package, PackageKind
from bot.core.records import Customer
from bot.core.rights import Flag, RequestType
from bot.core.shelves import Shelf
from bot.core.verdict import Outcome
from bot.core.vouching import Ground
from bot.flow.customers import CustomerImport
from bot.numbering import CountryNumbers
from replies import LetterWriter
from replies.policy import PUBLISHED
from tests.fakes.ports import CountedEntropy
from tests.flow.conftest import ANN, HOUSE, KIM, LEE, TestDesk, open_test_desk
from tests.flow.test_joining import hear, merged

OFFICE = "dupont@avocats.example"
LINK = "https://desk.example" + PATH


async def proven(desk: TestDesk, right: RequestType = RequestType.ACCESS, sender: str = ANN) -> Draft:
    """Let somebody ask and type the code back; return the answer that waits."""
    desk.reader.tell("My data, please.", right)
    await desk.mail("My data, please.", sender=sender)
    await desk.mail(await desk.code(), sender=sender)
    await desk.deliver()
    (draft,) = await desk.drafts()
    return draft


async def handed_over(desk: TestDesk, kind: PackageKind = PackageKind.ACCESS) -> tuple[Package, str]:
    """Make a package and let its answer leave; return it with its link's token."""
    package, draft = await desk.dossiers.make((await desk.case()).id, kind, KIM)
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()
    return package, token_in(draft)


def token_in(draft: Draft) -> str:
    return draft.body.partition(LINK)[2].split()[0]


async def sent_code(desk: TestDesk, token: str) -> str:
    """Ask for the code and return the one that was mailed."""
    before = len(desk.couriers[MAIL].to(ANN))
    assert await desk.dossiers.send_code(token)
    await desk.deliver()
    (mail,) = desk.couriers[MAIL].to(ANN)[before:]
    return mail.secret


async def test_the_person_opens_their_data_with_the_code_and_the_manifest_fits(desk: TestDesk) -> None:
    await desk.know(ANN)
    await proven(desk)
    package, token = await handed_over(desk)
    opened = await desk.dossiers.open(token, f" {(await sent_code(desk, token)).lower()} ")
    assert isinstance(opened, tuple)
    archive = ZipFile(BytesIO(opened[1]))
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest == json.loads(package.manifest)
    for one in manifest["files"]:
        assert sha256(archive.read(one["name"])).hexdigest() == one["sha256"]
    held = archive.read("data.txt").decode()
    assert "Ann Peeters" in held
    assert "My data, please." in held
    chain = await desk.store.transact(lambda unit: unit.audit.chain(package.case_id))
    events = [link.event for link in chain]
    assert events.index("package_made") < events.index("package_code_sent") < events.index("package_opened")


@pytest.mark.rule(45)
async def test_survey_identifiers_and_notes_of_contacts_go_into_the_copy_and_are_erased_with_it(desk: TestDesk) -> None:
    """Policy: what identifies somebody in a survey, and what was noted of contacts, is theirs wherever it is held."""
    file = ["number,name,emails,survey_id,contact_notes\n", f"C-1,Ann Peeters,{ANN},S-77-canary,rang twice in May\n"]
    await CustomerImport(desk.store, CountryNumbers("NL"), desk.clock, CountedEntropy()).run(file)
    await proven(desk)
    case_id = (await desk.case()).id
    await desk.redactions.attach(case_id, "survey.csv", b"question,answer\n1,canary\n", KIM)
    package, token = await handed_over(desk)
    opened = await desk.dossiers.open(token, await sent_code(desk, token))
    assert isinstance(opened, tuple)
    archive = ZipFile(BytesIO(opened[1]))
    assert {"S-77-canary", "rang twice in May"} <= set(archive.read("data.txt").decode().split("\n"))
    assert b"1,canary" in archive.read("survey.csv")
    await desk.erasures.erase("C-1", KIM, "case NX-1")
    desk.clock.turn(days=31)
    await desk.retention.run()
    assert not await desk.store.transact(lambda unit: unit.directory.numbered("C-1"))
    assert not await desk.store.transact(lambda unit: unit.enclosures.of_case(case_id))
    assert await desk.dossiers.offered(token) is None
    assert package.case_id == case_id


@pytest.mark.rule(26)
@pytest.mark.parametrize(("kind", "right"), [(PackageKind.ACCESS, "access"), (PackageKind.PORTABILITY, "portability")])
async def test_what_we_observed_is_taken_elsewhere_and_what_we_inferred_is_only_shown(
    database_url: str, tmp_path: Path, kind: PackageKind, right: str
) -> None:
    """Art. 20(1): orders and usage were provided; a score is ours, and stays in the copy of Art. 15(3)."""
    house = replace(HOUSE, inferred=frozenset({"score"}))
    fields = (RecordField("orders", "7 and 8 of May"), RecordField("score", "likely to leave"))
    async with open_test_desk(database_url, tmp_path / "keys.json", house, LetterWriter(PUBLISHED)) as desk:
        customer = Customer("id-C-1", "C-1", "Ann Peeters", (ANN,), fields=fields)
        await desk.store.transact(lambda unit: unit.directory.put(customer, desk.clock.now()))
        draft = await proven(desk, RequestType(right))
        package, _ = await desk.dossiers.make(draft.case_id, kind, KIM)
        data = await desk.store.transact(lambda unit: unit.packages.data(package.id))
    archive = ZipFile(BytesIO(data))
    held = b"".join(archive.read(name) for name in archive.namelist())
    assert b"7 and 8 of May" in held
    assert (b"likely to leave" in held) is (kind is PackageKind.ACCESS)


@pytest.mark.rule(45)
async def test_a_survey_that_ended_names_nobody_any_more(desk: TestDesk) -> None:
    """Policy: what identifies somebody goes once the survey is over; the next import of the file takes it from here."""
    customers = CustomerImport(desk.store, CountryNumbers("NL"), desk.clock, CountedEntropy())
    await customers.run(["number,name,emails,survey_id\n", f"C-1,Ann Peeters,{ANN},S-77-canary\n"])
    await customers.run(["number,name,emails\n", f"C-1,Ann Peeters,{ANN}\n"])
    await proven(desk)
    package, _ = await desk.dossiers.make((await desk.case()).id, PackageKind.ACCESS, KIM)
    data = await desk.store.transact(lambda unit: unit.packages.data(package.id))
    held = ZipFile(BytesIO(data)).read("data.txt").decode()
    assert "Ann Peeters" in held
    assert "S-77-canary" not in held


async def test_a_link_works_only_once_two_colleagues_let_its_answer_go(desk: TestDesk) -> None:
    await desk.know(ANN)
    waiting = await proven(desk)
    await desk.approval.approve(waiting.id, LEE)
    _, draft = await desk.dossiers.make((await desk.case()).id, PackageKind.ACCESS, KIM)
    assert draft.approvals == ()
    token = token_in(draft)
    assert await desk.dossiers.send_code(token) is None
    for colleague in (LEE, KIM):
        assert (await desk.approval.approve(draft.id, colleague)).id == draft.id
        assert await desk.dossiers.offered(token) is None  # half approved, then still in the outbox
    await desk.deliver()
    assert await desk.dossiers.offered(token) is not None


async def test_wrong_codes_are_counted_and_a_code_opens_once(desk: TestDesk) -> None:
    await desk.know(ANN)
    await proven(desk)
    _, token = await handed_over(desk)
    assert isinstance(await desk.dossiers.open(token, "7F3K-Q2M9"), Package)  # none was asked for yet
    code = await sent_code(desk, token)
    tries = await asyncio.gather(*(desk.dossiers.open(token, "7F3K-Q2M9") for _ in range(8)))
    assert all(isinstance(one, Package) for one in tries)
    assert isinstance(await desk.dossiers.open(token, code), Package)  # five were spent
    fresh = await sent_code(desk, token)
    assert isinstance(await desk.dossiers.open(token, code), Package)  # the older one does no more
    both = await asyncio.gather(*(desk.dossiers.open(token, fresh) for _ in range(2)))
    assert sorted(isinstance(one, tuple) for one in both) == [False, True]
    await sent_code(desk, token)
    before = len(desk.couriers[MAIL].to(ANN))
    assert await desk.dossiers.send_code(token)  # said the same, but a flood of mails does not leave
    await desk.deliver()
    assert len(desk.couriers[MAIL].to(ANN)) == before


async def test_a_code_ends_after_a_day_and_a_link_after_thirty(desk: TestDesk) -> None:
    await desk.know(ANN)
    await proven(desk)
    package, token = await handed_over(desk)
    code = await sent_code(desk, token)
    desk.clock.turn(hours=25)
    assert isinstance(await desk.dossiers.open(token, code), Package)
    desk.clock.turn(days=30)
    assert await desk.dossiers.offered(token) is None
    assert await desk.dossiers.send_code(token) is None
    assert await desk.dossiers.open(token, code) is None
    assert await desk.dossiers.offered("x" * 26) is None
    (fate,) = [fate for fate in await desk.retention.run() if fate.shelf is Shelf.PACKAGE]
    assert fate.count == 1
    (left,) = await desk.store.transact(lambda unit: unit.packages.of_case(package.case_id))
    assert left.manifest == package.manifest
    with pytest.raises(LookupError, match="were destroyed"):
        await desk.store.transact(lambda unit: unit.packages.data(package.id))


async def test_a_hold_keeps_a_package(desk: TestDesk) -> None:
    await desk.know(ANN)
    await proven(desk)
    package, _ = await handed_over(desk)
    await desk.retention.hold(package.case_id, KIM, "claim before the court")
    desk.clock.turn(days=31)
    assert any(fate.shelf is Shelf.PACKAGE and fate.held for fate in await desk.retention.run())
    assert await desk.store.transact(lambda unit: unit.packages.data(package.id))


async def test_no_package_for_an_address_that_is_not_on_record_of_exactly_one(desk: TestDesk) -> None:
    draft = await proven(desk, sender="stranger@example.net")
    with pytest.raises(NotAllowed, match="a package goes nowhere else"):
        await desk.dossiers.make(draft.case_id, PackageKind.ACCESS, KIM)
    for number in ("C-1", "C-2"):
        await desk.know("stranger@example.net", number=number)
    with pytest.raises(NotAllowed, match="of exactly one customer"):
        await desk.dossiers.make(draft.case_id, PackageKind.ACCESS, KIM)


async def test_no_package_that_was_not_asked_for_or_for_somebody_unproven(desk: TestDesk) -> None:
    await desk.know(ANN)
    desk.reader.tell("My data, please.", RequestType.ACCESS)
    await desk.mail("My data, please.")
    case = await desk.case()
    with pytest.raises(NotAllowed, match="somebody has to be proven first"):
        await desk.dossiers.make(case.id, PackageKind.ACCESS, KIM)
    await desk.mail(await desk.code())
    with pytest.raises(NotAllowed, match="no answer that grants portability waits"):
        await desk.dossiers.make(case.id, PackageKind.PORTABILITY, KIM)
    await desk.store.transact(lambda unit: unit.staff.add("rita@nexioprojects.com", Role.READER))
    with pytest.raises(NotAllowed, match="may not edit case"):
        await desk.dossiers.make(case.id, PackageKind.ACCESS, "rita@nexioprojects.com")


@pytest.mark.rule(17, refused=True)
async def test_a_link_is_dead_once_the_address_is_said_to_be_unsafe(desk: TestDesk) -> None:
    await desk.know(ANN)
    await proven(desk)
    _, token = await handed_over(desk)
    assert await desk.dossiers.offered(token)
    desk.reader.tell("He reads my mails.", RequestType.ACCESS, flags=frozenset({Flag.UNSAFE}))
    await desk.mail("He reads my mails.", references=tuple(one.message_id for one in await desk.outbox()))
    assert Flag.UNSAFE in (await desk.case()).flags
    assert await desk.dossiers.send_code(token) is None


@pytest.mark.rule(17, refused=True)
async def test_a_link_is_dead_too_once_the_case_that_carries_its_own_on_falls_silent(desk: TestDesk) -> None:
    await desk.know(ANN)
    await proven(desk)
    _, token = await handed_over(desk)
    thread = tuple(one.message_id for one in await desk.outbox())
    await hear(desk, "And erase it.", RequestType.ERASURE, references=thread)
    await hear(desk, "What do you know?", RequestType.INFORMATION, sender=OFFICE)
    case, other = sorted(await desk.cases(), key=lambda one: one.requester.value == OFFICE)
    await merged(desk, case, other)
    assert await desk.dossiers.offered(token)
    desk.reader.tell("He reads my mails.", RequestType.ACCESS, flags=frozenset({Flag.UNSAFE}))
    await desk.mail("He reads my mails.", references=thread)
    assert await desk.dossiers.offered(token) is None


async def test_the_real_letter_says_where_the_data_are_and_how_they_open(database_url: str, tmp_path: Path) -> None:
    writer = LetterWriter(replace(PUBLISHED, authority="NL"))
    async with open_test_desk(database_url, tmp_path / "keys.json", writer=writer) as desk:
        await desk.know(ANN)
        await proven(desk)
        _, draft = await desk.dossiers.make((await desk.case()).id, PackageKind.ACCESS, KIM)
        blocks = draft.body.split("\n\n")
        said = next(number for number, block in enumerate(blocks) if LINK in block)
        assert blocks[said].startswith("Your data are ready for you until 1 April 2026:\n" + LINK)
        assert said == 2  # after the greeting and the outcome
        assert LINK in draft.html
        flaws = writer.findings(draft)
        assert not [flaw for flaw in flaws if "fill in" not in str(flaw)]


@pytest.mark.rule(7)
async def test_what_was_answered_with_a_link_nobody_opened_comes_back(desk: TestDesk) -> None:
    """Rule 7: a never opened link reopens the item at its old date."""
    await desk.know(ANN)
    await proven(desk)
    package, _ = await handed_over(desk)
    (answered,) = (await desk.case()).items
    assert answered.state is State.ANSWERED
    desk.clock.turn(days=31)
    await desk.timers.ring()
    case = await desk.case()
    assert [(item.state, item.statutory_due) for item in case.items] == [(State.REVIEW, answered.statutory_due)]
    assert case.attention == "the person never opened the data we prepared"
    (draft,) = await desk.drafts()
    assert (draft.case_id, draft.case_version) == (package.case_id, case.version)


async def test_what_was_opened_stays_answered_when_its_files_go(desk: TestDesk) -> None:
    await desk.know(ANN)
    await proven(desk)
    package, token = await handed_over(desk)
    await desk.dossiers.open(token, await sent_code(desk, token))
    (kept,) = await desk.store.transact(lambda unit: unit.packages.of_case(package.case_id))
    assert kept.opened_at is not None
    desk.clock.turn(days=31)
    await desk.timers.ring()
    assert [item.state for item in (await desk.case()).items] == [State.ANSWERED]


async def test_an_agent_whose_mandate_was_seen_gets_the_persons_package(desk: TestDesk) -> None:
    """Rule 13: the package goes where the letter goes, and its link dies with the colleague's word."""
    await vouched(desk)
    package, draft = await desk.dossiers.make((await desk.case()).id, PackageKind.ACCESS, KIM)
    assert (package.recipient.value, package.vouched_for) == (OFFICE, "id-C-1")
    desk.clock.turn(hours=73)  # the person on record could object
    for colleague in (KIM, LEE):
        await desk.approval.approve(draft.id, colleague)
    await desk.deliver()
    token = token_in(draft)
    assert await desk.dossiers.send_code(token)
    await desk.deliver()
    opened = await desk.dossiers.open(token, desk.couriers[MAIL].to(OFFICE)[-1].secret)
    assert isinstance(opened, tuple)
    assert "Ann Peeters" in ZipFile(BytesIO(opened[1])).read("data.txt").decode()
    await desk.vouching.take_back(package.case_id, "the mandate was forged", LEE)
    assert await desk.dossiers.offered(token) is None


async def test_a_word_given_for_one_request_opens_no_package_for_another(desk: TestDesk) -> None:
    await vouched(desk)
    desk.reader.tell("and to take elsewhere", RequestType.PORTABILITY)
    await desk.mail("and to take elsewhere", OFFICE)
    case = await desk.case()
    await desk.outcomes.choose_in(
        case.id,
        {RequestType.ACCESS: Outcome.GRANTED, RequestType.PORTABILITY: Outcome.GRANTED},
        KIM,
    )
    for kind in PackageKind:
        with pytest.raises(NotAllowed, match="a package goes nowhere else"):
            await desk.dossiers.make(case.id, kind, KIM)


async def vouched(desk: TestDesk) -> None:
    """Let an agent ask for Ann's data and show their mandate."""
    await desk.know(ANN)
    desk.reader.tell("for Ann Peeters", RequestType.ACCESS, flags=frozenset({Flag.AGENT}))
    await desk.mail("for Ann Peeters", OFFICE)
    case = await desk.case()
    await desk.approval.ask_identity(case.id, KIM)
    await desk.mail(await desk.code(), OFFICE)
    await desk.vouching.vouch(case.id, Ground.MANDATE, ANN, "covers access and receipt", KIM)
    await desk.deliver()

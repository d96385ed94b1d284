"""What a case leaves behind: its history in one order, and the pack that an authority can check without us."""

import json
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO

import pytest
from pypdf import PdfReader

from bot.core.drafts import Role
from bot.core.errors import NotAllowed
from bot.core.messages import Authentication
from bot.core.rights import RequestType
from bot.core.unit import Unit
from bot.core.vouching import Ground
from bot.flow.admission import record_conflict
from bot.flow.history import history_of
from bot.flow.joining import merge, split
from bot.flow.regulator_pack import PAGE, SUMS, PackDesk
from replies.case_page import print_case
from tests.flow.conftest import ANN, KIM, TestDesk
from tests.storage.insider import run

R = RequestType
RIA = "ria@nexioprojects.com"
EVIL = "<script>alert(1)</script> & you leaked my address"


async def complained(desk: TestDesk, text: str = EVIL) -> str:
    """Let Ann complain, Kim answer, and return the case's id."""
    desk.reader.tell(text, R.COMPLAINT)
    await desk.mail(text, subject="You <again>")
    desk.clock.turn(hours=2)
    (draft,) = await desk.drafts()
    await desk.approval.approve(draft.id, KIM)
    await desk.deliver()
    return (await desk.case()).id


async def packed(desk: TestDesk, case_id: str, staff: str = KIM) -> Mapping[str, bytes]:
    desk_of_packs, now = PackDesk("Nexio Projects", print_case), desk.clock.now()
    return await desk.store.transact(lambda unit: desk_of_packs.pack(unit, unit.cases.get(case_id), staff, now))


def read(files: Mapping[str, bytes]) -> str:
    """Return the words of a pack's page."""
    pages = PdfReader(BytesIO(files[PAGE])).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u200b", "").split())


async def test_the_history_tells_in_order_who_did_what_and_when(desk: TestDesk) -> None:
    case_id = await complained(desk)
    told = await desk.store.transact(lambda unit: history_of(unit, unit.cases.get(case_id), KIM))
    assert list(told) == sorted(told, key=lambda one: one.at)
    milestones = [(one.who, one.what) for one in told if one.what in {"wrote", "opened", "approved"}]
    assert milestones == [(f"email:{ANN}", "wrote"), ("desk", "opened"), (KIM, "approved")]
    assert told[-1].facts["state"] == "sent"


async def test_the_history_of_a_case_holds_that_of_the_cases_that_joined_it(desk: TestDesk) -> None:
    for text in ("You leaked my address.", "You leaked my phone."):
        desk.reader.tell(text, R.COMPLAINT)
        await desk.mail(text, authentication=Authentication())
    first, second = sorted(await desk.cases(), key=lambda case: case.opened_at)
    casework, answering, now = desk.treatment.casework, desk.treatment.answering, desk.clock.now()

    def join(unit: Unit) -> None:
        merge(unit, casework, answering, second.id, first.id, "one matter", KIM, now)

    await desk.store.transact(join)
    told = await desk.store.transact(lambda unit: history_of(unit, unit.cases.get(first.id), KIM))
    assert {one.reference for one in told} == {first.reference, second.reference}
    assert [one.what for one in told].count("wrote") == 2


@pytest.mark.rule(31)
async def test_neither_history_nor_pack_names_what_parted_from_a_case_and_is_kept_from_its_reader(
    desk: TestDesk,
) -> None:
    """The chain stays whole for the authority: the link has its hash, and its words wait for another officer."""
    desk.reader.tell(EVIL, R.ACCESS, R.COMPLAINT)
    await desk.mail(EVIL)
    came, casework, now = await desk.case(), desk.treatment.casework, desk.clock.now()
    parted = await desk.store.transact(
        lambda unit: split(unit, casework, desk.treatment.answering, came.id, [R.COMPLAINT], (), "apart", KIM, now)
    )

    async def told(staff: str) -> str:
        happened = await desk.store.transact(lambda unit: history_of(unit, unit.cases.get(came.id), staff))
        return repr(happened)

    assert all([parted.reference in await told(staff) for staff in (KIM, RIA, "")])
    await desk.store.transact(lambda unit: unit.staff.add(RIA, Role.DPO))
    await desk.store.transact(lambda unit: record_conflict(unit, desk.treatment.answering, parted.id, RIA, KIM, now))
    for staff, sees in ((KIM, True), (RIA, False), (RIA.upper(), False), ("", False)):
        assert (parted.reference in await told(staff)) is sees
    for staff, sees in ((KIM, True), (RIA, False)):
        files = await packed(desk, came.id, staff)
        assert (parted.reference.encode() in b"".join(files.values()) or parted.reference in read(files)) is sees
    (chain,) = json.loads(files["history.json"])["chains"]
    (kept_back,) = [number for number, link in enumerate(chain) if not link["proof"]]
    assert json.loads(chain[kept_back + 1]["proof"])[-1] == chain[kept_back]["hash"]


@pytest.mark.rule(46)
async def test_every_reason_a_colleague_gave_can_be_read_by_whoever_may_see_the_case(desk: TestDesk) -> None:
    await desk.know(ANN)
    desk.reader.tell("My data, please.", R.ACCESS)
    await desk.mail("My data, please.")
    case_id = (await desk.case()).id
    await desk.breaches.raise_alarm(case_id, KIM, "went to another Ann")
    await desk.breaches.assessed(case_id, KIM, "returned unread")
    await desk.retention.hold(case_id, KIM, "claim before the court")
    await desk.retention.release(case_id, KIM, "claim withdrawn")
    await desk.vouching.vouch(case_id, Ground.OWN_ADDRESS, ANN, "the agent has no mandate", KIM)
    await desk.vouching.take_back(case_id, "it was no agent", KIM)
    told = await desk.store.transact(lambda unit: history_of(unit, unit.cases.get(case_id), KIM))
    whys = {one.what: one.facts["why"] for one in told if one.who == KIM}
    assert whys == {
        "breach_seen": "went to another Ann",
        "breach_assessed": "returned unread",
        "held": "claim before the court",
        "released": "claim withdrawn",
        "vouched": "the agent has no mandate",
        "vouch_ended": "it was no agent",
    }
    assert "the agent has no mandate" in read(await packed(desk, case_id))


async def test_an_authority_can_check_every_file_and_every_link_without_us(desk: TestDesk) -> None:
    case_id = await complained(desk)
    files = await packed(desk, case_id)
    listed = [line.partition("  ") for line in files[SUMS].decode().splitlines()]
    sums = {name: digest for digest, _, name in listed}
    assert sums == {name: sha256(content).hexdigest() for name, content in files.items() if name != SUMS}
    history = json.loads(files["history.json"])
    (chain,) = history["chains"]
    previous = "0" * 64
    for link in chain:
        assert sha256(link["proof"].encode()).hexdigest() == link["hash"]
        assert json.loads(link["proof"])[-1] == previous
        previous = link["hash"]
    assert history["problems"] == []


async def test_the_pack_holds_the_originals_and_our_letters_and_no_markup_of_strangers(desk: TestDesk) -> None:
    case_id = await complained(desk)
    files = await packed(desk, case_id)
    (kept,) = await desk.store.transact(lambda unit: unit.inbox.correspondence(case_id))
    assert files["messages/0001.eml"] == await desk.store.transact(lambda unit: unit.inbox.raw(kept.id))
    letters = [files[name].decode() for name in sorted(files) if name.startswith("letters/")]
    assert [ANN in letter for letter in letters] == [True] * len(await desk.outbox())
    page = read(files)
    assert EVIL in page
    assert sha256(files["messages/0001.eml"]).hexdigest() in page.replace(" ", "")
    assert "is whole" in page


async def test_the_page_tells_the_case_in_the_order_of_time(desk: TestDesk) -> None:
    case_id = await complained(desk)
    page = read(await packed(desk, case_id))
    told = (
        EVIL,
        "desk opened",
        "kind: acknowledgement question",
        f"{KIM} approved",
        "kind: answer question",
        "proves it",
    )
    assert [page.index(said) for said in told] == sorted(page.index(said) for said in told)


async def test_a_code_stands_in_no_pack(desk: TestDesk) -> None:
    await desk.know(ANN)
    desk.reader.tell("My data, please.", R.ACCESS)
    await desk.mail("My data, please.")
    code = await desk.code()
    files = await packed(desk, (await desk.case()).id)
    assert not any(code.encode() in content for content in files.values())


async def test_an_original_that_was_destroyed_is_said_to_be(desk: TestDesk, database_url: str) -> None:
    case_id = await complained(desk)
    run(database_url, "DELETE FROM part_keys")
    files = await packed(desk, case_id)
    assert not any(name.startswith("messages/") for name in files)
    assert "The original was destroyed" in read(files)


async def test_a_damaged_history_is_said_in_the_pack_of_its_case_alone(desk: TestDesk, database_url: str) -> None:
    case_id = await complained(desk)
    desk.reader.tell("Correct my name.", R.RECTIFICATION)
    await desk.mail("Correct my name.", "zoe@example.net")
    other = (await desk.case_of("zoe@example.net")).id
    run(database_url, f"UPDATE audit_links SET actor = 'nobody' WHERE case_id = '{case_id}' AND seq = 2")
    page = read(await packed(desk, case_id))
    assert "is not whole" in page
    assert "link 2 was changed" in page
    assert "is whole" in read(await packed(desk, other))


async def test_only_the_officer_takes_a_whole_case_out_and_that_is_on_file(desk: TestDesk) -> None:
    case_id = await complained(desk)
    await desk.store.transact(lambda unit: unit.staff.add(RIA, Role.APPROVER))
    with pytest.raises(NotAllowed, match="ask an administrator for the role dpo"):
        await packed(desk, case_id, RIA)
    files = await packed(desk, case_id)
    chain = await desk.store.transact(lambda unit: unit.audit.chain(case_id))
    (link,) = [link for link in chain if link.event == "packed"]
    assert (link.actor, link.data["sums"]) == (KIM, sha256(files[SUMS]).hexdigest())

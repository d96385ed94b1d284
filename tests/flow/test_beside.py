"""What the desk itself holds of a person, beside the record and the case at hand, is part of the answer (Art. 15)."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Unpack
from zipfile import ZipFile

import pytest

from bot.core.case import Case, Lane, State
from bot.core.drafts import DraftStatus
from bot.core.packages import PackageKind
from bot.core.rights import Entity, Flag, RequestType
from bot.core.unit import Unit
from replies import LetterWriter
from replies.markup import OPEN_SLOT
from replies.policy import PUBLISHED
from tests.fakes.said import CaseFields
from tests.flow.conftest import ANN, KIM, LEE, TestDesk, open_test_desk
from tests.flow.test_dossiers import proven, sent_code, token_in

BOB = "bob@example.net"
NOTHING = f"Apart from this exchange, we found nothing under {ANN}."
NOTHING_ELSE = f"Apart from this exchange and what follows, we found nothing under {ANN}."


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[TestDesk]:
    """Open a desk that writes real letters."""
    async with open_test_desk(
        database_url, tmp_path / "keys.json", writer=LetterWriter(replace(PUBLISHED, authority="NL"))
    ) as opened:
        yield opened


async def asked_before(desk: TestDesk, sender: str = ANN, **changes: Unpack[CaseFields]) -> Case:
    """Let somebody have asked something a month ago, in a case that has ended as a test wants it."""
    desk.reader.tell("Please correct my name.", RequestType.RECTIFICATION)
    await desk.mail("Please correct my name.", sender=sender, message_id=f"<before.{sender}>")
    case = await desk.case_of(sender)
    ended = tuple(replace(item, state=State.CLOSED) for item in case.items)

    def end(unit: Unit) -> None:
        for draft in unit.drafts.listed(DraftStatus.WAITING, case.id):
            unit.drafts.save(replace(draft, status=DraftStatus.STALE))
        unit.cases.save(replace(case, items=ended, **changes))

    await desk.store.transact(end)
    desk.clock.turn(days=30)
    return case


@pytest.mark.rule(21)
async def test_who_opted_out_before_is_not_told_that_nothing_is_held(desk: TestDesk) -> None:
    desk.reader.tell("Stop your newsletter.", RequestType.UNSUBSCRIBE)
    await desk.mail("Stop your newsletter.", message_id="<stop@example.org>")
    await desk.deliver()
    desk.clock.turn(days=30)
    draft = await proven(desk)
    assert NOTHING_ELSE in draft.body
    assert "\n- Opt-out of 2 March 2026: all marketing and all survey invitations\n" in draft.body
    assert "We keep opt-outs so that they stay in effect, and requests so that we can show" in draft.body
    (before,) = [case for case in await desk.cases() if case.id != draft.case_id]
    assert f"\n- Request {before.reference}, received on 2 March 2026\n" in draft.body


@pytest.mark.rule(21)
async def test_a_copy_of_the_record_names_earlier_requests_too_in_the_letter_and_in_the_package(desk: TestDesk) -> None:
    await desk.know(ANN)
    before = await asked_before(desk)
    draft = await proven(desk)
    case = next(case for case in await desk.cases() if case.id == draft.case_id)
    assert f"\n- Request {before.reference}, received on 2 March 2026\n" in draft.body
    _, linked = await desk.dossiers.make(case.id, PackageKind.ACCESS, KIM)
    linked = await desk.approval.edit(linked.id, KIM, body=OPEN_SLOT.sub("none", linked.body))
    for colleague in (KIM, LEE):
        await desk.approval.approve(linked.id, colleague)
    await desk.deliver()
    opened = await desk.dossiers.open(token_in(linked), await sent_code(desk, token_in(linked)))
    assert isinstance(opened, tuple)
    archive = ZipFile(BytesIO(opened[1]))
    data = json.loads(archive.read("data.json"))
    assert data["other_requests"] == [{"reference": before.reference, "received_on": "2026-03-02"}]
    assert f"Request {before.reference}, received on 2 March 2026" in archive.read("index.html").decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"lane": Lane.DPO},
        {"lane": Lane.HR},
        {"complained_of": frozenset({KIM})},
        {"flags": frozenset({Flag.UNSAFE})},
        {"flags": frozenset({Flag.IDENTITY_THEFT})},
    ],
)
@pytest.mark.rule(31, refused=True)
async def test_what_fewer_colleagues_see_is_not_named_to_all(desk: TestDesk, changes: CaseFields) -> None:
    before = await asked_before(desk, **changes)
    draft = await proven(desk)
    assert NOTHING in draft.body
    assert before.reference not in draft.body


@pytest.mark.rule(16, refused=True)
async def test_a_request_of_somebody_else_that_only_names_the_address_is_not_theirs(desk: TestDesk) -> None:
    named = (Entity("email", ANN, 0, len(ANN)),)
    desk.reader.tell("My old address, my data.", RequestType.ACCESS, entities=named)
    await desk.mail("My old address, my data.", sender=BOB)
    before = await desk.case_of(BOB)
    await desk.approval.ask_identity(before.id, KIM, at=ANN)
    await desk.deliver()
    draft = await proven(desk)
    assert NOTHING in draft.body
    assert before.reference not in draft.body

"""What a person chose to read in a chat, recorded on the case page and by a program, over real HTTP."""

from typing import Any

import pytest

from bot.core.drafts import Role
from bot.core.vouching import Ground
from tests.flow.conftest import KIM, LEE
from tests.flow.test_without_mail import asks_for_a_call
from tests.integration.console.conftest import Console
from tests.integration.console.programs import program
from tests.integration.console.test_api_life import upon

FORM = {"field": "address", "how": "read_out", "reason": "wants it here"}


@pytest.mark.rule(42)
async def test_the_officer_records_and_ends_it_on_the_case_page(console: Console) -> None:
    desk = console.desk
    case_id = await asks_for_a_call(desk)
    case = f"/cases/{(await desk.case()).reference}"
    kim = await console.colleague(KIM, Role.DPO)
    assert "They want the answer in this chat" not in await kim.open(case)
    await desk.vouching.vouch(case_id, Ground.DOCUMENT, "C-7", "saw it", LEE)
    page = await kim.open(case)
    assert "They have to know first: “The platform reads along, in en.”" in page
    assert 'value="address"' in page
    assert 'value="health_note"' not in page
    assert "Choose how the person heard" in await kim.send(f"{case}/choose", 422, **FORM | {"how": "dreamt"})
    assert "goes on file" in await kim.send(f"{case}/choose", 422, **FORM | {"reason": " "})
    assert "may not stand in a chat" in await kim.send(f"{case}/choose", 422, **FORM | {"field": "health_note"})
    page = await kim.send(f"{case}/choose", **FORM)
    assert "The choice is on file" in page
    assert "Chosen for this chat" in page
    assert "recorded what they chose to read in the chat" in page
    page = await kim.send(f"{case}/unchoose", reason="rather by post")
    assert "Nothing on record leaves for this chat any more" in page
    assert "Chosen for this chat" not in page


@pytest.mark.rule(42)
async def test_a_program_of_the_officers_records_and_ends_it(console: Console) -> None:
    desk = console.desk
    case_id = await asks_for_a_call(desk)
    await desk.vouching.vouch(case_id, Ground.DOCUMENT, "C-7", "saw it", LEE)
    reference = (await desk.case()).reference
    kim = await program(console, KIM, Role.DPO)
    never: dict[str, Any] = {"fields": ["health_note"], "how": "read_out", "reason": "wants it here"}
    assert "may not stand in a chat" in (await upon(kim, reference, "choose", 409, **never))["detail"]
    await upon(kim, reference, "choose", 422, **never | {"how": "dreamt"})
    await upon(kim, reference, "choose", **never | {"fields": ["address"]})
    (draft,) = await kim.listed("/drafts")
    assert (draft["recipient"], "Dorpsstraat 7" in draft["body"], "epilepsy" in draft["body"]) == ("777", True, False)
    await upon(kim, reference, "unchoose", reason="rather by post")
    (draft,) = await kim.listed("/drafts")
    assert draft["recipient"].startswith("Ann Peeters, Dorpsstraat 7")
    assert "nothing is chosen" in (await upon(kim, reference, "unchoose", 409, reason="again"))["detail"]


@pytest.mark.rule(42, refused=True)
async def test_another_role_can_not_even_see_that_it_could(console: Console) -> None:
    desk = console.desk
    case_id = await asks_for_a_call(desk)
    await desk.vouching.vouch(case_id, Ground.DOCUMENT, "C-7", "saw it", KIM)
    case = f"/cases/{(await desk.case()).reference}"
    max_ = await console.colleague("max@nexioprojects.com", Role.APPROVER)
    assert "They want the answer in this chat" not in await max_.open(case)
    await max_.send(f"{case}/choose", 403, **FORM)
    assert (await desk.case()).choice is None

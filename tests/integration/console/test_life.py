"""What colleagues do with whole cases in a browser: carry one on in another, take an ended one up again."""

from bot.core.drafts import Role
from bot.core.messages import Authentication
from bot.core.rights import RequestType
from tests.flow.conftest import ANN, KIM
from tests.integration.console.conftest import Console

ZOE = "zoe@example.net"


async def asks(console: Console, text: str, sender: str = ANN) -> str:
    """Let somebody ask for a correction by a mail nobody can authenticate, and return the reference."""
    console.desk.reader.tell(text, RequestType.RECTIFICATION)
    await console.desk.mail(text, sender, authentication=Authentication())
    return max(await console.desk.cases(), key=lambda case: case.opened_at).reference


async def test_a_case_is_carried_on_in_another_one(console: Console) -> None:
    first, second = await asks(console, "My name is Ann."), await asks(console, "Ann, not Anne!")
    kim = await console.colleague(KIM, Role.APPROVER)
    await kim.open(f"/cases/{second}")
    assert "there is no case NX-NONE" in await kim.send(f"/cases/{second}/merge", 422, into="nx-none", reason="twice")
    assert "the reason goes on file" in await kim.send(f"/cases/{second}/merge", 422, into=first, reason=" ")
    assert "into itself" in await kim.send(f"/cases/{second}/merge", 422, into=second, reason="twice")
    shown = await kim.send(f"/cases/{second}/merge", into=first, reason="asked twice")
    assert "carried on in the other one" in shown
    assert "carried it on in another case" in shown
    assert "Ann, not Anne!" in await kim.open(f"/cases/{first}")


async def test_an_ended_case_is_taken_up_again_for_a_reason(console: Console) -> None:
    reference = await asks(console, "My name is Ann.", ZOE)
    kim = await console.colleague(KIM, Role.APPROVER)
    await kim.open(f"/cases/{reference}")
    assert "Take the case up again" not in await kim.open(f"/cases/{reference}")
    await kim.send(f"/cases/{reference}/close", reason="spam")
    assert "Take the case up again" in await kim.open(f"/cases/{reference}")
    assert "the reason goes on file" in await kim.send(f"/cases/{reference}/reopen", 422, reason="")
    assert "took the case up again" in await kim.send(f"/cases/{reference}/reopen", reason="no spam at all")


async def test_the_history_says_why_in_the_colleague_s_language_and_shows_no_ids(console: Console) -> None:
    reference, case_id = await asks(console, "My name is Ann."), (await console.desk.case()).id
    kim = await console.colleague(KIM, Role.APPROVER)
    await kim.open(f"/cases/{reference}")
    await kim.send(f"/cases/{reference}/close", reason="it was <b>settled</b> on the phone")
    history = (await kim.open(f"/cases/{reference}")).partition('class="history"')[2].partition("</ol>")[0]
    assert "<br>it was &lt;b&gt;settled&lt;/b&gt; on the phone</li>" in history
    assert "sender: " in history
    await kim.send("/account/language", language="fr")
    history = (await kim.open(f"/cases/{reference}")).partition('class="history"')[2].partition("</ol>")[0]
    assert "expéditeur\xa0: " in history
    assert "preuve\xa0: " in history
    for link in await console.desk.store.transact(lambda unit: unit.audit.chain(case_id)):
        for name in {"draft", "outgoing", "message", "seal"} & set(link.data):
            assert link.data[name] not in history

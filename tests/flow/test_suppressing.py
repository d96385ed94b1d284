"""Opt-outs that colleagues enter and lift, and the question whoever sends mailings asks first (law.md rule 28)."""

import pytest

from bot.core.case import State
from bot.core.drafts import Role
from bot.core.errors import BadInput, NotAllowed
from bot.core.messages import MAIL, PHONE, Handle
from bot.core.records import Customer
from bot.core.rights import Entity, RequestType, Scope
from tests.flow.conftest import ANN, KIM, LEE, TestDesk

MOBILE = "+31612345678"
DORA = "dora@nexioprojects.com"


async def allowed(desk: TestDesk, scope: Scope, *recipients: str) -> list[bool]:
    return [one.allowed for one in await desk.suppressions.check(recipients, scope)]


async def test_a_stop_said_on_the_phone_reaches_all_on_record_and_is_on_file(desk: TestDesk) -> None:
    customer = Customer("id-C-7", "C-7", "Ann Peeters", (ANN,), (MOBILE,))
    await desk.store.transact(lambda unit: unit.directory.put(customer, desk.clock.now()))
    stopped = await desk.suppressions.add(f" {ANN.upper()} ", Scope.ALL, KIM, "she rang at noon")
    assert Handle(PHONE, MOBILE) in stopped
    assert await desk.suppressions.add(ANN, Scope.ALL, KIM, "again") == []
    assert await allowed(desk, Scope.POST, ANN, "06 12345678", "customer:C-7", "bea@example.net") == [
        *(False, False, False),
        True,
    ]
    chain = await desk.suppressions.history(KIM)
    assert {(link.actor, link.event, link.why) for link in chain} == {(KIM, "suppressed", "she rang at noon")}
    with pytest.raises(NotAllowed, match="see why mailings were stopped"):
        await desk.suppressions.history("stranger@example.net")
    assert not any("noon" in str(link.data) or ANN in str(link.data) for link in chain)


@pytest.mark.parametrize("written", ["06-12345678", "0031 6 12345678", "+31 (0)6 1234 5678", "phone:0612345678"])
async def test_a_number_is_the_same_however_it_is_written(desk: TestDesk, written: str) -> None:
    await desk.suppressions.add(MOBILE, Scope.PHONE, KIM, "she rang")
    assert await allowed(desk, Scope.PHONE, written, "+32 6 12345678") == [False, True]


@pytest.mark.rule(28)
async def test_a_lifted_stop_lets_that_kind_go_to_that_address_only(desk: TestDesk) -> None:
    for scope in (Scope.EMAIL, Scope.SURVEY):
        await desk.suppressions.add(ANN, scope, KIM, "she wrote")
    await desk.suppressions.lift(ANN, Scope.EMAIL, KIM, "she signed up again")
    assert await allowed(desk, Scope.EMAIL, ANN) == [True]
    assert await allowed(desk, Scope.SURVEY, ANN) == [False]
    with pytest.raises(NotAllowed, match="email is not stopped"):
        await desk.suppressions.lift(ANN, Scope.EMAIL, KIM, "twice")
    desk.reader.tell("Stop.", RequestType.UNSUBSCRIBE, scopes=frozenset({Scope.EMAIL}))
    await desk.mail("Stop.")
    assert await allowed(desk, Scope.EMAIL, ANN) == [False]  # a new word counts again


@pytest.mark.rule(28)
async def test_who_gets_no_mailings_is_still_answered(desk: TestDesk) -> None:
    await desk.know(ANN)
    await desk.suppressions.add(ANN, Scope.ALL, KIM, "she wrote")
    desk.reader.tell("my data", RequestType.ACCESS)
    await desk.mail("my data")
    await desk.mail(await desk.code())
    (answer,) = await desk.drafts()
    for colleague in (KIM, LEE):
        await desk.approval.approve(answer.id, colleague)
    await desk.deliver()
    (case,) = await desk.cases()
    assert case.items[0].state is State.ANSWERED
    assert any("Canary Lane 7" in mail.body for mail in desk.couriers[MAIL].to(ANN))


async def test_a_stop_of_everything_is_not_lifted_by_halves(desk: TestDesk) -> None:
    await desk.suppressions.add(ANN, Scope.ALL, KIM, "she wrote")
    with pytest.raises(NotAllowed, match="all mailings are: lift that"):
        await desk.suppressions.lift(ANN, Scope.POST, KIM, "the catalogue")
    assert await allowed(desk, Scope.POST, ANN) == [False]


async def test_without_the_role_or_a_reason_nothing_changes(desk: TestDesk) -> None:
    await desk.suppressions.add(ANN, Scope.EMAIL, KIM, "she wrote")
    await desk.store.transact(lambda unit: unit.staff.add(DORA, Role.DRAFTER))
    with pytest.raises(NotAllowed, match="may not let mailings go out again"):
        await desk.suppressions.lift(ANN, Scope.EMAIL, DORA, "she wants it")
    with pytest.raises(NotAllowed, match="may not stop mailings"):
        await desk.suppressions.add(ANN, Scope.POST, "stranger@example.com", "a joke")
    for deed in (desk.suppressions.add, desk.suppressions.lift):
        with pytest.raises(NotAllowed, match="say why"):
            await deed(ANN, Scope.EMAIL, KIM, "  ")
        with pytest.raises(BadInput, match="'nobody' is no e-mail address"):
            await deed("nobody", Scope.EMAIL, KIM, "she wrote")
    assert await allowed(desk, Scope.EMAIL, ANN) == [False]
    assert await allowed(desk, Scope.POST, ANN) == [True]


async def test_a_long_list_keeps_its_order_and_what_names_nobody_is_blocked(desk: TestDesk) -> None:
    many = [f"p{number}@example.com" for number in range(1200)]
    await desk.suppressions.add(many[700], Scope.EMAIL, KIM, "she wrote")
    checked = await desk.suppressions.check([*many, "", "Ann Peeters"], Scope.EMAIL)
    assert [one.written for one in checked] == [*many, "Ann Peeters"]
    assert [one.written for one in checked if not one.allowed] == [many[700], "Ann Peeters"]
    assert checked[-1].handle is None
    with pytest.raises(BadInput, match="a mailing is of one kind"):
        await desk.suppressions.check(many, Scope.ALL)


async def test_a_number_named_in_a_mail_is_stopped_with_its_country_code(desk: TestDesk) -> None:
    entity = Entity("phone", "06 1234 56 78", 0, 13)
    desk.reader.tell("No calls.", RequestType.UNSUBSCRIBE, scopes=frozenset({Scope.PHONE}), entities=(entity,))
    await desk.mail("No calls.")
    listed = await desk.store.transact(lambda unit: unit.suppressions.listed())
    assert Handle(PHONE, MOBILE) in {one.handle for one in listed}

"""Over generated histories: whoever writes what, in whichever order, data leave only to the address on record.

Attackers see every mailbox but their victim's, thread into any conversation, forge senders and type any code that was
ever sent to them. Colleagues approve everything they are allowed to.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.drafts import DraftKind
from bot.core.errors import NotApprovable
from bot.core.messages import MAIL, TELEGRAM, Authentication, Verdict
from bot.core.rights import Act, Entity, Flag, RequestType, Scope
from tests.flow.conftest import KIM, LEE, TestDesk, open_test_desk

ANN, BOB, ZOE, MALLORY = "ann@example.com", "bob@example.org", "zoe@example.net", "mallory@example.com"
CANARIES = {ANN: "CANARY-ANN", BOB: "CANARY-BOB"}
FORGED = Authentication(dmarc=Verdict.FAIL, policy="reject")


class Deed(StrEnum):
    """What somebody does next."""

    ASK_ACCESS = "I want my data"
    ASK_ERASURE = "erase me"
    ASK_BOTH = "my data, then erase me"
    STOP = "stop"
    COMPLAIN = "you leaked it"
    TYPE_OWN_CODE = "types the last code that reached the own mailbox"
    GUESS = "K7QM-2XPA"
    NAME_ANN = "my address is ann@example.com"
    NAME_BOB = "my address is bob@example.org"
    CHAT_MESSAGE = "hello?"
    AUTOMATIC = "I am away"


@dataclass(frozen=True)
class Step:
    """One thing that happens: somebody does something, or time passes and colleagues work."""

    who: str
    deed: Deed
    chat: bool
    forged: bool
    threads: bool
    hours: int
    approve: bool


STEPS = st.builds(
    Step,
    who=st.sampled_from([ANN, BOB, ZOE, MALLORY]),
    deed=st.sampled_from(Deed),
    chat=st.booleans(),
    forged=st.sampled_from([False, False, True]),
    threads=st.booleans(),
    hours=st.sampled_from([0, 0, 1, 25, 300]),
    approve=st.booleans(),
)


def teach(desk: TestDesk) -> None:
    tell = desk.reader.tell
    tell(Deed.ASK_ACCESS, RequestType.ACCESS)
    tell(Deed.ASK_ERASURE, RequestType.ERASURE)
    tell(Deed.ASK_BOTH, RequestType.ACCESS, RequestType.ERASURE)
    tell(Deed.STOP, RequestType.UNSUBSCRIBE, scopes=frozenset({Scope.ALL}))
    tell(Deed.COMPLAIN, RequestType.COMPLAINT, flags=frozenset({Flag.BREACH}))
    for deed, address in ((Deed.NAME_ANN, ANN), (Deed.NAME_BOB, BOB)):
        tell(deed, act=Act.ANSWER, entities=(Entity("email", address, 0, len(address)),))


async def play(steps: Sequence[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with open_test_desk(f"sqlite:///{folder}/intake.db", Path(folder) / "keys.json") as desk:
            teach(desk)
            for number, (address, canary) in enumerate(CANARIES.items()):
                await desk.know(address, number=f"C-{number}", name=canary, secret=canary)
            for step in steps:
                await act(desk, step)
                await desk.deliver()
                check(desk)


async def act(desk: TestDesk, step: Step) -> None:
    desk.clock.turn(hours=step.hours)
    text = own_code(desk, step) if step.deed is Deed.TYPE_OWN_CODE else step.deed.value
    if step.chat:
        await desk.chat(text, sender=str(1000 + len(step.who)))
    else:
        references = tuple(one.message_id for one in desk.couriers[MAIL].sent[-1:]) if step.threads else ()
        authentication = FORGED if step.forged else Authentication(dmarc=Verdict.PASS)
        automatic = "auto-replied" if step.deed is Deed.AUTOMATIC else ""
        await desk.mail(text, step.who, references=references, authentication=authentication, automatic=automatic)
    if step.approve:
        for draft in await desk.drafts():
            for colleague in (KIM, LEE):
                try:
                    await desk.approval.approve(draft.id, colleague)
                except NotApprovable:
                    continue


def own_code(desk: TestDesk, step: Step) -> str:
    """A forger does not read the mailbox whose name is on the From line."""
    if step.forged:
        return Deed.GUESS.value
    return next((one.secret for one in reversed(desk.couriers[MAIL].to(step.who)) if one.secret), "no code")


def check(desk: TestDesk) -> None:
    for channel in (MAIL, TELEGRAM):
        for one in desk.couriers[channel].sent:
            for address, canary in CANARIES.items():
                if canary in one.subject + one.body + one.html:
                    assert (one.recipient.channel, one.recipient.value) == (MAIL, address), one
            if one.recipient.channel == TELEGRAM:
                assert one.kind is not DraftKind.ANSWER or not any(a in one.body for a in CANARIES)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, min_size=1, max_size=12))
def test_data_reach_only_the_address_on_record(steps: list[Step]) -> None:
    asyncio.run(play(steps))


def test_the_same_machinery_does_release_to_the_right_person() -> None:
    """The property above is not empty: an honest history does end in a disclosure."""
    honest = [
        Step(ANN, Deed.ASK_ACCESS, chat=False, forged=False, threads=False, hours=0, approve=False),
        Step(ANN, Deed.TYPE_OWN_CODE, chat=False, forged=False, threads=True, hours=1, approve=True),
        Step(ZOE, Deed.CHAT_MESSAGE, chat=False, forged=False, threads=False, hours=1, approve=True),
    ]

    async def released() -> bool:
        with tempfile.TemporaryDirectory() as folder:
            async with open_test_desk(f"sqlite:///{folder}/intake.db", Path(folder) / "keys.json") as desk:
                teach(desk)
                await desk.know(ANN, name="CANARY-ANN", secret="CANARY-ANN")
                for step in honest:
                    await act(desk, step)
                    await desk.deliver()
                return any("CANARY-ANN" in one.body for one in desk.couriers[MAIL].to(ANN))

    assert asyncio.run(released())

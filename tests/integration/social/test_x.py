"""X by polling, over HTTP, with an account that signs, counts calls and sends a bill."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.channels.x import XSource
from bot.channels.x.signing import Keys
from bot.core.delivery import DeliveryState
from bot.core.errors import StorageUnavailable
from bot.core.messages import Inbound
from bot.core.records import Disposition
from bot.core.rights import RequestType
from bot.doctor import examine
from tests.fakes.x import FakeX, XError
from tests.integration.social.stage import Stage, on_stage
from tests.servers.web import served

WISH = "delete my account"
KEYS = ("app-key", "app-secret", "2244994945-token", "token-secret")
ANN, BEN = "1001", "1002"


@dataclass
class Scene:
    stage: Stage
    x: FakeX

    @property
    def source(self) -> XSource:
        (source,) = self.stage.desk.sources
        assert isinstance(source, XSource)
        return source

    async def look(self) -> int:
        """Ask X once and work on what came; return how many events it told of."""
        async with self.source._platform.line() as line:
            told = await self.source.look(line, self.stage.desk.intake.accept)
        await self.stage.work()
        return told


def entry(base: str, **changes: Any) -> dict[str, Any]:
    common = {"kind": "x", "name": "x", "account": "2244994945", "keys_file": "keys", "base_url": base, "paid": True}
    return common | changes


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    x = FakeX(KEYS)
    async with served(x.app) as base, on_stage(tmp_path, entry(base), keys="\n".join(KEYS)) as stage:
        x.clock = lambda: stage.clock.now().timestamp()
        stage.reader.tell(WISH, RequestType.ERASURE)
        scene = Scene(stage, x)
        x.write(BEN, "written before the desk was there")
        await scene.look()
        yield scene


async def test_what_is_written_is_kept_and_answered_there(scene: Scene) -> None:
    scene.x.write(ANN, WISH)
    await scene.look()
    (case,) = await scene.stage.cases()
    assert (case.requester.channel, case.requester.value) == ("x", ANN)
    ((person, text),) = scene.x.sent
    assert person == ANN
    assert case.reference in text


async def test_nothing_is_taken_twice_and_nothing_old_is_paid_for_twice(scene: Scene) -> None:
    scene.x.write(ANN, WISH)
    for _ in range(3):
        await scene.look()
    assert len(await scene.stage.cases()) == 1
    assert len(scene.x.billed) == 2


async def test_after_a_day_without_x_everybody_is_heard_once(scene: Scene) -> None:
    for number in range(130):
        scene.x.write(str(2000 + number), WISH)
    await scene.look()
    assert len({case.requester.value for case in await scene.stage.cases()}) == len(await scene.stage.cases())
    assert len(await scene.stage.desk.store.transact(lambda unit: unit.cases.listed(limit=500))) == 130


async def test_groups_and_our_own_texts_are_none_of_the_desks(scene: Scene) -> None:
    scene.x.write(ANN, WISH, group=True)
    scene.x.write(scene.x.account, "what a colleague wrote in the app")
    await scene.look()
    assert await scene.stage.cases() == []


async def test_an_odd_event_is_parked_and_its_neighbours_are_heard(scene: Scene) -> None:
    scene.x.write(ANN, WISH)
    scene.x.events.append({"event_type": "MessageCreate", "id": "x"})
    await scene.look()
    assert len(await scene.stage.kept(Disposition.PARKED)) == 1
    assert len(await scene.stage.cases()) == 1


async def test_without_storage_nothing_counts_as_read(scene: Scene) -> None:
    scene.x.write(ANN, WISH)

    async def away(_batch: list[Inbound]) -> None:
        raise StorageUnavailable("full")

    async with scene.source._platform.line() as line:
        with pytest.raises(StorageUnavailable):
            await scene.source.look(line, away)  # type: ignore[arg-type]
    await scene.look()
    assert len(await scene.stage.cases()) == 1


async def test_a_picture_is_fetched_signed_and_from_x_alone(scene: Scene) -> None:
    scene.x.files["m1"] = b"a picture"
    scene.x.write(ANN, WISH, media="m1")
    await scene.look()
    (kept,) = await scene.stage.kept(Disposition.CASE)
    assert await scene.stage.copy(kept.id) == b"a picture"


async def test_the_wait_x_asks_for_is_kept(scene: Scene) -> None:
    reset = str(int(scene.x.clock()) + 600)
    scene.x.plan.append(XError(429, "Too Many Requests", **{"x-rate-limit-reset": reset}))
    async with scene.source._platform.line() as line:
        wait = await scene.source._look(line, scene.stage.desk.intake.accept)
    assert 590 <= wait <= 601
    assert scene.source.health.last_error == "X asks to wait"


@pytest.mark.parametrize(
    ("error", "state", "words"),
    [
        (XError(402, "CreditsDepleted"), DeliveryState.QUEUED, "and buy credits"),
        (XError(401, "Unauthorized"), DeliveryState.QUEUED, "Keys and tokens"),
        (XError(403, "Forbidden"), DeliveryState.PARKED, "takes no messages"),
        (XError(400, "Invalid Request"), DeliveryState.PARKED, "refused the text"),
        (XError(503, "Service Unavailable"), DeliveryState.QUEUED, "trouble of its own"),
    ],
)
async def test_what_x_refuses_waits_or_is_for_a_person(
    scene: Scene, error: XError, state: DeliveryState, words: str
) -> None:
    scene.x.write(ANN, WISH)
    async with scene.source._platform.line() as line:
        await scene.source.look(line, scene.stage.desk.intake.accept)
    scene.x.plan.append(error)
    await scene.stage.work()
    (sent,) = await scene.stage.outbox()
    assert sent.state is state
    assert words in sent.last_error


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "the keys are right"),
        ({"account": "99"}, "not of 99"),
        ({"credit": 0}, "and buy credits"),
        ({"keys": ("app-key", "other", "2244994945-token", "token-secret")}, "Keys and tokens"),
    ],
)
async def test_the_doctor_says_what_to_click_and_what_it_costs(
    scene: Scene, tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    for name, value in change.items():
        if name != "account":
            setattr(scene.x, name, value)
    base = scene.stage.desk.settings.social[0].base_url  # type: ignore[union-attr]
    (tmp_path / "other").mkdir()
    entered = entry(base, account=change.get("account", scene.x.account))
    async with on_stage(tmp_path / "other", entered, keys="\n".join(KEYS)) as stage:
        found = {finding.about: finding for finding in await examine(stage.desk.settings)}
    assert words in found["x"].text
    assert found["x"].ok is (not change)


async def test_it_is_off_until_somebody_says_that_they_pay(tmp_path: Path) -> None:
    async with on_stage(tmp_path, entry("https://api.x.com", paid=False), keys="\n".join(KEYS)) as stage:
        assert stage.desk.sources == ()
        assert "x" not in stage.desk.couriers
        found = {finding.about: finding.text for finding in await examine(stage.desk.settings)}
    assert "off" in found["x"]
    assert "$0.010" in found["x"]
    assert "paid = true" in found["x"]


def test_a_call_is_signed_as_the_standard_says() -> None:
    """The example of X's own documentation of OAuth 1.0a."""
    keys = Keys(
        "xvz1evFS4wEEPTGEFPHBog",
        "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
        "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    )
    said = {"status": "Hello Ladies + Gentlemen, a signed OAuth request!", "include_entities": "true"}
    header = keys.header(
        "POST",
        "https://api.twitter.com/1.1/statuses/update.json",
        said,
        nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
        at=1318622958,
    )
    assert 'oauth_signature="hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D"' in header


@pytest.mark.parametrize("text", ["", "one", "one two three", "1 2 3 4 5"])
def test_keys_that_are_not_four_are_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="four lines"):
        Keys.read(text)

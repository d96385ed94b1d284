"""Pictures and voice notes are copied before the platform's address for them expires; fetched over HTTP."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.chat import line
from bot.core.copies import MOST_TRIES
from bot.core.errors import PermanentFailure, TransientFailure
from bot.core.messages import Attachment
from bot.core.ports import FileKeeper
from bot.core.records import Disposition
from bot.flow.copying import LOST
from tests.fakes.bridge import FakeBridge
from tests.fakes.meta import GraphError
from tests.integration.social.conftest import Scene
from tests.integration.social.stage import KIM, SECRET, Stage, on_stage
from tests.servers.web import served

PICTURE = b"\x89PNG a picture"


async def attachment(stage: Stage) -> Attachment:
    """Let what was sent be read, and return the one file of it."""
    await stage.work()
    (kept,) = await stage.kept(Disposition.CASE)
    assert kept.message is not None
    (file,) = kept.message.attachments
    return file


def keeper(stage: Stage, channel: str) -> FileKeeper:
    way = stage.desk.couriers[channel]
    assert isinstance(way, FileKeeper)
    return way


async def test_a_page_s_picture_is_fetched_without_showing_our_token(scene: Scene) -> None:
    meta, base = scene.meta, scene.base
    meta.files["p1"] = PICTURE
    picture = {"type": "image", "payload": {"url": f"{base}/cdn/p1"}}
    item = meta.messaging("77", message={"mid": "m_1", "attachments": [picture]})
    assert await meta.call(scene.hook("facebook"), meta.batch(item)) == 200
    file = await attachment(scene.stage)
    assert await keeper(scene.stage, "facebook").fetch(file.reference) == PICTURE
    with pytest.raises(PermanentFailure, match="no more"):
        await keeper(scene.stage, "facebook").fetch(f"{base}/cdn/gone")


async def test_whatsapp_tells_where_a_voice_note_lies_and_wants_our_token(scene: Scene) -> None:
    meta = scene.meta
    meta.files["v1"] = PICTURE
    voice = meta.written("31612345678", type="audio", audio={"id": "v1", "mime_type": "audio/ogg"})
    assert await meta.call(scene.hook("whatsapp"), meta.whatsapp(voice)) == 200
    file = await attachment(scene.stage)
    assert (file.reference, file.name) == ("v1", "audio")
    assert await keeper(scene.stage, "whatsapp").fetch(file.reference) == PICTURE
    meta.sizes["v1"] = line.MOST_FILE + 1
    with pytest.raises(PermanentFailure, match="over 25 MB"):
        await keeper(scene.stage, "whatsapp").fetch(file.reference)
    for odd in ("", "../me", "v1?x"):
        with pytest.raises(PermanentFailure, match="no id"):
            await keeper(scene.stage, "whatsapp").fetch(odd)


@pytest.fixture
async def bridged(tmp_path: Path) -> AsyncIterator[tuple[Stage, FakeBridge, str]]:
    bridge = FakeBridge(SECRET)
    async with served(bridge.app) as base:
        entry = {"kind": "webhook", "name": "sms", "url": f"{base}/rights", "secret_files": ["secret"]}
        async with on_stage(tmp_path, entry) as stage:
            yield stage, bridge, base


async def test_a_bridge_sees_our_signature_before_it_gives_a_file(bridged: tuple[Stage, FakeBridge, str]) -> None:
    stage, bridge, base = bridged
    bridge.files["letter.pdf"] = PICTURE
    sent = {"name": "letter.pdf", "type": "application/pdf", "size": 9, "url": f"{base}/files/letter.pdf"}
    call = {"messages": [{"id": "1", "from": "31612345678", "text": "", "attachments": [sent]}]}
    assert await bridge.call(f"{stage.url}/webhooks/sms", call) == 200
    file = await attachment(stage)
    assert await keeper(stage, "sms").fetch(file.reference) == PICTURE
    bridge.secret = "another-secret-of-theirs"
    with pytest.raises(PermanentFailure, match="401"):
        await keeper(stage, "sms").fetch(file.reference)


async def test_a_file_is_fetched_up_to_a_limit_and_from_honest_addresses_alone(
    bridged: tuple[Stage, FakeBridge, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, bridge, base = bridged
    files = keeper(stage, "sms")
    monkeypatch.setattr(line, "MOST_FILE", 1024 * 1024)
    bridge.files["big"] = bytes(1024 * 1024 + 1)
    with pytest.raises(PermanentFailure, match="over 1 MB"):
        await files.fetch(f"{base}/files/big")
    bridge.moved |= {"round": f"{base}/files/round", "inside": "http://10.0.0.1/secrets"}
    for address in (f"{base}/files/inside", "http://intranet.example/x", "file:///etc/passwd", "ftp://x.example/y", ""):
        with pytest.raises(PermanentFailure, match="https"):
            await files.fetch(address)
    bridge.moved |= {"next": "https://127.0.0.2/secrets"}
    for address in (f"{base}/files/next", "https://10.0.0.1/x", "https://[::1]/x", "https://169.254.169.254/latest"):
        with pytest.raises(PermanentFailure, match="no public address"):
            await files.fetch(address)
    with pytest.raises(PermanentFailure, match="401"):
        await files.fetch(f"{base}/files/round")
    with pytest.raises(TransientFailure, match="can't be reached"):
        await files.fetch("http://127.0.0.1:9/nobody")


async def the_case_message(stage: Stage) -> str:
    await stage.work()
    (kept,) = await stage.kept(Disposition.CASE)
    return kept.id


async def send_picture(scene: Scene, name: str = "p1") -> None:
    picture = {"type": "image", "payload": {"url": f"{scene.base}/cdn/{name}"}}
    item = scene.meta.messaging("77", message={"mid": "m_1", "attachments": [picture]})
    assert await scene.meta.call(scene.hook("facebook"), scene.meta.batch(item)) == 200


async def test_a_picture_is_there_after_its_address_has_expired(scene: Scene) -> None:
    scene.meta.files["p1"] = PICTURE
    await send_picture(scene)
    message = await the_case_message(scene.stage)
    del scene.meta.files["p1"]
    assert await scene.stage.copy(message) == PICTURE


async def test_a_picture_that_is_gone_is_told_on_its_case_and_once(scene: Scene) -> None:
    await send_picture(scene, "gone")
    message = await the_case_message(scene.stage)
    assert await scene.stage.copy(message) is None
    (case,) = await scene.stage.cases()
    assert case.attention == LOST
    assert (await scene.stage.history(case)).count("file_lost") == 1
    scene.stage.clock.ahead += timedelta(days=1)
    assert await scene.stage.desk.copying.copy_batch() == 0


async def test_while_the_platform_is_away_it_is_tried_again_and_not_for_ever(scene: Scene) -> None:
    meta, stage = scene.meta, scene.stage
    meta.files["v1"] = PICTURE
    meta.plan += [GraphError(2, "away", status=503) for _ in range(MOST_TRIES - 1)]
    voice = meta.written("31612345678", type="audio", audio={"id": "v1", "mime_type": "audio/ogg"})
    assert await meta.call(scene.hook("whatsapp"), meta.whatsapp(voice)) == 200
    while await stage.desk.reading.read_batch():
        pass
    (kept,) = await stage.kept(Disposition.CASE)
    for tries in range(1, MOST_TRIES + 1):
        assert await stage.desk.copying.copy_batch() == 1, tries
        assert await stage.desk.copying.copy_batch() == 0  # not before its time
        stage.clock.ahead += timedelta(hours=8, minutes=1)
    assert await stage.copy(kept.id) == PICTURE

    meta.plan += [GraphError(2, "away", status=503) for _ in range(MOST_TRIES)]
    again = meta.written("31612345678", ident="wamid.2", type="audio", audio={"id": "v1", "mime_type": "audio/ogg"})
    assert await meta.call(scene.hook("whatsapp"), meta.whatsapp(again)) == 200
    while await stage.desk.reading.read_batch():
        pass
    for _ in range(MOST_TRIES):
        await stage.desk.copying.copy_batch()
        stage.clock.ahead += timedelta(hours=8, minutes=1)
    assert await stage.desk.copying.copy_batch() == 0
    assert {case.attention for case in await stage.cases()} == {LOST}


async def test_a_file_of_what_is_no_case_is_not_copied(scene: Scene) -> None:
    picture = {"type": "image", "payload": {"url": f"{scene.base}/cdn/p1"}}
    item = scene.meta.messaging("77", message={"mid": "m_1", "text": "lovely shop!", "attachments": [picture]})
    await scene.meta.call(scene.hook("facebook"), scene.meta.batch(item))
    while await scene.stage.desk.reading.read_batch():
        pass
    assert await scene.stage.desk.copying.copy_batch() == 0


async def test_what_a_colleague_destroys_is_destroyed_in_the_copy_too(scene: Scene) -> None:
    scene.meta.files["p1"] = PICTURE
    await send_picture(scene)
    message = await the_case_message(scene.stage)
    await scene.stage.desk.evidence.destroy(message, "an identity card, seen", KIM)
    assert await scene.stage.copy(message) is None
    assert await scene.stage.desk.copying.copy_batch() == 0

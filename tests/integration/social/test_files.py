"""Pictures and voice notes stay with the platform until a colleague wants to see one; fetched over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.channels.chat import line
from bot.core.errors import PermanentFailure, TransientFailure
from bot.core.messages import Attachment
from bot.core.ports import FileKeeper
from bot.core.records import Disposition
from tests.fakes.bridge import FakeBridge
from tests.integration.social.conftest import Scene
from tests.integration.social.stage import SECRET, Stage, on_stage
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
    with pytest.raises(PermanentFailure, match="401"):
        await files.fetch(f"{base}/files/round")
    with pytest.raises(TransientFailure, match="can't be reached"):
        await files.fetch("http://127.0.0.1:9/nobody")

"""An answer is tapped instead of written, on each platform that has buttons, over HTTP."""

from collections.abc import Sequence
from pathlib import Path

from bot.core.other_ways import OtherWay
from bot.core.rights import RequestType
from tests.fakes.bridge import FakeBridge
from tests.fakes.chatwoot import FakeChatwoot
from tests.integration.social.conftest import WISH, Scene
from tests.integration.social.stage import SECRET, at_chatwoot, on_stage
from tests.servers.web import served

ANN, NUMBER = "24681012141618", "31612345678"
VAGUE = "that thing with my data"
RIGHTS = ["access", "rectification", "erasure", "objection", "unsubscribe", "complaint"]


def words(offered: Sequence[tuple[str, str]]) -> list[str]:
    return [word for _, word in offered]


async def test_a_quick_reply_of_messenger_says_that_there_is_no_e_mail(scene: Scene) -> None:
    meta, hook = scene.meta, scene.hook("facebook")
    await scene.say(ANN)
    await scene.stage.work()
    assert words(meta.buttons(ANN)) == ["no_mail"]
    await meta.call(hook, meta.batch(meta.tapped(ANN, "m_2", "I have no e-mail")))
    await scene.stage.work()
    assert words(meta.buttons(ANN)) == ["by_post", "by_phone"]
    await meta.call(hook, meta.batch(meta.tapped(ANN, "m_3", "By post")))
    await scene.stage.work()
    (case,) = await scene.stage.cases()
    assert case.other_way is OtherWay.POST
    assert "quick_replies" not in meta.sent[-1]["message"]


async def test_whatsapp_offers_a_list_where_three_buttons_are_too_few(scene: Scene) -> None:
    meta, hook, stage = scene.meta, scene.hook("whatsapp"), scene.stage
    stage.reader.tell(VAGUE, RequestType.OBJECTION, confidence=0.4, abstain=True)
    await scene.text(NUMBER, VAGUE)
    await stage.work()
    assert (meta.sent[-1]["interactive"]["type"], words(meta.buttons(NUMBER))) == ("list", RIGHTS)
    await meta.call(hook, meta.whatsapp(meta.pressed(NUMBER, "wamid.2", "Delete my data")))
    await stage.work()
    (case,) = await stage.cases()
    assert {item.right for item in case.items} == {RequestType.ERASURE}
    assert (meta.sent[-1]["interactive"]["type"], words(meta.buttons(NUMBER))) == ("button", ["no_mail"])
    assert "which e-mail address do you use with us?" in meta.texts(NUMBER)[-1]


async def test_a_tap_told_twice_is_one(scene: Scene) -> None:
    meta = scene.meta
    await scene.say(ANN, WISH)
    await scene.stage.work()
    call = meta.batch(meta.tapped(ANN, "m_2", "I have no e-mail"))
    for _ in range(2):
        assert await meta.call(scene.hook("facebook"), call) == 200
    await scene.stage.work()
    assert len(meta.sent) == 2


async def test_the_bridge_is_told_the_choices_and_says_which_was_taken(tmp_path: Path) -> None:
    bridge = FakeBridge(SECRET)
    async with served(bridge.app) as base:
        entry = {"kind": "webhook", "name": "sms", "url": f"{base}/rights", "secret_files": ["secret"]}
        async with on_stage(tmp_path, entry) as stage:
            stage.reader.tell(WISH, RequestType.ERASURE)
            said = {"from": NUMBER, "language": "en"}
            hook = f"{stage.url}/webhooks/sms"
            await bridge.call(hook, {"messages": [said | {"id": "1", "text": WISH}]})
            await stage.work()
            assert bridge.taken[-1]["choices"] == [{"label": "I have no e-mail", "choice": "no_mail"}]
            tapped = {"id": "2", "text": "I have no e-mail", "choice": "no_mail"}
            await bridge.call(hook, {"messages": [said | tapped]})
            await stage.work()
            (case,) = await stage.cases()
            assert case.other_way is OtherWay.ANY
            await bridge.call(hook, {"messages": [said | {"id": "3", "text": "by post please", "choice": "nonsense"}]})
            await stage.work()
            (case,) = await stage.cases()
            assert case.other_way is OtherWay.POST  # a word that is none of ours says nothing; theirs do


async def test_chatwoot_offers_a_select_and_tells_what_was_taken_in_either_way(tmp_path: Path) -> None:
    chatwoot = FakeChatwoot(SECRET, "agent-token")
    async with served(chatwoot.app) as base:
        entry = at_chatwoot(base)
        async with on_stage(tmp_path, entry, token="agent-token") as stage:
            stage.reader.tell(VAGUE, RequestType.OBJECTION, confidence=0.4, abstain=True)
            hook = f"{stage.url}/webhooks/chatwoot"
            await chatwoot.call(hook, chatwoot.said(VAGUE))
            await stage.work()
            assert words(chatwoot.offered[-1]) == RIGHTS
            await chatwoot.call(hook, chatwoot.tapped("Delete my data"))  # in the site chat
            await stage.work()
            (case,) = await stage.cases()
            assert {item.right for item in case.items} == {RequestType.ERASURE}
            await chatwoot.call(hook, chatwoot.said(" I have no e-mail"))  # on a platform behind it: its words alone
            await stage.work()
            assert words(chatwoot.offered[-1]) == ["by_post", "by_phone"]
            assert await chatwoot.call(hook, chatwoot.tapped("By post", content_attributes={"items": []})) == 200
            await stage.work()
            (case,) = await stage.cases()
            assert case.other_way is OtherWay.ANY  # our own text was changed otherwise: nobody tapped

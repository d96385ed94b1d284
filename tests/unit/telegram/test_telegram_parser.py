"""What a colleague and the classifiers see of a Telegram update."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram import TelegramParser
from bot.core.errors import Unparsable
from bot.core.messages import Handle, Message
from tests.unit.telegram.samples import ANNA, GROUP, NOON, inbound, message, update


async def read(content: Any, kind: str = "message") -> Message:
    return await TelegramParser().parse(inbound(update(kind, content)))


async def test_a_message_is_the_numeric_id_the_name_and_the_words() -> None:
    read_message = await read(message("Ik wil mijn gegevens inzien.\n\nGroet, Anna 👋🏽"))
    assert read_message.sender == Handle("telegram", "5112233445")
    assert read_message.name == "Anna Jansen"
    assert read_message.text == "Ik wil mijn gegevens inzien.\n\nGroet, Anna 👋🏽"
    assert read_message.sent_at == NOON
    assert read_message.language == "nl"
    assert read_message.message_id == "tg:5112233445:12"
    assert (read_message.automatic, read_message.version_of, read_message.quoted) == ("", "", "")


@pytest.mark.parametrize(
    ("tag", "language"), [("fr-BE", "fr"), ("pt-br", "pt"), ("DE", "de"), ("zh-hans", "zh"), ("", ""), ("français", "")]
)
async def test_the_language_of_the_app_is_a_hint(tag: str, language: str) -> None:
    assert (await read(message("hi", sender=ANNA | {"language_code": tag}))).language == language


@pytest.mark.parametrize(
    ("text", "command", "payload"),
    [
        ("/start", "start", ""),
        ("/start AbC-123_xyz", "start", "AbC-123_xyz"),
        ("/stop@rights_desk_bot", "stop", ""),
        ("/STOP@rights_desk_bot  all of it\nplease", "stop", "all of it\nplease"),
        ("/start@somebody " + "x" * 64, "start", "x" * 64),
        ("please /stop", "", ""),
        ("/home/anna/photos", "", ""),
        ("/", "", ""),
        ("// stop", "", ""),
    ],
)
async def test_a_command_is_read_with_what_follows_it(text: str, command: str, payload: str) -> None:
    read_message = await read(message(text))
    assert (read_message.command, read_message.payload) == (command, payload)
    assert read_message.text == text


async def test_an_edit_is_a_new_version_of_the_same_message() -> None:
    first = await read(message("delete it"))
    edited = message("do not delete it", edit_date=int((NOON + timedelta(minutes=3)).timestamp()))
    second = await read(edited, "edited_message")
    assert second.version_of == first.message_id == second.message_id
    assert second.text == "do not delete it"
    assert second.sent_at == NOON


async def test_forwarded_words_are_quoted_and_no_command() -> None:
    origin = {"type": "user", "sender_user": ANNA | {"id": 7}, "date": 1}
    read_message = await read(message("/stop 7F3K-Q2M9", forward_origin=origin))
    assert (read_message.text, read_message.command) == ("", "")
    assert read_message.quoted == "/stop 7F3K-Q2M9"


async def test_a_reply_keeps_what_it_answers_apart() -> None:
    earlier = message("Someone wrote to us. Your code is 7F3K-Q2M9") | {"message_id": 11}
    read_message = await read(message("that was not me", reply_to_message=earlier))
    assert read_message.text == "that was not me"
    assert read_message.quoted == "Someone wrote to us. Your code is 7F3K-Q2M9"


async def test_of_a_reply_to_a_part_only_the_part_is_quoted() -> None:
    earlier = message("long text") | {"message_id": 11}
    read_message = await read(message("why?", reply_to_message=earlier, quote={"text": "long", "position": 0}))
    assert read_message.quoted == "long"


PHOTO = [
    {"file_id": "small", "file_unique_id": "s", "width": 90, "height": 90, "file_size": 1000},
    {"file_id": "large", "file_unique_id": "l", "width": 900, "height": 900, "file_size": 90_000},
]


async def test_a_caption_is_text_and_the_picture_an_attachment() -> None:
    read_message = await read(message(photo=PHOTO, caption="my invoice"))
    assert read_message.text == "my invoice"
    (picture,) = read_message.attachments
    assert (picture.part, picture.name, picture.media_type, picture.size) == (1, "photo", "image/jpeg", 90_000)


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("voice", "audio/ogg"), ("video", "video/mp4"), ("video_note", "video/mp4"), ("audio", "audio/mpeg")],
)
async def test_what_only_a_person_can_see_or_hear_is_an_attachment(kind: str, media_type: str) -> None:
    read_message = await read(message(**{kind: {"file_id": "x", "duration": 3, "file_size": 4096}}))
    assert read_message.has_only_attachments
    assert read_message.attachments[0].media_type == media_type


async def test_a_document_keeps_its_name_without_tricks() -> None:
    document = {"file_id": "x", "file_name": "cod\u202efdp.exe\n", "mime_type": "text/html; charset=x", "file_size": 3}
    (file,) = (await read(message(document=document))).attachments
    assert (file.name, file.media_type) == ("codfdp.exe", "application/octet-stream")


@pytest.mark.parametrize(
    "more", [{"sticker": {"emoji": "👍", "file_id": "x"}}, {"dice": {"value": 3, "emoji": "🎲"}}, {"poll": {}}]
)
async def test_stickers_and_the_like_say_nothing_and_show_nothing(more: dict[str, Any]) -> None:
    read_message = await read(message(**more))
    assert (read_message.text, read_message.attachments, read_message.automatic) == ("", (), "")


async def test_machines_are_known_as_such() -> None:
    assert (await read(message("hi", via_bot=ANNA | {"id": 9, "is_bot": True}))).automatic == "bot"
    assert (await read(message("hi", sender=ANNA | {"is_bot": True}))).automatic == "bot"


async def test_a_group_is_never_answered() -> None:
    assert (await read(message("/stop", chat=GROUP))).automatic == "group"


async def test_a_pressed_button_is_a_choice() -> None:
    button = {"text": "Delete my data", "callback_data": "erasure"}
    shown = message("Which?", reply_markup={"inline_keyboard": [[button]]})
    tap = {"id": "4382", "from": ANNA, "message": shown, "chat_instance": "1", "data": "erasure"}
    choice = await read(tap, "callback_query")
    assert (choice.command, choice.payload, choice.text) == ("choice", "erasure", "Delete my data")
    assert choice.sender == Handle("telegram", "5112233445")
    assert (choice.message_id, choice.automatic) == ("tg:tap:4382", "")


async def test_blocking_the_bot_is_kept_and_nothing_anybody_wrote() -> None:
    change = {
        "chat": message()["chat"],
        "from": ANNA,
        "date": int(NOON.timestamp()),
        "old_chat_member": {"status": "member"},
        "new_chat_member": {"status": "kicked"},
    }
    blocked = await read(change, "my_chat_member")
    assert (blocked.automatic, blocked.text) == ("my_chat_member", "")


async def test_what_a_name_or_text_hides_is_gone() -> None:
    sneaky = ANNA | {"first_name": "An\u202ena\r\nBcc: x", "last_name": "J" * 500}
    read_message = await read(message("a\x00b\u2066c\u0085d\r\ne", sender=sneaky))
    assert read_message.name.startswith("Anna Bcc: x JJJ")
    assert len(read_message.name) == 128
    assert read_message.text == "abc\nd\ne"


async def test_endless_text_is_cut() -> None:
    assert len((await read(message("x" * 100_000))).text) == 16_384


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"update_id": 1}',
        b'{"update_id": 1, "poll": {}}',
        b'{"update_id": 1, "message": "hello"}',
        b'{"update_id": 1, "message": {"message_id": 1, "chat": {"id": "x", "type": "private"}}}',
        b'{"update_id": 1, "message": {"message_id": 1, "chat": {"id": 1, "type": "private"}, "text": "\\ud83d"}}',
        b'{"update_id": 1, "message": {"message_id": 1, "date": 1e300, "chat": {"id": 1, "type": "private"}}}',
        b'{"update_id": ' + b"9" * 5000 + b"}",
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"\xff\xfe\x00",
        update(content=message("x" * (1 << 20))),
    ],
)
async def test_what_is_no_update_is_parked_without_a_word_of_it(raw: bytes) -> None:
    with pytest.raises(Unparsable) as refused:
        await TelegramParser().parse(inbound(raw))
    assert "hello" not in str(refused.value)
    assert len(str(refused.value)) < 300


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*message(), "photo", "quote", "data", "text", "is_bot"]), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(kind=st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"]), odd=_JSON)
@settings(max_examples=150, deadline=None)
async def test_any_json_is_read_or_parked(kind: str, odd: Any) -> None:
    content = message("hello") | odd if isinstance(odd, dict) else odd
    try:
        read_message = await TelegramParser().parse(inbound(json.dumps({"update_id": 1, kind: content}).encode()))
    except Unparsable:
        return
    assert read_message.channel == "telegram"

"""What people say in several goes is heard as one message."""

from dataclasses import replace

from bot.core.fragments import conversation_of, joined
from bot.core.messages import Attachment, Handle, Message, Receipt, ReceiptState

PERSON = Handle("sms", "31612345678")


def said(number: int, text: str = "", **changes: object) -> Message:
    message = Message("sms", PERSON, text=text, message_id=f"sms:{number}")
    return replace(message, **changes)  # type: ignore[arg-type]


def test_fragments_are_one_message_in_their_order_and_under_the_last_name() -> None:
    (saying,) = joined([said(1, "hello"), said(2, "please delete"), said(3, "all my data")])
    assert saying.message.text == "hello\nplease delete\nall my data"
    assert (saying.message.message_id, saying.lead, saying.others) == ("sms:3", 2, (0, 1))


def test_files_of_all_fragments_are_numbered_through() -> None:
    photo, voice = Attachment(1, "photo", "image/jpeg", 7), Attachment(1, "voice", "audio/ogg", 9)
    (saying,) = joined([said(1, attachments=(photo,)), said(2, attachments=(voice,))])
    assert [(file.part, file.name) for file in saying.message.attachments] == [(1, "photo"), (2, "voice")]


def test_what_was_changed_meanwhile_counts_as_it_is_now() -> None:
    fragments = [said(1, "delete my acount"), said(2, "all of it"), said(3, "delete my account", version_of="sms:1")]
    (saying,) = joined(fragments)
    assert saying.message.text == "delete my account\nall of it"
    assert (saying.message.version_of, saying.lead, saying.others) == ("", 1, (0, 2))


def test_what_was_taken_back_meanwhile_was_not_said() -> None:
    (saying,) = joined([said(1, "I hate you"), said(2, "stop the newsletter"), said(3, version_of="sms:1")])
    assert saying.message.text == "stop the newsletter"


def test_a_change_of_something_older_is_a_saying_of_its_own() -> None:
    one, other = joined([said(8, "and my address"), said(9, "my data, not my account", version_of="sms:1")])
    assert (one.message.text, one.others) == ("and my address", ())
    assert (other.message.version_of, other.lead) == ("sms:1", 1)


def test_fragments_without_names_are_not_taken_for_one_another() -> None:
    (saying,) = joined([said(1, "delete", message_id=""), said(2, "my data", message_id="")])
    assert saying.message.text == "delete\nmy data"


def test_nobody_waits_for_the_rest_of_a_code_or_of_what_no_person_wrote() -> None:
    assert conversation_of(said(1, "delete my data")) == PERSON.value
    assert conversation_of(said(1, "K7QM-2F9T")) == ""
    assert conversation_of(said(1, command="stop")) == ""
    assert conversation_of(said(1, "beep", automatic="bot")) == ""
    assert conversation_of(said(1, receipt=Receipt(ReceiptState.READ, "<a@b>"))) == ""

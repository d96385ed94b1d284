"""One Chatwoot account: its calls and its API."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from bot.channels.chat.line import Line, NotReady, Reply
from bot.channels.chat.plain import many_lines, one_line
from bot.channels.chat.platform import MOST_FILES, MOST_NAME, MOST_TEXT, Event, Platform, event, unpacked
from bot.channels.chat.proof import is_known, is_signed_lately, require_secrets
from bot.channels.chat.tapping import Buttons
from bot.channels.chatwoot.shapes import (
    Fate,
    Gone,
    Listed,
    Tapped,
    Written,
    fate_of,
    is_public,
    listed_as,
    number_of,
    wording_of,
    written_at,
)
from bot.core.calls import Call
from bot.core.commands import CHOICE
from bot.core.delivery import Outgoing
from bot.core.errors import PermanentFailure, TransientFailure, Unparsable
from bot.core.messages import Attachment, Bounce, Handle, Message, Receipt, ReceiptState

SIGNATURE: Final = "x-chatwoot-signature"
TIMESTAMP: Final = "x-chatwoot-timestamp"
WRITTEN: Final = "message_created"
CHANGED: Final = "message_updated"
EVENTS: Final = (WRITTEN, CHANGED)

_BUTTONS: Final = Buttons(most=10, longest=20)
"""What the strictest of the platforms behind it carries."""

_INCOMING: Final = ("incoming", 0)
_OUTGOING: Final = ("outgoing", 1)
_OUR_TOKEN: Final = frozenset({401, 403})
_GONE: Final = 404
_MEDIA_TYPES: Final = {"image": "image/jpeg", "audio": "audio/mpeg", "video": "video/mp4"}
_KEPT_THERE: Final = frozenset({*_MEDIA_TYPES, "file"})
"""What Chatwoot holds itself; for shared posts, places and links `data_url` is whatever the sender chose."""


@dataclass(frozen=True, slots=True)
class ChatwootOptions:
    """One account of an installation. Versions that sign nothing show `secrets[0]` as `?key=` in the address instead.

    `answers` are the words of what can be tapped, by their label in small letters: some platforms behind Chatwoot hand
    a tap over as a text that says no more.
    Raises ValueError for a secret that could be guessed or a token that is none.
    """

    channel: str
    base_url: str
    account: str
    token: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    hook_url: str
    signed: bool = True
    answers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_secrets(self.secrets, f"{self.channel}: each webhook secret")
        if not self.token.strip():
            raise ValueError("token_file is empty; write an agent's access token into it")


class Chatwoot(Platform):
    """One account; every inbox of it is one channel to us."""

    longest = 1500  # the strictest of the platforms behind it that we know

    def __init__(self, options: ChatwootOptions) -> None:
        super().__init__(options.channel, f"chatwoot/{options.channel}/{options.account}")
        self._options = options
        self._ours = re.compile(rf"{re.escape(options.channel)}:(\d+):\d+", re.ASCII)

    def admits(self, call: Call, now: datetime) -> bool:
        """Check the signature over time and body, or the key in the address where the version signs nothing."""
        if not self._options.signed:
            return is_known(call.query.get("key", ""), self._options.secrets)
        return is_signed_lately(call, TIMESTAMP, SIGNATURE, self._options.secrets, now)

    def events(self, body: bytes) -> Iterable[Event]:
        """Take what a person wrote, changed, tapped or took back, and what became of texts that went out.

        An update carries the whole message, whatever changed: one with the words we know is known (`says`).
        What colleagues and bots wrote, their notes and all else are not for us: of a text, only its fate is kept.
        """
        call = json.loads(body)
        if not (isinstance(call, dict) and call.get("event")):
            raise ValueError("no event of Chatwoot's")
        kind, content = self._happened(call)
        if kind:
            ours = str((call.get("account") or {}).get("id")) == self._options.account
            told = event(kind if ours else "foreign", content, _name_of[kind])
            yield replace(told, says=wording_of(call)) if kind == "message" else told

    def _happened(self, call: Mapping[str, Any]) -> tuple[str, Any]:
        """Return what a call tells of, and what is kept of it; nothing where it is not for us."""
        if call["event"] not in EVENTS or call.get("private") or is_public(call.get("conversation")):
            return "", None
        if call.get("message_type") in _INCOMING:
            return ("gone" if _is_gone(call) else "message" if call["event"] == WRITTEN else "edit"), call
        if self._is_answer(call):
            return "tap", call
        state, reason = fate_of(call) if call.get("message_type") in _OUTGOING else ("", "")
        owner = (call.get("conversation") or {}).get("contact_inbox")
        conversation = {"id": (call.get("conversation") or {}).get("id"), "contact_inbox": owner}
        return ("fate" if state else ""), {
            "id": call.get("id"),
            "state": state,
            "reason": reason,
            "conversation": conversation,
        }

    def _is_answer(self, call: Mapping[str, Any]) -> bool:
        """Say whether an answer of ours was tapped; surveys and other people's forms are handed in the same way."""
        match call:
            case {
                "content_type": "input_select",
                "content_attributes": {"submitted_values": [{"value": str(word)}, *_]},
            }:
                return word in self._options.answers.values()
            case _:
                return False

    def read(self, raw: bytes) -> Message:
        """Read one message."""
        kind, content = unpacked(raw)
        match kind:
            case "message":
                return self._read(Written.model_validate(content))
            case "edit":
                now = self._read(Written.model_validate(content))
                return replace(now, version_of=now.message_id, sent_at=None)  # `created_at` is the first version's
            case "tap":
                return self._hear(Tapped.model_validate(content))
            case "gone":
                return self._forget(Gone.model_validate(content))
            case "fate":
                return self._note(Fate.model_validate(content))
            case _:
                raise Unparsable(
                    f"a call for another account than {self._options.account}: no [[social]] entry names it"
                )

    def _read(self, written: Written) -> Message:
        answered = written.content_attributes.in_reply_to if written.content_attributes else None
        answer = self._options.answers.get((written.content or "").strip().casefold(), "")
        return Message(
            channel=self.channel,
            sender=Handle(self.channel, str(written.sender.id)),
            name=one_line(written.sender.name or "", MOST_NAME),
            text=many_lines(written.content or "", MOST_TEXT),
            message_id=f"{self.channel}:{written.conversation.id}:{written.id}",
            attachments=tuple(
                Attachment(
                    number,
                    one_line(file.file_type or "file", MOST_NAME),
                    _MEDIA_TYPES.get(file.file_type or "", "application/octet-stream"),
                    file.file_size or 0,
                    reference=(file.data_url or "") if file.file_type in _KEPT_THERE else "",
                )
                for number, file in enumerate(written.attachments[:MOST_FILES], 1)
            ),
            sent_at=written_at(written.created_at),
            references=(f"{self.channel}:{written.conversation.id}:{answered}",) if answered else (),
            command=CHOICE if answer else "",
            payload=answer,
        )

    def _hear(self, tapped: Tapped) -> Message:
        answer = tapped.content_attributes.submitted_values[0]
        return Message(
            channel=self.channel,
            sender=Handle(self.channel, str(tapped.conversation.contact_inbox.contact_id)),
            text=many_lines(answer.title, MOST_NAME),
            message_id=f"{self.channel}:{tapped.conversation.id}:{tapped.id}",
            command=CHOICE,
            payload=one_line(answer.value, MOST_NAME),
        )

    def _forget(self, gone: Gone) -> Message:
        name = f"{self.channel}:{gone.conversation.id}:{gone.id}"
        person = Handle(self.channel, str(gone.sender.id))
        return Message(self.channel, person, message_id=name, version_of=name)

    def _note(self, fate: Fate) -> Message:
        person, texts = Handle(self.channel, str(fate.conversation.contact_inbox.contact_id)), (str(fate.id),)
        if fate.state == "failed":
            bounce = Bounce(True, (person.value,), texts=texts, status=one_line(fate.reason, MOST_NAME))
            return Message(self.channel, person, automatic="status", bounce=bounce)
        return Message(self.channel, person, automatic="status", receipt=Receipt(ReceiptState(fate.state), texts=texts))

    def line(self) -> Line:
        """Return a line to the installation."""
        return Line("Chatwoot", self._options.base_url, {"api_access_token": self._options.token})

    async def post(self, line: Line, outgoing: Outgoing, text: str) -> str:
        """Answer in the conversation the person wrote in."""
        asked = self._ours.fullmatch(outgoing.in_reply_to)
        if asked is None:
            raise PermanentFailure("no conversation of Chatwoot's is known for this text: write it there by hand")
        said: dict[str, Any] = {"content": text, "message_type": "outgoing", "private": False}
        if offered := _BUTTONS.fitting(outgoing.choices, text):
            items = [{"title": choice.label, "value": choice.word} for choice in offered]
            said |= {"content_type": "input_select", "content_attributes": {"items": items}}
        path = f"{self._account}/conversations/{asked[1]}/messages"
        reply = await line.post(path, json.dumps(said, ensure_ascii=False).encode())
        if reply.ok:
            return one_line(str(reply.get("id") or "taken"), MOST_NAME)
        if reply.status in _OUR_TOKEN:
            raise TransientFailure(self._advice(reply))
        if reply.status == _GONE:
            raise PermanentFailure(f"Chatwoot shows us no conversation {asked[1]}: is our agent in its inbox?")
        raise PermanentFailure(f"Chatwoot refused the text ({reply.status})")

    async def check(self, line: Line) -> str:
        """Look whether the token works for the account, and whether Chatwoot calls us about new messages."""
        reply = await line.get(f"{self._account}/webhooks")
        if not reply.ok:
            raise NotReady(self._advice(reply))
        called = {
            str(hook.get("url", "")).partition("?")[0]: hook.get("subscriptions") or ()
            for hook in reply.get("payload", "webhooks") or ()
        }
        if missing := set(EVENTS) - set(called.get(self._options.hook_url, ())):
            key = "" if self._options.signed else "?key=… (the secret)"
            raise NotReady(
                f"Chatwoot does not call us about {' and '.join(sorted(missing))}: Settings → Integrations → Webhooks "
                f"→ Add new webhook, {self._options.hook_url}{key}, and tick {' and '.join(EVENTS)}"
            )
        return f"the token works, and {' and '.join(EVENTS)} are subscribed"

    async def conversations(self, line: Line, page: int = 1) -> Sequence[Listed]:
        """Return a page of conversations, those with something new first. Raises NotReady, and as lines do."""
        params = {"status": "all", "assignee_type": "all", "sort_by": "last_activity_at_desc", "page": str(page)}
        reply = await line.get(f"{self._account}/conversations", params)
        if not reply.ok:
            raise NotReady(self._advice(reply))
        return [listed for told in reply.get("data", "payload") or () if (listed := listed_as(told))]

    async def calls_of(self, line: Line, conversation: Listed, after: int) -> Sequence[dict[str, Any]]:
        """Return the calls that the next messages of a conversation were worth. Raises NotReady, and as lines do."""
        reply = await line.get(f"{self._account}/conversations/{conversation.id}/messages", {"after": str(after)})
        if not reply.ok:
            raise NotReady(self._advice(reply))
        about = {
            "event": WRITTEN,
            "account": {"id": self._options.account},
            "conversation": {"id": conversation.id, "contact_inbox": {"contact_id": conversation.contact}},
        }
        return [told | about for told in reply.get("payload") or () if number_of(told) > after]

    @property
    def _account(self) -> str:
        return f"/api/v1/accounts/{self._options.account}"

    def _advice(self, reply: Reply) -> str:
        return (
            f"Chatwoot answers {reply.status}: Profile settings → Access token, of an administrator of account "
            f"{self._options.account}, belongs into token_file"
        )


def _name(call: Any) -> tuple[str, datetime | None]:
    return str(call["id"]), written_at(call.get("created_at", 0))


def _name_of_edit(call: Any) -> tuple[str, datetime | None]:
    return wording_of(call), None


def _name_of_tap(call: Any) -> tuple[str, datetime | None]:
    return f"{call['id']} tapped", None  # `created_at` is when we wrote what was tapped


def _name_of_gone(call: Any) -> tuple[str, datetime | None]:
    return f"{call['id']} deleted", None


def _name_of_fate(fate: Any) -> tuple[str, datetime | None]:
    return f"{fate['id']} {fate['state']}", None


_name_of: Final = {
    "message": _name,
    "edit": _name_of_edit,
    "tap": _name_of_tap,
    "gone": _name_of_gone,
    "fate": _name_of_fate,
}


def _is_gone(call: Mapping[str, Any]) -> bool:
    about = call.get("content_attributes")
    return isinstance(about, dict) and about.get("deleted") is True

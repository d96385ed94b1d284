"""Telegram as the demo and the tests have it: people, one bot, and the rules the Bot API keeps between them."""

import asyncio
import hmac
import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

Json = dict[str, Any]

MOST_TEXT: Final = 4096
MOST_UPDATES: Final = 100
MOST_DATA: Final = 64
LONGEST_POLL: Final = 50
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})

_BURST: Final = 5  # to one chat, and ...
_FLOOD: Final = 30  # ... to everybody, within a second


class Refused(Exception):
    """The Bot API says no, in its own form."""

    def __init__(self, code: int, description: str, retry_after: int = 0) -> None:
        super().__init__(description)
        self.code = code
        self.retry_after = retry_after

    @property
    def answer(self) -> Json:
        """The answer as JSON."""
        said: Json = {"ok": False, "error_code": self.code, "description": str(self)}
        return said | ({"parameters": {"retry_after": self.retry_after}} if self.retry_after else {})


@dataclass(slots=True)
class Person:
    """Somebody with the app, known to the bot once they wrote."""

    id: int
    first_name: str = "Somebody"
    language_code: str = "en"
    blocked: bool = False

    @property
    def user(self) -> Json:
        """The person as a User of the Bot API."""
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.first_name,
            "language_code": self.language_code,
        }

    @property
    def chat(self) -> Json:
        """The private chat with them, whose id is their own."""
        return {"id": self.id, "first_name": self.first_name, "type": "private"}


@dataclass(frozen=True, slots=True)
class Hook:
    """Where updates are posted instead of being polled."""

    url: str = ""
    secret: str = ""


@dataclass(slots=True)
class Chats:
    """One bot's world: people write with `say`, `edit`, `tap`, `block`; the bot does what the Bot API lets it."""

    token: str = ""
    username: str = "rights_desk_bot"
    now: Callable[[], float] = time.time
    pending: deque[Json] = field(default_factory=deque)
    sent: list[Json] = field(default_factory=list)
    hook: Hook = Hook()
    hook_error: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    left: list[int] = field(default_factory=list)
    tapped: list[str] = field(default_factory=list)
    menu: dict[str, list[str]] = field(default_factory=dict)
    next_update_id: int = 700_000_001
    closed: bool = False
    _people: dict[int, Person] = field(default_factory=dict)
    _messages: int = 0
    _allowed: frozenset[str] | None = None
    _reader: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _recent: deque[tuple[float, int]] = field(default_factory=deque)

    # -- what people do ------------------------------------------------------------------------------

    def say(self, chat_id: int, text: str = "", *, date: int | None = None, **more: Any) -> Json:
        """Write to the bot; `more` may hold a first_name, a language_code, and any field of a Message."""
        person = self._people.setdefault(chat_id, Person(chat_id))
        person.first_name = more.pop("first_name", person.first_name)
        person.language_code = more.pop("language_code", person.language_code)
        words = {"text": text} if text else {}
        return self.arrive("message", self._written(person, date) | words | more)

    def edit(self, chat_id: int, message_id: int, text: str) -> Json:
        """Change a message that was written before."""
        now = int(self.now())
        changed = {"message_id": message_id, "edit_date": now, "text": text}
        return self.arrive("edited_message", self._written(self._people[chat_id], now) | changed)

    def tap(self, chat_id: int, data: str) -> Json:
        """Press a button under the bot's last message."""
        shown = next((message for message in reversed(self.sent) if message["chat"]["id"] == chat_id), None)
        if shown is None:
            raise Refused(400, "Bad Request: the bot has sent no message with a button")
        ident = str(self._number())
        self.tapped.append(ident)
        tap = {"id": ident, "from": self._people[chat_id].user, "message": shown, "data": data, "chat_instance": "1"}
        return self.arrive("callback_query", tap)

    def block(self, chat_id: int, *, blocked: bool = True) -> Json:
        """Block the bot, or let it write again."""
        person = self._people[chat_id]
        person.blocked = blocked
        old, new = ("member", "kicked") if blocked else ("kicked", "member")
        change: Json = {"chat": person.chat, "from": person.user, "date": int(self.now())}
        members = {
            f"{when}_chat_member": {"user": self.me(), "status": status, "until_date": 0}
            for when, status in (("old", old), ("new", new))
        }
        return self.arrive("my_chat_member", change | members)

    def arrive(self, kind: str, content: Any) -> Json:
        """Let any update happen, also one of an odd shape; what the bot did not ask for is not kept for it."""
        update = {"update_id": self.next_update_id, kind: content}
        if self._allowed is None or kind in self._allowed:
            self.next_update_id += 1
            self.pending.append(update)
            self._tell()
        return update

    # -- what the bot asks ---------------------------------------------------------------------------

    def admits(self, token: str) -> bool:
        """Say whether this is the bot's token; where none was given, the first that comes is."""
        self.token = self.token or (token if token.partition(":")[0].isdecimal() else "")
        return bool(self.token) and hmac.compare_digest(token.encode(), self.token.encode())

    def me(self) -> Json:
        """Return the bot as a User."""
        number = int(self.token.partition(":")[0] or 0)
        return {"id": number, "is_bot": True, "first_name": "Rights desk", "username": self.username}

    async def updates(self, wish: Mapping[str, Any]) -> list[Json]:
        """Wait for updates and return them; an offset confirms, and drops, everything before it."""
        self._refuse_while_hooked()
        self._allow(wish)
        self._reader += 1
        mine = self._reader
        self._tell()  # an earlier reader is sent away
        self._confirm(number_in(wish, "offset", 0))
        deadline = time.monotonic() + min(number_in(wish, "timeout", 0), LONGEST_POLL)
        while not self.pending and not self.closed and (left := deadline - time.monotonic()) > 0:
            await self._wait(left)
            self._refuse_while_hooked()
            if mine != self._reader:
                raise Refused(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
        return list(self.pending)[: min(number_in(wish, "limit", MOST_UPDATES), MOST_UPDATES)]

    def send(self, wish: Mapping[str, Any]) -> Json:
        """Write to a person who wrote first and has not blocked the bot."""
        person = self._people.get(number_in(wish, "chat_id", 0))
        text = str(wish.get("text", ""))
        if person is None:
            raise Refused(400, "Bad Request: chat not found")
        if not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > MOST_TEXT:
            raise Refused(400, "Bad Request: message is too long")
        if person.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        self._brake(person.id)
        extras = {name: wish[name] for name in ("parse_mode", "link_preview_options") if name in wish}
        extras |= {"reply_markup": _keyboard(wish["reply_markup"])} if wish.get("reply_markup") else {}
        message = {"message_id": self._number(), "from": self.me(), "chat": person.chat, "date": int(self.now())}
        self.sent.append(message | {"text": text.strip()} | extras)
        return message | {"text": text.strip()}

    def file(self, wish: Mapping[str, Any]) -> Json:
        """Tell where a file lies."""
        name = str(wish.get("file_id", ""))
        if name not in self.files:
            raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        return {"file_id": name, "file_unique_id": name, "file_size": len(self.files[name]), "file_path": name}

    def leave(self, wish: Mapping[str, Any]) -> bool:
        """Leave a group or a channel."""
        chat = number_in(wish, "chat_id", 0)
        if chat >= 0:
            raise Refused(400, "Bad Request: a private chat can't be left")
        self.left.append(chat)
        return True

    def answer_tap(self, wish: Mapping[str, Any]) -> bool:
        """Let a tapped button go."""
        if str(wish.get("callback_query_id")) not in self.tapped:
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.tapped.remove(str(wish["callback_query_id"]))
        return True

    def set_menu(self, wish: Mapping[str, Any]) -> bool:
        """Show commands to people of one language, or to everybody else."""
        commands = wish.get("commands")
        listed = json.loads(commands) if isinstance(commands, str) else commands
        self.menu[str(wish.get("language_code") or "")] = [command["command"] for command in listed or ()]
        return True

    def set_hook(self, wish: Mapping[str, Any]) -> bool:
        """Post updates to an address of this machine from now on; an empty one ends that."""
        url = str(wish.get("url", ""))
        if url and urlsplit(url).hostname not in LOOPBACK:
            raise Refused(400, "Bad Request: bad webhook: this server calls loopback addresses only")
        hook = Hook(url, str(wish.get("secret_token", "")))
        if hook != self.hook:  # said again, it changes nothing
            self.hook, self.hook_error = hook, ""
        self._allow(wish)
        return self._drop_if_asked(wish)

    def delete_hook(self, wish: Mapping[str, Any]) -> bool:
        """Let the bot poll again."""
        self.hook, self.hook_error = Hook(), ""
        return self._drop_if_asked(wish)

    def hook_info(self) -> Json:
        """Return what getWebhookInfo tells."""
        info: Json = {
            "url": self.hook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
        }
        failed = {"last_error_date": int(self.now()), "last_error_message": self.hook_error}
        return info | (failed if self.hook_error else {})

    # -- for the server ------------------------------------------------------------------------------

    async def next_for_hook(self) -> tuple[Hook, Json]:
        """Wait for an update that has to be posted, and return it; it stays pending until `posted`."""
        while not (self.hook.url and self.pending):
            await self._wait(LONGEST_POLL)
        return self.hook, self.pending[0]

    def posted(self, update: Json, error: str) -> None:
        """Note what came of a post."""
        self.hook_error = error
        if not error and self.pending and self.pending[0] is update:
            self.pending.popleft()

    def close(self) -> None:
        """Send all readers home: the server stops."""
        self.closed = True
        self._tell()

    def _written(self, person: Person, date: int | None) -> Json:
        when = int(self.now()) if date is None else date
        return {"message_id": self._number(), "from": person.user, "chat": person.chat, "date": when}

    def _number(self) -> int:
        self._messages += 1
        return self._messages

    def _confirm(self, offset: int) -> None:
        if offset < 0:  # "updates starting from -offset from the end; all previous are forgotten"
            self.pending = deque(list(self.pending)[offset:])
        while self.pending and self.pending[0]["update_id"] < offset:
            self.pending.popleft()

    def _drop_if_asked(self, wish: Mapping[str, Any]) -> bool:
        if str(wish.get("drop_pending_updates", "")).lower() == "true":
            self.pending.clear()
        self._tell()
        return True

    def _allow(self, wish: Mapping[str, Any]) -> None:
        kinds = wish.get("allowed_updates")
        if kinds is not None:
            self._allowed = frozenset(json.loads(kinds) if isinstance(kinds, str) else kinds) or None

    def _refuse_while_hooked(self) -> None:
        if self.hook.url:
            raise Refused(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )

    def _brake(self, chat: int) -> None:
        now = self.now()
        while self._recent and self._recent[0][0] <= now - 1:
            self._recent.popleft()
        if len(self._recent) >= _FLOOD or sum(known == chat for _, known in self._recent) >= _BURST:
            raise Refused(429, "Too Many Requests: retry after 1", retry_after=1)
        self._recent.append((now, chat))

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):  # wait_for loses a cancellation that meets the news (Python 3.11)
                await self._news.wait()


def _keyboard(written: Any) -> Any:
    """Check the buttons below a message as the Bot API does."""
    keyboard = json.loads(written) if isinstance(written, str) else written
    buttons = [button for row in keyboard["inline_keyboard"] for button in row]
    data = [str(button.get("callback_data", "")).encode() for button in buttons if button.get("text")]
    if len(data) < len(buttons) or not all(0 < len(word) <= MOST_DATA for word in data):
        raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    return keyboard


def number_in(wish: Mapping[str, Any], name: str, otherwise: int) -> int:
    """Read a number from a call's parameters, which may be text."""
    value = wish.get(name)
    if value in (None, ""):
        return otherwise
    try:
        return int(str(value))
    except ValueError:
        raise Refused(400, f"Bad Request: {name} must be an Integer") from None

"""Meta as the desk meets it: calls signed over their raw bytes and repeated until 200, and a Graph API with its rules.

Windows of 24 hours and seven days, templates, rates per person, tokens, the proof of the app secret, sizes.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

DAY: Final = 86_400
Json = dict[str, Any]


class GraphError(Exception):
    """What Graph refuses with."""

    def __init__(self, code: int, message: str, subcode: int | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.answer = {"error": {"message": message, "type": "OAuthException", "code": code, "error_subcode": subcode}}
        self.status = status


@dataclass
class FakeMeta:
    """One app with one page, one linked Instagram account and one phone number.

    `heard` is when each person last wrote; `plan` are errors to answer with first. `clock` gives seconds since 1970.
    """

    app_secret: str
    token: str
    verify_token: str = "a-word-of-our-own"
    page: str = "1122334455"
    instagram: str = "17841400000000000"
    phone: str = "106540352242922"
    hook: str = ""
    subscribed: Sequence[str] = ("messages", "message_edits", "messaging_postbacks")
    seconds_apart: float = 0.0
    templates: Sequence[str] = ("rights_news",)
    clock: Callable[[], float] = time.time
    heard: dict[str, float] = field(default_factory=dict)
    sent: list[Json] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    plan: list[GraphError] = field(default_factory=list)
    last: dict[str, float] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    # -- calls to the desk --------------------------------------------------------------------------

    async def call(self, url: str, content: Json | bytes, *, secret: str = "", signature: str | None = None) -> int:
        """Post a call once and return the status."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        digest = hmac.new((secret or self.app_secret).encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={digest}" if signature is None else signature}
        async with httpx.AsyncClient(trust_env=False, verify=False) as client:
            return (await client.post(url, content=body, headers=headers)).status_code

    async def verify(self, url: str, token: str, challenge: str = "1158201444") -> tuple[int, str]:
        """Ask the desk whether it knows our verify token."""
        asked = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": challenge}
        async with httpx.AsyncClient(trust_env=False, verify=False) as client:
            answer = await client.get(url, params=asked)
        return answer.status_code, answer.text

    def messaging(self, person: str, *, topic: str = "page", **happened: Any) -> Json:
        """Return one thing between a person and the page or the Instagram account."""
        now = self.clock()
        if "message" in happened and not happened["message"].get("is_echo"):
            self.heard[person] = now
        ours = self.page if topic == "page" else self.instagram
        return {"sender": {"id": person}, "recipient": {"id": ours}, "timestamp": int(now * 1000), **happened}

    def tapped(self, person: str, ident: str, label: str, **page: Any) -> Json:
        """Return the tap on a quick reply below the last text of ours: its title as a text, and its payload."""
        word = dict(self.buttons(person))[label]
        said = {"mid": ident, "text": label, "quick_reply": {"payload": word}}
        return self.messaging(person, message=said, **page)

    def pressed(self, number: str, ident: str, label: str) -> Json:
        """Return the tap on a WhatsApp button, or on a row of a list, below the last text of ours."""
        (kind,) = {one["interactive"]["type"] for one in self.sent[-1:]}
        answer = {"id": dict(self.buttons(number))[label], "title": label}
        reply = {"type": f"{kind}_reply", f"{kind}_reply": answer}
        return self.written(number, ident=ident, type="interactive", interactive=reply)

    def batch(self, *items: Json, topic: str = "page") -> Json:
        """Return a call with several entries, one for each item."""
        ours = self.page if topic == "page" else self.instagram
        return {
            "object": topic,
            "entry": [{"id": ours, "time": int(self.clock() * 1000), "messaging": [item]} for item in items],
        }

    def whatsapp(self, *messages: Json, statuses: Sequence[Json] = (), name: str = "Ann", **value: Any) -> Json:
        """Return a call about the phone number."""
        told: Json = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "31 20 555 0100", "phone_number_id": self.phone},
        }
        if messages:
            told["contacts"] = [{"profile": {"name": name}, "wa_id": messages[0].get("from", "")}]
            told["messages"] = list(messages)
        if statuses:
            told["statuses"] = list(statuses)
        change = {"field": "messages", "value": told | value}
        return {"object": "whatsapp_business_account", "entry": [{"id": "42", "changes": [change]}]}

    def written(self, number: str, text: str = "", *, ident: str = "", **more: Any) -> Json:
        """Return one WhatsApp message."""
        self.heard[more.get("from_user_id") or number] = self.clock()
        message = {"from": number, "id": ident or f"wamid.{next(self.numbers)}", "timestamp": str(int(self.clock()))}
        kind = {"type": "text", "text": {"body": text}} if text else {}
        return message | kind | more

    # -- the Graph API --------------------------------------------------------------------------------

    @property
    def app(self) -> FastAPI:
        app = FastAPI()

        @app.exception_handler(GraphError)
        async def refuse(_request: Request, error: GraphError) -> JSONResponse:
            usage = {"1": [{"type": "messenger", "estimated_time_to_regain_access": 2}]}
            busy = error.answer["error"]["code"] in {4, 613, 80006}
            headers = {"X-Business-Use-Case-Usage": json.dumps(usage)} if busy else {}
            return JSONResponse(error.answer, error.status, headers=headers)

        @app.post("/v25.0/me/messages")
        async def send(request: Request) -> Json:
            wish = await self._admitted(request)
            return self._send_to_a_page_scoped_id(wish)

        @app.post("/v25.0/{phone}/messages")
        async def send_whatsapp(phone: str, request: Request) -> Json:
            wish = await self._admitted(request)
            if phone != self.phone or wish.get("messaging_product") != "whatsapp":
                raise GraphError(100, "(#100) Invalid parameter")
            return self._send_to_a_number(wish)

        self._add_answers(app)
        return app

    def _add_answers(self, app: FastAPI) -> None:
        @app.get("/v25.0/me")
        async def me(request: Request) -> Json:
            await self._proven(request)
            return {
                "id": self.page,
                "name": "Nexio Projects",
                "instagram_business_account": {"id": self.instagram},
            }

        @app.get("/v25.0/{page}/subscribed_apps")
        async def subscribed_apps(page: str, request: Request) -> Json:
            await self._proven(request)
            if page != self.page:
                raise GraphError(100, "(#100) Unsupported get request")
            return {"data": [{"id": "9", "name": "desk", "subscribed_fields": list(self.subscribed)}]}

        @app.get("/v25.0/{phone}")
        async def number(phone: str, request: Request) -> Json:
            if phone in self.files:
                await self._admitted(request)
                size = self.sizes.get(phone, len(self.files[phone]))
                return {"url": f"{request.base_url}media/{phone}", "file_size": size, "id": phone}
            await self._proven(request)
            if phone != self.phone:
                raise GraphError(100, "(#100) Unsupported get request")
            return {
                "id": phone,
                "display_phone_number": "31205550100",
                "webhook_configuration": {"application": self.hook},
            }

        @app.get("/cdn/{name}")
        async def picture(name: str, request: Request) -> Response:
            if "authorization" in request.headers:  # the address is all it takes, and anybody may run it
                return Response(status_code=400)
            return Response(self.files[name]) if name in self.files else Response(status_code=404)

        @app.get("/media/{name}")
        async def media(name: str, request: Request) -> Response:
            await self._admitted(request)
            return Response(self.files[name])

    async def _admitted(self, request: Request) -> Json:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            raise GraphError(190, "Invalid OAuth access token.", status=401)
        if self.plan:
            raise self.plan.pop(0)
        body = await request.body()
        return dict(json.loads(body)) if body else {}

    async def _proven(self, request: Request) -> None:
        await self._admitted(request)
        due = hmac.new(self.app_secret.encode(), self.token.encode(), hashlib.sha256).hexdigest()
        if request.query_params.get("appsecret_proof") != due:
            raise GraphError(100, "Invalid appsecret_proof provided in the API argument")

    def _send_to_a_page_scoped_id(self, wish: Json) -> Json:
        person, text = wish["recipient"]["id"], wish["message"]["text"]
        since = self._since(person)
        if since is None:
            raise GraphError(100, "(#100) No matching user found", 2018001)
        if len(text) > 2000:
            raise GraphError(100, "(#100) Length of param message[text] must be less than or equal to 2000")
        _check_quick_replies(wish["message"].get("quick_replies"))
        agent = wish.get("messaging_type") == "MESSAGE_TAG" and wish.get("tag") == "HUMAN_AGENT"
        if since > (7 * DAY if agent else DAY):
            raise GraphError(10, "(#10) This message is sent outside of allowed window.", 2018278)
        self._paced(person, GraphError(613, "(#613) Calls to this api have exceeded the rate limit."))
        return self._kept(wish, person) | {"recipient_id": person}

    def _send_to_a_number(self, wish: Json) -> Json:
        person = wish.get("to") or wish.get("recipient")
        since = self._since(str(person))
        if wish["type"] == "template":
            if wish["template"]["name"] not in self.templates:
                raise GraphError(132001, "(#132001) Template name does not exist in the translation")
        elif since is None or since > DAY:
            raise GraphError(131047, "(#131047) Re-engagement message")
        elif wish["type"] == "interactive":
            _check_interactive(wish["interactive"])
        elif len(wish["text"]["body"]) > 4096:
            raise GraphError(100, "(#100) Param text['body'] must be at most 4096 characters long.")
        self._paced(str(person), GraphError(131056, "(#131056) pair rate limit hit"))
        return {"messaging_product": "whatsapp", "messages": [{"id": self._kept(wish, str(person))["message_id"]}]}

    def _since(self, person: str) -> float | None:
        return self.clock() - self.heard[person] if person in self.heard else None

    def _paced(self, person: str, refusal: GraphError) -> None:
        now = time.monotonic()
        if now - self.last.get(person, -1e9) < self.seconds_apart:
            raise refusal
        self.last[person] = now

    def _kept(self, wish: Json, person: str) -> Json:
        self.sent.append(wish | {"person": person})
        return {"message_id": f"m_{next(self.numbers)}"}

    def texts(self, person: str) -> list[str]:
        """Return what a person read."""
        mine = [one for one in self.sent if one["person"] == person]
        return [words_of(one) for one in mine]

    def buttons(self, person: str) -> list[tuple[str, str]]:
        """Return the label and the word of each answer below the last text a person read."""
        return buttons_of([one for one in self.sent if one["person"] == person][-1])


def words_of(sent: Json) -> str:
    """Return the text of what was sent, whatever stands below it."""
    inside = (sent.get("interactive") or {}).get("body") or sent.get("message") or {}
    return str((sent.get("text") or {}).get("body") or inside.get("text", ""))


def buttons_of(sent: Json) -> list[tuple[str, str]]:
    """Return the label and the word of each answer to tap."""
    replies = sent.get("message", {}).get("quick_replies", ())
    action = (sent.get("interactive") or {}).get("action", {})
    buttons = [one["reply"] for one in action.get("buttons", ())]
    rows = [row for section in action.get("sections", ()) for row in section["rows"]]
    return [(one["title"], one.get("payload") or one["id"]) for one in (*replies, *buttons, *rows)]


def _check_quick_replies(replies: Any) -> None:
    """Refuse what Messenger and Instagram refuse, or would cut short: 13 replies, 20 characters, 1,000 of payload."""
    if replies is None:
        return
    if not 1 <= len(replies) <= 13:
        raise GraphError(100, "(#100) quick_replies must hold between 1 and 13 replies")
    for one in replies:
        if one["content_type"] != "text" or not 1 <= len(one["title"]) <= 20 or len(one["payload"]) > 1000:
            raise GraphError(100, "(#100) Invalid quick reply")


def _check_interactive(wish: Json) -> None:
    """Refuse what WhatsApp refuses: three buttons of 20 characters below 1,024, or a list of ten rows below 4,096."""
    action, body = wish["action"], wish["body"]["text"]
    if wish["type"] == "button":
        titles, most, longest = [one["reply"]["title"] for one in action["buttons"]], 3, 20
        idents, most_body = [one["reply"]["id"] for one in action["buttons"]], 1024
    else:
        rows = [row for section in action["sections"] for row in section["rows"]]
        titles, most, longest = [row["title"] for row in rows], 10, 24
        idents, most_body = [row["id"] for row in rows], 4096
        if not 1 <= len(action["button"]) <= 20:
            raise GraphError(131009, "(#131009) Button label is too long. Max length is 20")
    if not 1 <= len(titles) <= most or len(set(titles)) < len(titles) or not body or len(body) > most_body:
        raise GraphError(131009, "(#131009) Parameter value is not valid")
    if any(not 1 <= len(one) <= longest for one in titles) or any(not 1 <= len(one) <= 200 for one in idents):
        raise GraphError(131009, f"(#131009) Title is too long. Max length is {longest}")

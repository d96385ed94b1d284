"""A Bot API server of our own on loopback, for the demo and the tests; /control lets people write and things go wrong.

`python -m bot.demo.bot_api --port N --token T` runs it alone. See https://core.telegram.org/bots/api for the original.
"""

import argparse
import asyncio
import json
import socket
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, Literal
from urllib.parse import parse_qsl

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.middleware.trustedhost import TrustedHostMiddleware
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.demo.chats import LOOPBACK, Chats, Hook, Json, Refused

HOST: Final = "127.0.0.1"
_HOOK_PATIENCE: Final = 5.0
_HOOK_RETRY: Final = 0.2


class Say(BaseModel):
    """A message to the bot; `more` holds further fields of a Message, such as a photo."""

    chat_id: int
    text: str = ""
    first_name: str | None = None
    language_code: str | None = None
    date: int | None = None
    more: dict[str, Any] = Field(default_factory=dict)


class Edit(BaseModel):
    """A new text for an earlier message."""

    chat_id: int
    message_id: int
    text: str


class Tap(BaseModel):
    """A pressed button."""

    chat_id: int
    data: str


class Block(BaseModel):
    """The bot blocked, or let in again."""

    chat_id: int
    blocked: bool = True


class Arrive(BaseModel):
    """Any update, also one of a shape that nobody foresaw."""

    kind: str
    content: Any


class Fault(BaseModel):
    """What happens to the next call of a method: refused, or carried out and then left without a proper answer."""

    method: str = "sendMessage"
    kind: Literal["flood", "forbidden", "error", "drop", "garble"]
    retry_after: int = 1


class BotApi:
    """The server: the Bot API for one token, and the controls."""

    def __init__(self, chats: Chats) -> None:
        self.chats = chats
        self.faults: deque[Fault] = deque()
        self.app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
        self.app.add_middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])  # against DNS rebinding
        self.app.add_exception_handler(Refused, _say_no)
        self.app.add_api_route("/bot{token}/{method}", self._call, methods=["GET", "POST"])
        self.app.add_api_route("/file/bot{token}/{name}", self._file, methods=["GET"])
        self._add_controls()

    @asynccontextmanager
    async def open(self, host: str = HOST, port: int = 0) -> AsyncIterator[str]:
        """Serve on loopback as long as the block lasts; gives the address to put into `base_url`."""
        if host not in LOOPBACK:
            raise ValueError(f"{host} is not this machine alone: anybody could speak for everybody here")
        listener = socket.create_server((host, port))
        server = _Server(
            uvicorn.Config(
                self.app,
                http=_Line,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=2,
            )
        )
        self.chats.closed = False
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        posting = asyncio.create_task(self._post_updates())
        try:
            yield f"http://{host}:{listener.getsockname()[1]}/bot"
        finally:
            self.chats.close()
            server.should_exit = True
            posting.cancel()
            await asyncio.gather(serving, posting, return_exceptions=True)

    async def _call(self, token: str, method: str, request: Request) -> Response:
        if not self.chats.admits(token):
            raise Refused(401, "Unauthorized")
        wish = await _parameters(request)
        fault = self._fault(method)
        if fault is not None and fault.kind in {"flood", "forbidden", "error"}:
            raise _refusal(fault)
        result = await self._do(method.lower(), wish)
        if fault is not None and fault.kind == "drop":
            request.scope["state"]["transport"].abort()
        if fault is not None and fault.kind == "garble":
            return Response("<html>no JSON here</html>")
        return JSONResponse({"ok": True, "result": result})

    async def _file(self, token: str, name: str) -> Response:
        if not self.chats.admits(token) or name not in self.chats.files:
            raise Refused(404, "Not Found")
        return Response(self.chats.files[name], media_type="application/octet-stream")

    async def _do(self, method: str, wish: Json) -> Any:
        if method == "getupdates":
            return await self.chats.updates(wish)
        deed = self._deeds.get(method)  # the Bot API does not mind the case
        if deed is None:
            raise Refused(404, "Not Found")
        return deed(wish)

    @property
    def _deeds(self) -> Mapping[str, Callable[[Json], Any]]:
        chats = self.chats
        return {
            "getme": lambda _: chats.me(),
            "sendmessage": chats.send,
            "setwebhook": chats.set_hook,
            "deletewebhook": chats.delete_hook,
            "getwebhookinfo": lambda _: chats.hook_info(),
            "getfile": chats.file,
            "answercallbackquery": chats.answer_tap,
            "leavechat": chats.leave,
            "setmycommands": chats.set_menu,
        }

    def _fault(self, method: str) -> Fault | None:
        fault = next((fault for fault in self.faults if fault.method.lower() == method.lower()), None)
        if fault is not None:
            self.faults.remove(fault)
        return fault

    def _add_controls(self) -> None:
        chats, app = self.chats, self.app

        @app.post("/control/say")
        async def say(said: Say) -> Json:
            who = said.model_dump(include={"first_name", "language_code"}, exclude_none=True)
            return chats.say(said.chat_id, said.text, date=said.date, **who, **said.more)

        @app.post("/control/edit")
        async def edit(edited: Edit) -> Json:
            return chats.edit(edited.chat_id, edited.message_id, edited.text)

        @app.post("/control/tap")
        async def tap(tapped: Tap) -> Json:
            return chats.tap(tapped.chat_id, tapped.data)

        @app.post("/control/block")
        async def block(change: Block) -> Json:
            return chats.block(change.chat_id, blocked=change.blocked)

        @app.post("/control/arrive")
        async def arrive(update: Arrive) -> Json:
            return chats.arrive(update.kind, update.content)

        @app.post("/control/fail")
        async def fail(fault: Fault) -> Json:
            self.faults.append(fault)
            return {"faults": len(self.faults)}

        @app.get("/control/sent")
        async def sent(chat_id: int | None = None, after: int = 0) -> list[Json]:
            of_chat = (message for message in chats.sent if chat_id in (None, message["chat"]["id"]))
            return [_as_read(message) for message in of_chat if message["message_id"] > after]

        @app.get("/control/pending")
        async def pending() -> list[Json]:
            return list(chats.pending)

    async def _post_updates(self) -> None:
        """Post what is pending, in order, each until it was answered with 2xx."""
        # No certificates to check: loopback speaks plain HTTP.
        async with httpx.AsyncClient(timeout=_HOOK_PATIENCE, trust_env=False, verify=False) as client:  # noqa: S501
            while True:
                hook, update = await self.chats.next_for_hook()
                error, owed = await _post(client, hook, update)
                self.chats.posted(update, error)
                if owed:
                    await self._do(str(owed.pop("method", "")).lower(), owed)
                if error:
                    await asyncio.sleep(_HOOK_RETRY)


@asynccontextmanager
async def open_bot_api(host: str = HOST, port: int = 0, token: str = "") -> AsyncIterator[BotApi]:
    """Serve one bot as long as the block lasts; without a token, the first that calls is the bot's."""
    api = BotApi(Chats(token))
    async with api.open(host, port):
        yield api


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Line(H11Protocol):
    """A connection that a request can cut."""

    # uvicorn narrows the argument in the same way
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


async def _post(client: httpx.AsyncClient, hook: Hook, update: Json) -> tuple[str, Json]:
    """Return what went wrong, empty when the update was taken, and the call that the answer carried."""
    secret = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
    try:
        answer = await client.post(hook.url, json=update, headers=secret)
    except httpx.HTTPError as broken:
        return f"Connection failed: {type(broken).__name__}", {}
    if not answer.is_success:
        return f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}", {}
    carried = answer.headers.get("content-type", "").startswith("application/json") and answer.content
    return "", dict(answer.json()) if carried else {}


async def _parameters(request: Request) -> Json:
    """Read a call's parameters wherever the Bot API allows them: in the address, as a form, as JSON."""
    body = await request.body()
    wish: Json = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            return wish | dict(json.loads(body))
        except (ValueError, TypeError):
            raise Refused(400, "Bad Request: can't parse the JSON object") from None
    return wish | dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))


def _as_read(message: Json) -> Json:
    """Return a message of the bot's as the person reads it; `number` grows over all chats."""
    return {"number": message["message_id"], "chat": message["chat"]["id"]} | {
        name: value for name, value in message.items() if name not in {"message_id", "from", "chat"}
    }


async def _say_no(_request: Request, refused: Exception) -> Response:
    if not isinstance(refused, Refused):
        raise refused
    return JSONResponse(refused.answer, status_code=refused.code)


def _refusal(fault: Fault) -> Refused:
    match fault.kind:
        case "flood":
            return Refused(429, f"Too Many Requests: retry after {fault.retry_after}", fault.retry_after)
        case "forbidden":
            return Refused(403, "Forbidden: bot was blocked by the user")
        case _:
            return Refused(500, "Internal Server Error")


async def _serve_until_stopped(port: int, token: str) -> None:
    async with BotApi(Chats(token)).open(port=port) as base_url:
        sys.stdout.write(f"{base_url}\n")
        sys.stdout.flush()
        await asyncio.get_running_loop().create_future()


def main() -> None:
    """Run the server until it is interrupted."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0 takes any that is free")
    options.add_argument("--token", default="123456:demo-token")
    chosen = options.parse_args()
    try:
        asyncio.run(_serve_until_stopped(chosen.port, chosen.token))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()

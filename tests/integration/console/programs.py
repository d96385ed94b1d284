"""Programs with tokens, and what they send."""

from typing import Any

import httpx

from bot.console.api import PATH
from bot.core.drafts import Role
from bot.core.rights import RequestType
from tests.flow.conftest import ANN
from tests.integration.console.conftest import Console

WORDS = {
    "reference": "NX-AAAA-BBBB",
    "year": "2026",
    "name": "orders.txt",
    "part": "1",
} | dict.fromkeys(("draft", "task", "outgoing", "message", "mark", "webhook"), "none")
GIVEN: dict[str, Any] = {"reason": "by phone", "version": 0}
BODIES: dict[str, Any] = {
    "POST /cases/{reference}/reading": {"rights": ["access"], "version": 0},
    "POST /cases/{reference}/ask": {"version": 0},
    "POST /cases/{reference}/ask-facts": {"of": "zoe@example.net", "version": 0},
    "POST /cases/{reference}/extend": {"rights": ["access"], "reason": "volume", "version": 0},
    "POST /cases/{reference}/outcomes": {"outcomes": {"access": "granted"}, "version": 0},
    "POST /cases/{reference}/close": GIVEN,
    "POST /cases/{reference}/anew": {"version": 0},
    "POST /cases/{reference}/language": {"language": "fr", "version": 0},
    "POST /cases/{reference}/vouch": {"of": "zoe@example.net", "ground": "mandate"} | GIVEN,
    "POST /cases/{reference}/unvouch": GIVEN,
    "POST /cases/{reference}/choose": {"fields": ["name"], "how": "read_out"} | GIVEN,
    "POST /cases/{reference}/unchoose": GIVEN,
    "POST /cases/{reference}/undoubt": GIVEN,
    "POST /cases/{reference}/reopen": GIVEN,
    "POST /cases/{reference}/merge": {"into": "NX-AAAA-BBBB"} | GIVEN,
    "POST /cases/{reference}/split": {"rights": ["access"]} | GIVEN,
    "POST /cases/{reference}/conflict": {"colleague": "otto@nexioprojects.com", "version": 0},
    "POST /cases/{reference}/conflict-lifted": {"colleague": "otto@nexioprojects.com", "version": 0},
    "POST /cases/{reference}/hold": GIVEN,
    "POST /cases/{reference}/release": GIVEN,
    "POST /cases/{reference}/breach": GIVEN,
    "POST /cases/{reference}/breach-assessed": GIVEN,
    "POST /cases/{reference}/authority-day": {"day": "2026-12-24"} | GIVEN,
    "POST /cases/{reference}/denial-settled": GIVEN,
    "POST /cases/find": {"words": "zoe@example.net"},
    "POST /cases/{reference}/packages": {"seal": "0" * 64},
    "POST /cases/{reference}/copy/marks": {
        "where": "field",
        "key": "notes",
        "words": "Bert",
        "ground": "other_person",
        "reason": "he asked us",
    },
    "POST /messages": {
        "way": "letter",
        "at": "2026-03-02T09:00:00Z",
        "name": "Zoe",
        "reach": "Canary Lane 7",
        "text": "Hello.",
        "reason": "came by post",
    },
    "POST /messages/{message}/adopt": {"rights": ["access"]},
    "POST /messages/{message}/destroy": {"reason": "seen"},
    "POST /customers/find": {"words": "zoe@example.net"},
    "POST /customers/import": {"csv": "number,emails\nC-1,zoe@example.net\n", "dry_run": True},
    "POST /cases/assign": {"cases": ["NX-AAAA-BBBB"], "to": ""},
    "POST /cases/{reference}/assign": {"to": ""},
    "POST /cases/{reference}/note": {"text": "call back"},
    "POST /tasks/{task}/done": {"note": ""},
    "POST /tasks/{task}/except": {"reason": "nothing there"},
    "PUT /drafts/{draft}": {"subject": "s", "body": "b", "seal": "0" * 64},
    "POST /drafts/{draft}/outcomes": {"outcomes": {"access": "granted"}, "seal": "0" * 64},
    "POST /drafts/{draft}/approve": {"seal": "0" * 64},
    "POST /drafts/{draft}/reject": {"reason": "warmer", "seal": "0" * 64},
    "POST /deliveries/{outgoing}/settle": {"arrived": True},
    "POST /suppressions": {"recipient": "zoe@example.net", "reason": "by phone"},
    "POST /suppressions/check": {"recipients": ["zoe@example.net"], "scope": "email"},
    "POST /audit/export": {},
    "POST /suppressions/lift": {"recipient": "zoe@example.net", "scope": "all", "reason": "by phone"},
}


class Program:
    """A program with a token."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def call(self, method: str, path: str, status: int = 200, **wish: Any) -> Any:
        """Call and return what was told; refusals are problems, whatever refused."""
        response = await self.http.request(method, PATH + path, **wish)
        assert response.status_code == status, f"{method} {path}: {response.status_code} {response.text[:500]}"
        if status >= 400:
            assert response.headers["content-type"] == "application/problem+json"
            assert response.json()["detail"]
        return response.json()

    async def listed(self, path: str, **filters: Any) -> list[Any]:
        """Read a list to its end, three at a time, and return what it holds."""
        found: list[Any] = []
        page = await self.call("GET", path, params=filters | {"limit": 3})
        while True:
            found += page[path.strip("/")]
            if not page["next"]:
                return found
            page = await self.call("GET", path, params=filters | {"limit": 3, "after": page["next"]})


async def program(console: Console, owner: str, *roles: Role, days: int = 90, exports: bool = False) -> Program:
    """Give a colleague roles, and a program of theirs a token with the same ones."""
    await console.hire(owner, *roles)
    secret, _ = await console.office.tokens.make("front end", frozenset(roles), days, owner, may_export=exports)
    return await holding(console, secret)


async def holding(console: Console, secret: str) -> Program:
    http = httpx.AsyncClient(base_url=console.url, headers={"Authorization": f"Bearer {secret}"}, timeout=20)
    await console.stack.enter_async_context(http)
    return Program(http)


async def proven_request(console: Console, right: RequestType = RequestType.ACCESS) -> str:
    """Let Ann ask for her data and prove that it is her; return the reference."""
    desk = console.desk
    await desk.know(ANN)
    desk.reader.tell("A copy of my data, please.", right)
    await desk.mail("A copy of my data, please.")
    await desk.mail(await desk.code())
    return (await desk.case_of(ANN)).reference

"""The JSON API: what colleagues do at the console, for a front end of the company's own; docs/api.md describes it."""

from typing import Any, Final

from fastapi import FastAPI

from bot.console.api import (
    cases,
    conversation,
    copies,
    day,
    deliveries,
    drafts,
    exports,
    identity,
    joins,
    measures,
    messages,
    packages,
    registers,
    safeguards,
    tasks,
    teamwork,
)
from bot.console.api.gate import Limits, Pace
from bot.console.api.problems import EXPECTED, KIND, Problem, add_problems
from bot.console.office import Office

PATH: Final = "/api/v1"
ROUTERS: Final = (
    day.router,
    cases.router,
    conversation.router,
    measures.router,
    identity.router,
    joins.router,
    safeguards.router,
    teamwork.router,
    tasks.router,
    drafts.router,
    deliveries.router,
    messages.router,
    copies.router,
    packages.router,
    registers.router,
    exports.router,
)

_REFUSED: Final = {
    status: {
        "description": "Refused; `detail` says what to do",
        "content": {KIND: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status in EXPECTED
}


class Api(FastAPI):
    """An application whose description holds the shape of a refusal once."""

    def openapi(self) -> dict[str, Any]:
        """Return the description."""
        described = super().openapi()
        described["components"]["schemas"][Problem.__name__] = Problem.model_json_schema()
        return described


def build_api(office: Office | None = None) -> FastAPI:
    """Return the API as an application of its own; without an office it only describes itself."""
    api = Api(
        title="Nexio rights desk",
        version="1",
        description="What colleagues do at the console, for programs. Every call acts for the token's owner.",
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        servers=[{"url": PATH}],
        root_path_in_servers=False,
        responses=_REFUSED,  # type: ignore[arg-type] # statuses are ints, which a dict is invariant about
    )
    api.state.office = office
    api.state.pace = Pace()
    for router in ROUTERS:
        api.include_router(router)
    add_problems(api)
    api.add_middleware(Limits)
    return api

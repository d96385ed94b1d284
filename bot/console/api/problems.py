"""Refusals as programs read them: problem details (RFC 9457), whose `detail` says what to do."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final, cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from bot.core.errors import (
    BadInput,
    ImpossibleTransition,
    NotAdmitted,
    NotAllowed,
    NotApprovable,
    NotFound,
    RightsDeskError,
    StorageUnavailable,
    TransientFailure,
)

KIND: Final = "application/problem+json"
NO_CALL: Final = "There is no such call: openapi.json beside the calls lists them all."

Handler = Callable[[Request, Exception], Awaitable[Response]]


class Problem(BaseModel):
    """Why a call was refused (RFC 9457)."""

    title: str
    status: int
    detail: str


_STATUS: Final = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (NotAdmitted, HTTPStatus.FORBIDDEN),
    (NotAllowed, HTTPStatus.CONFLICT),
    (BadInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotApprovable, HTTPStatus.CONFLICT),
    (ImpossibleTransition, HTTPStatus.CONFLICT),
    (StorageUnavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (TransientFailure, HTTPStatus.SERVICE_UNAVAILABLE),
)

EXPECTED: Final = (400, 401, 403, 404, 409, 411, 413, 422, 429, 503)
"""What any call may answer in place of its own."""


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """Return one refusal."""
    told = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return JSONResponse(told.model_dump(), status, headers=headers, media_type=KIND)


def add_problems(app: FastAPI) -> None:
    """Let every failure of a call be told as a problem."""
    for kind, handler in ((HTTPException, _http), (RequestValidationError, _invalid), (RightsDeskError, _ours)):
        app.add_exception_handler(kind, cast(Handler, handler))


async def _http(_request: Request, failure: HTTPException) -> Response:
    known = HTTPStatus(failure.status_code).phrase
    detail = NO_CALL if failure.detail == known else str(failure.detail)
    return problem(failure.status_code, detail, dict(failure.headers or {}))


async def _invalid(_request: Request, failure: RequestValidationError) -> Response:
    wrong = [f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}" for error in failure.errors()]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(wrong))


async def _ours(_request: Request, failure: RightsDeskError) -> Response:
    for kind, status in _STATUS:
        if isinstance(failure, kind):
            return problem(status, str(failure))
    return problem(HTTPStatus.CONFLICT, str(failure))

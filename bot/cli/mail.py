"""`ingest`: raw mails through the same street."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.bootstrap import Desk
from bot.channels.received import topmost_received
from bot.cli.common import DEFAULT_CONFIG, AsJson, Config, at_the_desk, print_json, told_plainly
from bot.cli.files import STDIN, read_bytes
from bot.core.errors import BadInput
from bot.core.records import Kept


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("ingest")(ingest)


def ingest(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Raw mails (.eml); - reads one from standard input.")
    ],
    *,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Skip mails received before this date.")
    ] = None,
    received: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="When they reached the company (UTC)."),
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Take raw mails in as if they had just arrived by mail; prints one JSON object a message.

    The time of receipt is our own topmost Received line, or the file's date, never the sender's Date. Nothing automatic
    is sent for mail over three days old.
    """
    with told_plainly():  # before anything is stored, so that a slip of the pen stores nothing
        mails = [(file, _mail(file)) for file in files]
        if received is not None and received.replace(tzinfo=UTC) > datetime.now(UTC):
            raise BadInput(f"--received {received:%Y-%m-%d}: that day is still to come")

    async def work(desk: Desk) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = []
        authserv_id = next((box.authserv_id for box in desk.settings.mailbox), "")
        for file, raw in mails:
            dated = received.replace(tzinfo=UTC) if received else topmost_received(raw) or _file_date(file)
            if since is not None and dated < since.replace(tzinfo=UTC):
                told.append({"file": str(file), "disposition": "skipped", "received_at": dated.isoformat()})
                continue
            told.append({"file": str(file)} | row(await desk.ingest.take(raw, dated, authserv_id)))
        return told

    told = at_the_desk(config, work)
    if as_json:
        print_json(told)
        return
    for one in told:
        print_line(one)


def print_line(one: dict[str, Any]) -> None:
    """Print one JSON object on one line."""
    sys.stdout.write(json.dumps(one, ensure_ascii=False) + "\n")


def _mail(file: Path) -> bytes:
    raw = read_bytes(file)
    if not raw.strip():
        raise BadInput(f"{file} is empty: give raw mails, as an .eml file holds them")
    return raw


def _file_date(file: Path) -> datetime:
    return datetime.now(UTC) if file == STDIN else datetime.fromtimestamp(file.stat().st_mtime, UTC)


def row(kept: Kept) -> dict[str, Any]:
    """Return a kept message as programs read it."""
    reading = kept.reading
    return {
        "id": kept.id,
        "disposition": kept.disposition.value,
        "case": kept.case_id,
        "received_at": kept.received_at.isoformat(),
        "labels": sorted(right.value for right in reading.rights) if reading else [],
        "confidence": round(reading.confidence, 4) if reading else None,
        "error": kept.error,
    }

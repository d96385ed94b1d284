"""`cases extend|breach|due`, and how the clocks of an item are shown."""

from collections.abc import Awaitable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final

import typer

from bot.bootstrap import Desk
from bot.cli.common import DEFAULT_CONFIG, AsJson, CaseName, Config, StaffMember, on_case, print_json
from bot.core.case import Case, Item
from bot.core.deadlines import Calendar, paused_due
from bot.core.drafts import DraftKind
from bot.core.extension import ExtensionReason
from bot.core.records import AuditRow
from bot.core.rights import RequestType

_REASONS: Final = (
    "volume (a great deal of data), sources (dispersed over many places), redaction (other people's data to be taken "
    "out), requests (several by this person) or influx (an exceptional one)."
)
_ASKING: Final = frozenset({DraftKind.IDENTITY_QUESTION.value})


def clocks(item: Item, history: Sequence[AuditRow], today: date, where: Calendar) -> dict[str, Any]:
    """Return the dates of an item: the promise as colleagues have to keep it, the law's strict, extended and paused.

    The pause is shown as a defence (law.md rule 6); every alarm counts from the strict date.
    """
    asked = [link.at for link in history if link.event == "queued" and link.data["kind"] in _ASKING]
    proved = [link.at for link in history if link.event == "proved"]
    paused = paused_due(
        item,
        where.civil_date(asked[0]) if asked and item.challenge else None,
        where.civil_date(proved[0]) if proved else None,
        today,
        where,
    )
    return {
        "promise_due": item.promise_due.isoformat(),
        "promise_to_keep_by": where.last_working_day(item.promise_due).isoformat(),
        "statutory_due": item.statutory_due.isoformat() if item.statutory_due else None,
        "extended_until": item.extension.until.isoformat() if item.extension else None,
        "paused_until": paused.isoformat() if paused else None,
    }


def spoken(shown: dict[str, Any]) -> str:
    """Return the clocks of an item as one line."""
    told = [f"promise {shown['promise_due']}"]
    if shown["promise_to_keep_by"] != shown["promise_due"]:
        told.append(f"to be kept by {shown['promise_to_keep_by']}")
    for key, label in (("statutory_due", "law"), ("extended_until", "extended to"), ("paused_until", "paused")):
        if shown[key]:
            told.append(f"{label} {shown[key]}")
    return ", ".join(told)


def register(app: typer.Typer) -> None:
    """Add the commands to `cases`."""
    app.command("extend")(extend_case)
    app.command("breach")(breach)
    app.command("due")(authority_day)


def extend_case(
    reference: CaseName,
    *,
    item: Annotated[list[RequestType], typer.Option("--item", help="What takes longer; several are several options.")],
    reason: Annotated[ExtensionReason, typer.Option(help=_REASONS)],
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Draft the letter that takes two further months (Article 12(3)), within the first month and for a reason."""
    draft = on_case(config, reference, lambda desk, case: desk.extensions.extend(case.id, item, reason, staff))
    if as_json:
        print_json({"draft": draft.id, "subject": draft.subject, "body": draft.body})
    else:
        typer.echo(f"Drafted: `nexio-intake drafts edit {draft.id} --as EMAIL`, then approve it. It counts once told.")


def breach(
    reference: CaseName,
    *,
    reason: Annotated[str, typer.Option(help="What happened, or why the alarm ends; for the file (Art. 33(5)).")],
    assessed: Annotated[bool, typer.Option("--assessed", help="End the alarm: it was assessed.")] = False,
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Start the 72 hours of a breach, such as data sent to the wrong person; with --assessed end them."""

    def deed(desk: Desk, case: Case) -> Awaitable[Case]:
        do = desk.breaches.assessed if assessed else desk.breaches.raise_alarm
        return do(case.id, staff, reason)

    case = on_case(config, reference, deed)
    if as_json:
        print_json({"case": case.reference, "aware_at": case.aware_at.isoformat() if case.aware_at else None})
        return
    typer.echo(
        f"Recorded in {case.reference}. "
        + (
            f"The 72 hours run since {case.aware_at:%Y-%m-%d %H:%M} UTC."
            if case.aware_at
            else "No alarm rings any more."
        )
    )


def authority_day(
    reference: CaseName,
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], metavar="DATE", help="Such as 2026-12-15.")],
    *,
    reason: Annotated[str, typer.Option(help="Where the day stands, such as the letter and its date; for the file.")],
    staff: StaffMember,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Note by when an authority wants its answer; it rings ten, five and one days before, and on the day."""
    case = on_case(config, reference, lambda desk, one: desk.authorities.set_day(one.id, day.date(), staff, reason))
    if as_json:
        print_json({"case": case.reference, "authority_due": str(case.authority_due)})
    else:
        typer.echo(f"Recorded in {case.reference}: the authority wants its answer by {case.authority_due}.")

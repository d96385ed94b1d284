"""All commands under one name."""

import typer

from bot.cli import (
    audit,
    cases,
    corrections,
    dossiers,
    drafts,
    mail,
    messages,
    outbox,
    people,
    reading,
    register,
    reports,
    retention,
    service,
    suppressions,
    tasks,
    templates,
    tokens,
    webhooks,
)
from bot.cli.common import EXIT_CODES

app = typer.Typer(
    name="nexio-intake",
    help="Reads data-protection requests, makes sure who asks, drafts the answer, and sends what colleagues approved.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)

service.register(app)
mail.register(app)
reading.register(app)
app.add_typer(cases.app, name="cases")
app.add_typer(messages.app, name="messages")
app.add_typer(drafts.app, name="drafts")
app.add_typer(outbox.app, name="outbox")
app.add_typer(dossiers.app, name="dossiers")
app.add_typer(tasks.app, name="tasks")
app.add_typer(people.customers, name="customers")
app.add_typer(suppressions.app, name="suppressions")
app.add_typer(people.staff, name="staff")
app.add_typer(corrections.app, name="corrections")
app.add_typer(register.app, name="register")
app.add_typer(reports.app, name="reports")
app.add_typer(retention.app, name="retention")
app.add_typer(audit.app, name="audit")
app.add_typer(templates.app, name="templates")
app.add_typer(tokens.app, name="tokens")
app.add_typer(webhooks.app, name="webhooks")

"""The page of a pack that is read first: a whole case, for somebody who never saw the desk."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from html import escape
from typing import Final

from bot.core.case_record import CaseRecord, Happening, Writing

_STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;"
    "border-bottom:1px solid #ccc}pre{white-space:pre-wrap;background:#f6f6f6;padding:.6rem}.faint{color:#555}"
    "code{overflow-wrap:anywhere}article{margin:0 0 1.5rem}"
)
_MINUTE: Final = "%Y-%m-%d %H:%M UTC"


def write_case_page(record: CaseRecord, files: Mapping[str, bytes]) -> str:
    """Return the page as accessible HTML without script, style sheet or picture from elsewhere.

    Everything a person or a colleague wrote is escaped. `files` are the originals it names, with their digests.
    """
    case = record.case
    title = f"Case {case.reference}"
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>",
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(record.company)}. Made on {record.made_at:{_MINUTE}} by {escape(record.made_by)}.</p>",
        *_facts(record),
        "<h2>What was written</h2>",
        *(_writing(writing, files) for writing in record.writings),
        "<h2>What was done, by whom and when</h2>",
        _table(("When", "Who", "What", "Case", "More"), map(_happening, record.happenings)),
        *_proofs(record),
        "</main></body></html>",
    ]
    return "\n".join(parts)


def _facts(record: CaseRecord) -> Iterable[str]:
    case = record.case
    rows = [
        ("From", str(case.requester)),
        ("Address whose control was shown", str(case.proven) if case.proven else "none"),
        ("Received", f"{case.received_at:{_MINUTE}}"),
        ("Language", case.language),
        ("Handled as", case.lane.value),
        ("Circumstances", ", ".join(sorted(flag.value for flag in case.flags)) or "none noted"),
    ]
    yield _table(("", ""), rows)
    yield "<h2>What was asked</h2>"
    yield _table(
        ("Right", "State", "How it ended", "Received", "Our promise", "The law's last day"),
        (
            (
                item.right.value,
                item.state.value,
                item.outcome.value if item.outcome else "",
                f"{item.received_at:{_MINUTE}}",
                item.promise_due.isoformat(),
                item.legal_due.isoformat() if item.legal_due else "none",
            )
            for item in case.items
        ),
    )


def _writing(writing: Writing, files: Mapping[str, bytes]) -> str:
    who = "We wrote" if writing.ours else "From"
    kept = (
        f'Original: <a href="{escape(writing.file)}">{escape(writing.file)}</a>, SHA-256 '
        f"<code>{sha256(files[writing.file]).hexdigest()}</code>"
        if writing.file
        else "The original was destroyed, as the law or our own rules ask."
    )
    return (
        f"<article><h3>{writing.at:{_MINUTE}}: {escape(writing.subject or 'without a subject')}</h3>"
        f"<p>{who} {escape(writing.who)}</p><pre>{escape(writing.text)}</pre><p class=faint>{kept}</p></article>"
    )


def _happening(one: Happening) -> tuple[str, ...]:
    more = ", ".join(f"{name}: {value}" for name, value in one.facts.items() if value)
    return (f"{one.at:{_MINUTE}}", one.who, one.what.replace("_", " "), one.reference, more)


def _proofs(record: CaseRecord) -> Iterable[str]:
    yield "<h2>What proves it</h2>"
    if record.problems:
        yield "<p>The history is not whole:</p><ul>"
        yield from (f"<li>{escape(problem)}</li>" for problem in record.problems)
        yield "</ul>"
    else:
        yield "<p>The history was checked on that day and is whole.</p>"
    yield (
        "<p>Each entry names the hash of the one before. <code>history.json</code> holds every entry as it was hashed "
        "and says how to check it; <code>SHA256SUMS</code> holds the SHA-256 of every file, this page's included: "
        "<code>sha256sum --check SHA256SUMS</code>. Personal values stand in the proofs as keyed hashes.</p>"
    )
    yield _table(
        ("No.", "When", "What", "Hash"),
        (
            (str(link.seq), f"{link.at:{_MINUTE}}", link.event.replace("_", " "), link.hash)
            for chain in record.chains
            for link in chain
        ),
    )


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th scope=col>{escape(column)}</th>" for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

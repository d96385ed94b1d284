"""The yearly report as a PDF that leaves the house: small numbers are told as small, whoever asks."""

from collections.abc import Iterator
from datetime import date

from bot.console.report_words import Say, answered
from bot.console.words import N_
from bot.core.figures import FEW, Report
from replies.markup import Block, Heading, Paragraph
from replies.pdf import Table, to_pdf


def report_pdf(report: Report, say: Say, *, company: str, language: str, made_on: date) -> bytes:
    """Return a year's report for the data protection officer (Art. 39(1)(b), 5(2))."""
    title = say(N_("Data-protection requests %(year)s")) % {"year": report.since.isocalendar().year}
    pages = _blocks(report, say, title, company, language)
    return to_pdf(pages, title=title, author=company, language=language, made_on=made_on)


def _blocks(report: Report, say: Say, title: str, company: str, language: str) -> Iterator[Block | Table]:
    yield Heading(1, title)
    yield Paragraph(
        say(N_("%(company)s, from %(first)s till before %(last)s: %(total)d requests."))
        % {"company": company, "first": report.since, "last": report.until, "total": report.total}
    )
    yield Paragraph(say(COUNTED))
    yield Paragraph(say(N_("A number under %(few)d is not told exactly: it could point at somebody.")) % {"few": FEW})
    for table in answered(report, say, language, exact=False):
        if table.rows:
            yield Heading(2, table.question)
            rows = tuple((row.label, row.number) for row in table.rows)
            yield Table((say(N_("Answer")), say(N_("Requests"))), rows, (3, 1))


COUNTED = N_(
    "Counted is each right somebody exercised: a letter that asks for two counts twice. A year counts whole calendar "
    "weeks. Cases that were destroyed since are counted too."
)
"""What a number means."""

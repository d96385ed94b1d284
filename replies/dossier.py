"""The files of a package: a page to read, and the same data for programs (Art. 12(3), 15(3), 20(1))."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.core.letters import Exchange
from bot.core.packages import Contents, PackageFile, PackageKind
from bot.core.register import Ours, Point, Processing
from bot.core.spreadsheet import harmless, write_table
from replies.cleaning import clean, one_line
from replies.markup import Block, Bullets, Heading, Paragraph, Quote, to_html
from replies.pages import DossierWords, dossier_words
from replies.pdf import to_pdf
from replies.policy import Company, whole_record
from replies.vcard import write_vcard
from replies.vocabulary import Vocabulary, vocabulary_of
from replies.wording import Wording

FOLDER: Final = "files"
"""Where what colleagues added lies within a package."""


def build_package(contents: Contents, company: Company) -> tuple[PackageFile, ...]:
    """Return a package's files, without its manifest.

    A copy holds the page first, to print and to open in a browser. What is taken elsewhere is what the person
    provided: the record and their own messages, in formats that programs read (law.md rule 26).
    """
    files = list(_for_programs(contents))
    if contents.kind is PackageKind.ACCESS:
        words = dossier_words(contents.language)
        blocks = tuple(_Page(contents, company, words, vocabulary_of(company, contents.language)).blocks())
        printed = to_pdf(
            blocks,
            title=words.title.format(company=company.name),
            author=company.name,
            language=contents.language,
            made_on=contents.made_on,
        )
        page = to_html(blocks, contents.language).encode("utf-8", "replace")
        files = [PackageFile("index.pdf", printed), PackageFile("index.html", page), *files]
    else:
        files.append(PackageFile("contact.vcf", write_vcard(contents.customer).encode()))
    return (*files, *map(_enclosed, contents.files))


def _enclosed(file: PackageFile) -> PackageFile:
    """Return a file that a colleague added; a table of theirs runs no formula either."""
    data = harmless(file.data.decode()).encode("utf-8-sig") if file.name.lower().endswith(".csv") else file.data
    return PackageFile(f"{FOLDER}/{file.name}", data)


def _for_programs(contents: Contents) -> Iterator[PackageFile]:
    exchanges = _handed_over(contents)
    record = _record(contents)
    letters = [
        {
            "date": one.on.isoformat(),
            "channel": one.channel,
            "from": "us" if one.ours else "you",
            "subject": one.subject,
            "text": one.text,
        }
        for one in exchanges
    ]
    data = {
        "reference": contents.reference,
        "made_on": contents.made_on.isoformat(),
        "record": [{"field": name, "value": value} for name, value in record],
        "correspondence": letters,
    }
    if contents.kind is PackageKind.ACCESS:
        data |= {
            "opt_outs": [{"since": one.since.isoformat(), "mailings": sorted(one.scopes)} for one in contents.stops],
            "other_requests": [
                {"reference": one.reference, "received_on": one.received_on.isoformat()} for one in contents.requests
            ],
        }
    yield PackageFile("data.json", (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace"))
    yield _table("record.csv", ("field", "value"), record)
    rows = [tuple(letter.values()) for letter in letters]
    yield _table("correspondence.csv", ("date", "channel", "from", "subject", "text"), rows)


def _handed_over(contents: Contents) -> tuple[Exchange, ...]:
    if contents.kind is PackageKind.ACCESS:
        return contents.exchanges
    return tuple(one for one in contents.exchanges if not one.ours)


def _record(contents: Contents) -> list[tuple[str, str]]:
    """Return every field on record, several values of one each in a row of its own."""
    one = contents.customer
    rows = [("number", one.number), ("name", one.name), ("language", one.language)]
    rows += [("email", email) for email in one.emails]
    rows += [("phone", phone) for phone in one.phones]
    rows += [(handle.channel, handle.value) for handle in one.handles]
    rows += [(field.name, field.value) for field in one.fields]
    return [(name, value) for name, value in rows if value]


def _table(name: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> PackageFile:
    # With the mark that lets a spreadsheet read it as UTF-8.
    return PackageFile(name, write_table(columns, rows).encode("utf-8-sig", "replace"))


class _Page:
    """The page: it opens with what we know, why, and until when."""

    def __init__(self, contents: Contents, company: Company, words: DossierWords, fields: Vocabulary) -> None:
        self._contents, self._company, self._words, self._fields = contents, company, words, fields

    def blocks(self) -> Iterator[Block]:
        """Yield the page from top to bottom."""
        contents, words = self._contents, self._words
        yield Heading(1, words.title.format(company=self._company.name))
        yield Paragraph(words.intro.format(reference=contents.reference, company=self._company.name))
        yield Heading(2, words.opening)
        record = whole_record(contents.register)
        yield Bullets(tuple(self._processing(entry) for entry in record if entry.category not in set(Ours)))
        yield Heading(2, words.record)
        yield Bullets(
            tuple(f"{self._fields.field_label(name)}: {one_line(value)}" for name, value in _record(contents))
        )
        told = Wording(self._company, self._fields)
        held: Mapping[str, Sequence[object]] = {Ours.OPT_OUTS: contents.stops, Ours.REQUESTS: contents.requests}
        if any(held.values()):
            yield Heading(2, words.held_here)
            yield Bullets((*map(told.stop, contents.stops), *map(told.request, contents.requests)))
            yield Bullets(tuple(self._processing(entry) for entry in record if held.get(entry.category)))
        yield Heading(2, words.correspondence)
        for one in contents.exchanges:
            who = words.ours if one.ours else words.yours
            yield Paragraph(f"{one.on.isoformat()} · {self._fields.by_channel(one.channel)} · {who}")
            yield Quote("\n".join(filter(None, (one_line(one.subject), clean(one.text).strip()))))
        yield Heading(2, words.files)
        yield Paragraph(words.about_files)
        if contents.files:
            yield Bullets(tuple(f"{FOLDER}/{file.name}" for file in contents.files))

    def _processing(self, entry: Processing) -> str:
        """Say one category; a period nobody has confirmed is left to the letter (law.md rule 21)."""
        words, language = self._words, self._contents.language
        told = [
            (words.what, one_line(entry.says(Point.DATA, language))),
            (words.why, one_line(entry.says(Point.PURPOSE, language))),
            (words.until, self._kept(entry)),
        ]
        name = one_line(entry.says(Point.NAME, language) or entry.notes(Point.NAME))
        return "\n".join([name, *(f"{label}: {said or words.in_letter}" for label, said in told)])

    def _kept(self, entry: Processing) -> str:
        if not entry.may_state(Point.KEPT):
            return ""
        return (
            self._fields.none if Point.KEPT in entry.none else one_line(entry.says(Point.KEPT, self._contents.language))
        )

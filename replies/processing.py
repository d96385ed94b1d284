"""What a letter says of the processing (Art. 15(1)): what the record states, and what it leaves to a colleague."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.core.register import Ours, Point, Processing
from bot.core.rights import DataCategory
from replies.cleaning import one_line
from replies.policy import whole_record
from replies.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Told:
    """One point: what may be stated, or else what a colleague can go on from (`note`)."""

    said: str = ""
    note: str = ""

    def or_ask(self, what: str) -> str:
        """Return what is stated, or the open slot that asks a colleague for it."""
        return self.said or f"⟦{what}{self.note}⟧"


@dataclass(frozen=True, slots=True)
class CategoryWords:
    """One category as a sentence holds it; an empty `basis` is not mentioned, Art. 15 does not ask for it."""

    name: Told
    data: Told
    purpose: Told
    basis: str


@dataclass(frozen=True, slots=True)
class ProcessingWords:
    """The record as a letter tells it.

    `named` lists the categories that the person named; `published` says that the record is our privacy policy's own.
    `opt_outs_kept` and `requests_kept` are how long what this desk holds itself stays.
    """

    categories: tuple[CategoryWords, ...]
    named: str
    published: bool
    recipients: Told
    kept: Told
    origin: Told
    transfers: Told
    automated: Told
    opt_outs_kept: Told
    requests_kept: Told


def processing_words(
    register: Sequence[Processing],
    categories: frozenset[DataCategory],
    language: str,
    words: Vocabulary,
    listing: Callable[[Sequence[str]], str],
) -> ProcessingWords:
    """Word all categories, those that the person named first.

    Naming one does not leave the others out: "all my data, my orders too" asks for all; a colleague strikes what does
    not concern this person.
    """
    whole = whole_record(register)
    ours = {entry.category: _Record((entry,), language, words) for entry in whole if entry.category in set(Ours)}
    others = [entry for entry in whole if entry.category not in ours]
    entries = sorted(others, key=lambda entry: entry.category not in categories)
    record = _Record(tuple(entries), language, words)
    named = [record.called(entry) for entry in entries if entry.category in categories]
    return ProcessingWords(
        categories=tuple(map(record.category, record.entries)),
        named=listing(named),
        published=not register,
        recipients=record.recipients(listing),
        kept=record.point(Point.KEPT),
        origin=record.point(Point.SOURCE),
        transfers=record.point(Point.TRANSFERS),
        automated=record.point(Point.AUTOMATED),
        opt_outs_kept=ours[Ours.OPT_OUTS].point(Point.KEPT),
        requests_kept=ours[Ours.REQUESTS].point(Point.KEPT),
    )


@dataclass(frozen=True, slots=True)
class _Record:
    entries: tuple[Processing, ...]
    language: str
    words: Vocabulary

    def category(self, entry: Processing) -> CategoryWords:
        basis = self._stated(entry, Point.BASIS)
        return CategoryWords(
            name=self._of(entry, Point.NAME),
            data=self._of(entry, Point.DATA),
            purpose=self._of(entry, Point.PURPOSE),
            basis="" if basis == self.words.none else basis,
        )

    def point(self, point: Point) -> Told:
        """Tell a point category by category, stated only where it is known of each of them."""
        stated = [self._stated(entry, point) for entry in self.entries]
        confirmed = point is not Point.SOURCE or all(entry.confirmed_by for entry in self.entries)
        if all(stated) and confirmed:
            return Told(said=self._apart(stated))
        notes = [(entry, self._noted(entry, point)) for entry in self.entries]
        return self._open(" / ".join(f"{self.called(entry)} ({note})" for entry, note in notes if note))

    def recipients(self, listing: Callable[[Sequence[str]], str]) -> Told:
        """Tell all recipients by name, each once (C-154/21)."""
        names = [name.strip() for entry in self.entries for name in self._noted(entry, Point.RECIPIENTS).split(";")]
        known = listing([name for name in names if name])
        if all(entry.may_state(Point.RECIPIENTS) for entry in self.entries):
            return Told(said=known or self.words.none)
        return self._open(known)

    def _of(self, entry: Processing, point: Point) -> Told:
        said = one_line(entry.says(point, self.language))
        return Told(said) if said else self._open(one_line(entry.notes(point)))

    def _open(self, known: str) -> Told:
        return Told(note=f"{self.words.record_says}{known}" if known else "")

    def _stated(self, entry: Processing, point: Point) -> str:
        """Return what a letter may state of a point in its own language; a text in another one is no statement."""
        if not entry.may_state(point):
            return ""
        return self.words.none if point in entry.none else one_line(entry.says(point, self.language))

    def _noted(self, entry: Processing, point: Point) -> str:
        return one_line(entry.says(point, self.language) or entry.notes(point))

    def called(self, entry: Processing) -> str:
        return self._noted(entry, Point.NAME)

    def _apart(self, stated: Sequence[str]) -> str:
        if len(set(stated)) == 1:
            return stated[0]
        parts = zip(self.entries, stated, strict=True)
        return ". ".join(f"{self.called(entry)} – {text.rstrip('.')}" for entry, text in parts)

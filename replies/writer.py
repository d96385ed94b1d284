"""Wording a letter: what may be said, in which parts, with which values, as text and HTML from one source."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from bot.core.drafts import Choice, Draft
from bot.core.letters import Brief, Flaw, Letter, Notice, NoticeKind
from bot.core.messages import is_chat
from bot.core.packages import Contents, PackageFile
from bot.core.pages import Page, PageWords
from replies.catalogue import Outline, may_know, outline
from replies.cleaning import reply_subject
from replies.discretion import find_private
from replies.dossier import build_package
from replies.lint import find_problems
from replies.markup import open_slots, parse, to_html, to_text
from replies.pages import word_page
from replies.phrasebook import STAFF, Phrasebook, load_phrasebook
from replies.policy import Company
from replies.sections import Part
from replies.vocabulary import load_vocabulary, vocabulary_of
from replies.wording import Wording

_NOTICES: Final = {
    NoticeKind.BREACH: "Possible data breach",
    NoticeKind.BREACH_DUE: "The 72 hours of a breach",
    NoticeKind.UNSAFE: "A person may not be safe",
    NoticeKind.IDENTITY_THEFT: "Possible identity theft",
    NoticeKind.AUTHORITY: "An authority wrote",
    NoticeKind.AUTHORITY_DUE: "An authority’s day comes near",
    NoticeKind.PROVISIONAL_STOP: "A use of data must stop now",
    NoticeKind.PROMISE_DUE: "Our promise ends soon",
    NoticeKind.STATUTORY_DUE: "The law’s month ends soon",
    NoticeKind.PARKED: "A message could not be read",
    NoticeKind.NOT_DELIVERED: "A message did not arrive",
    NoticeKind.TO_POST: "A letter is ready to post",
    NoticeKind.TO_CALL: "An answer is ready for the telephone",
    NoticeKind.CODE_USED_UP: "A code told by telephone is used up",
    NoticeKind.DIGEST: "The rights desk this morning",
}

_APOLOGIES: Final = ("late", "chat.late")
_INCLUDED: Final = ("authority", "chat.reads_along", "concerned", "recipient_person", "recipient_reply", *_APOLOGIES)
"""Parts that others include; a letter's version covers them too."""


@dataclass(frozen=True, slots=True)
class LetterWriter:
    """The letters of one company (the port `Writer`)."""

    company: Company

    def compose(self, brief: Brief) -> Letter:
        """Word one letter in the brief's language and channel."""
        shown = may_know(brief)
        plan = outline(shown)
        book = load_phrasebook(shown.language)
        wording = Wording(self.company, vocabulary_of(self.company, shown.language))
        values = wording.letter(shown)
        rendered = [book.render(part.template, wording.part(values, part, shown.today).names()) for part in plan.parts]
        blocks = parse("\n\n".join(rendered))
        chat = is_chat(shown.channel)
        body = to_text(blocks)
        version = book.version([*(part.template for part in plan.parts), *_INCLUDED])
        return Letter(
            subject=_subject(plan, shown, wording),
            body=body,
            html="" if chat else to_html(blocks, shown.language),
            template=f"{shown.language}/{plan.name}@{version}",
            open_slots=open_slots(body),
            choices=tuple(Choice(wording.words.button[offer], offer.value) for offer in plan.offers),
            apologises=shown.late and any(_apologises(book, part) for part in plan.parts),
        )

    def dress(self, body: str, language: str) -> str:
        """Return accessible HTML of a plain text that a colleague wrote, in the same light markup as our letters."""
        return to_html(parse(body), language)

    def notice(self, notice: Notice) -> Letter:
        """Word one mail to colleagues, without personal data."""
        book = load_phrasebook(STAFF)
        english = Wording(self.company, load_vocabulary("en"))
        values = {
            "reference": notice.reference,
            "due": english.day(notice.due) if notice.due else "",
            "hour": notice.hour,
            "counts": notice.counts,
        }
        parts = (notice.kind.value, "staff_signature")
        blocks = parse("\n\n".join(book.render(part, values) for part in parts))
        told = f" ({notice.reference})" if notice.reference else ""
        return Letter(
            subject=f"{_NOTICES[notice.kind]}{told}",
            body=to_text(blocks),
            html=to_html(blocks, "en"),
            template=f"{STAFF}/{notice.kind.value}@{book.version(parts)}",
        )

    def page(self, page: Page) -> PageWords:
        """Word one page for the public."""
        return word_page(page, self.company)

    def package(self, contents: Contents) -> tuple[PackageFile, ...]:
        """Return the files of a package, without its manifest."""
        return build_package(contents, self.company)

    def reads_along(self, language: str) -> str:
        """Return what somebody in a chat has to be told before they choose to be answered there (law.md rule 42)."""
        return to_text(parse(load_phrasebook(language).render("chat.reads_along", {})))

    def findings(self, draft: Draft, private: Collection[str] = ()) -> tuple[Flaw, ...]:
        """Return what keeps a draft from approval (the legal lint)."""
        return find_problems(draft, self.company) + find_private(draft, private, self.company)


def _apologises(book: Phrasebook, part: Part) -> bool:
    """Say whether a part, where we are late, owns to it: it is there for that, or asks for it."""
    return part.template in _APOLOGIES or "late" in book.asks(part.template)


def _subject(plan: Outline, brief: Brief, wording: Wording) -> str:
    """Return a subject with the reference; the person's own words only to somebody plausible."""
    if plan.subject == "welcome":
        return wording.words.subject["welcome"]
    own = reply_subject(brief.subject) if plan.echoes else ""
    title = f"Re: {own}" if own else wording.words.subject[plan.subject]
    return title if brief.reference in title else f"{title} ({brief.reference})"

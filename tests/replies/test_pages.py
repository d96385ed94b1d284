"""The public pages: complete in every language, plain, and silent about whose address it is."""

from datetime import date

import pytest

from bot.core.pages import Line, Page, PageKind, Progress
from bot.core.rights import OUR_LANGUAGES, RequestType, Scope
from replies import LetterWriter
from replies.policy import PUBLISHED
from replies.readability import complaints

WITH_BUTTON = {
    PageKind.STOP_ASK,
    PageKind.PACKAGE_ASK,
    PageKind.PACKAGE_CODE,
    PageKind.PACKAGE_WRONG,
    PageKind.PACKAGE_ACCOUNT,
    PageKind.PACKAGE_TOLD,
    PageKind.PACKAGE_TOLD_WRONG,
    PageKind.CONFIRM_ASK,
    PageKind.CONFIRM_WRONG,
    PageKind.DENY_ASK,
    PageKind.PREFERENCES,
    PageKind.PREFERENCES_KEPT,
    PageKind.STATUS_ASK,
    PageKind.STATUS_CODE,
    PageKind.STATUS_WRONG,
}


@pytest.mark.parametrize("language", OUR_LANGUAGES)
@pytest.mark.parametrize("kind", PageKind)
@pytest.mark.parametrize("scope", Scope)
def test_every_page_is_said_in_every_language_in_short_sentences(language: str, kind: PageKind, scope: Scope) -> None:
    link, until = "https://desk.example/your-data/x", date(2026, 3, 1)
    words = LetterWriter(PUBLISHED).page(Page(kind, language, scope, until, link))
    assert words.title or kind in {PageKind.PACKAGE_LETTER, PageKind.PACKAGE_CHAT, PageKind.PACKAGE_ACCOUNT_CHAT}
    assert not complaints("\n\n".join(words.text))
    assert not any("{" in text for text in (words.title, *words.text, words.button))
    assert bool(words.button) is (kind in WITH_BUTTON)
    assert bool(words.undo) is (kind is PageKind.PREFERENCES_KEPT)


def test_the_page_names_the_mailings_it_stops() -> None:
    writer = LetterWriter(PUBLISHED)
    asked = writer.page(Page(PageKind.STOP_ASK, "fr", Scope.SURVEY))
    assert asked.text[1] == "Vous ne recevrez plus d’invitations à nos enquêtes."


@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_a_receipt_says_where_to_complain_unless_all_went_as_the_person_wished(language: str) -> None:
    """Art. 12(4), 77 and 79 GDPR."""
    day = date(2026, 3, 2)
    refused = Line(RequestType.ERASURE, Progress.NOT_DONE, day, day, day)
    taken_back = Line(RequestType.ACCESS, Progress.WITHDRAWN, day, day)
    stopped = Line(RequestType.OBJECTION, Progress.DONE, day, day, day, marketing=True)
    unsubscribed = Line(RequestType.UNSUBSCRIBE, Progress.DONE, day, day, day)

    def closing(*lines: Line) -> tuple[str, ...]:
        return LetterWriter(PUBLISHED).page(Page(PageKind.RECEIPT, language, lines=lines)).closing

    (said,) = closing(taken_back, refused)
    assert PUBLISHED.dpo in said
    assert "77" in said
    assert closing(taken_back, stopped, unsubscribed) == ()

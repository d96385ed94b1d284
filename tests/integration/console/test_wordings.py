"""The templates: every letter is read in every language before any person reads it."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

from bot.core.drafts import Role
from bot.core.rights import OUR_LANGUAGES, RequestType
from replies import LetterWriter
from replies.policy import PUBLISHED
from tests.flow.conftest import ANN
from tests.integration.console.conftest import Console, open_console

KIM = "kim@nexioprojects.com"


async def test_every_letter_is_shown_in_every_language_with_its_pieces(console: Console) -> None:
    kim = await console.colleague(KIM, Role.READER)
    page = await kim.open("/templates")
    links = [unescape(piece.partition('"')[0]) for piece in page.split('href="/templates/')[1:]]
    assert len(links) > 100
    assert not any("script" in link for link in links)
    sheets = set()
    for language in OUR_LANGUAGES:
        shown = await kim.open(f"/templates/{links[0]}?language={language}")
        assert f'lang="{language}"' in shown
        sheets.add(shown.partition('class="sheet">')[2].partition("</div>")[0])
    assert len(sheets) == len(OUR_LANGUAGES)
    for link in links[1::9]:
        shown = await kim.open(f"/templates/{link}")
        assert "What it is put together from" in shown
        assert 'class="sheet">' in shown
    await kim.open("/templates/none", 404)


async def test_a_letter_is_called_by_its_subject_and_situation_in_the_colleagues_language(console: Console) -> None:
    kim = await console.colleague(KIM, Role.READER)
    page = unescape(await kim.open("/templates"))
    assert "<strong>We have received your message · identity unproven</strong>" in page
    assert "<strong>Your opt-out is recorded · with links to our pages</strong>" in page
    assert "<strong>Your code to confirm this address · code to type in the chat · first letter</strong>" in page
    assert not re.search(r"<strong>[^<]*_", page)
    shelf = console.office.specimens
    late = shelf.get("acknowledgement of everything late")
    assert (
        shelf.title(late, "fr") == "Nous avons bien reçu votre message · tous les droits à la fois · promesse dépassée"
    )
    for language in OUR_LANGUAGES:
        assert all(shelf.title(one, language) for one in shelf.listed())


async def test_a_kind_is_chosen(console: Console) -> None:
    kim = await console.colleague(KIM, Role.READER)
    everything, holding = await kim.open("/templates"), await kim.open("/templates?kind=holding")
    assert everything.count('href="/templates/') > holding.count('href="/templates/') == 1


async def test_a_piece_tells_where_else_it_is_used(console: Console) -> None:
    kim = await console.colleague(KIM, Role.READER)
    shown = await kim.open("/templates/status?language=fr")
    assert "Also in: " in shown
    assert "Où en est votre demande" in unescape(shown)


async def test_what_waits_in_these_words_is_found_by_who_may_see_it(tmp_path: Path) -> None:
    writer = LetterWriter(replace(PUBLISHED, authority="NL"))
    async with open_console(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "keys.json", writer=writer) as console:
        desk = console.desk
        desk.reader.tell("Stop using my data.", RequestType.OBJECTION)
        await desk.know(ANN)
        await desk.mail("Stop using my data.")
        (draft,) = await desk.drafts()
        case, shelf = await desk.case(), console.office.specimens
        like = next(one for one in shelf.listed() if draft.template in shelf.templates(one, draft.language))
        kim = await console.colleague(KIM, Role.READER)
        assert case.reference in await kim.open(f"/templates/{like.name}?language={draft.language}")
        assert case.reference not in await kim.open(f"/templates/{like.name}?language=nl")
        admin = await console.colleague("ada@nexioprojects.com", Role.ADMINISTRATOR)
        assert case.reference not in await admin.open(f"/templates/{like.name}?language={draft.language}")

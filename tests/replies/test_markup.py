"""The markup: one source, two faces, and no value that becomes structure."""

import pytest

from replies import LetterWriter, iter_samples
from replies.markup import Bullets, Heading, Paragraph, Quote, parse, read_aloud, shield, to_html, to_text
from replies.policy import PUBLISHED

WRITER = LetterWriter(PUBLISHED)


def test_blocks() -> None:
    source = "# Title\n\n## Part\n\nA line\nand another\n\n- one\n- two\n\n> said\n>\n> so"
    assert parse(source) == (
        Heading(1, "Title"),
        Heading(2, "Part"),
        Paragraph("A line\nand another"),
        Bullets(("one", "two")),
        Quote("said\n\nso"),
    )


def test_a_text_reads_back_into_the_same_blocks() -> None:
    blocks = parse("# Title\n\nHello,\n\n## Part\n\n- one\n- two\n\n> said")
    assert parse(to_text(blocks)) == blocks
    assert to_text(blocks).startswith("Title\n=====\n\nHello,\n\nPart\n----")


@pytest.mark.parametrize("value", ["# big", "- item", "> quote", "a\n\n# b", "x\n====", "\x02\x03"])
def test_a_value_never_becomes_structure(value: str) -> None:
    (block,) = parse(shield(value))
    assert isinstance(block, Paragraph)


def test_a_value_with_lines_stays_inside_its_quote() -> None:
    (block,) = parse("> " + shield("one\n\n# two\n- three"))
    assert block == Quote("one\n\n# two\n- three")


def test_html_is_escaped_and_loads_nothing() -> None:
    html = to_html(parse('# <b>\n\n<img src="x" onerror=alert(1)> & "q"'), "en")
    assert "<img" not in html
    assert "&lt;img src=&quot;x&quot; onerror=alert(1)&gt; &amp; &quot;q&quot;" in html
    assert "<title>&lt;b&gt;</title>" in html
    assert "http" not in html


@pytest.mark.parametrize("language", ["fr", "en", "nl", "de"])
def test_a_letter_a_colleague_leaves_as_it_is_is_dressed_as_it_was(language: str) -> None:
    for sample in iter_samples():
        letter = WRITER.compose(sample.brief)
        if sample.brief.language == language and letter.html:
            assert WRITER.dress(letter.body, language) == letter.html, sample.name


def test_what_a_colleague_writes_is_dressed_and_escaped() -> None:
    html = WRITER.dress("Bonjour,\r\n\r\n- un\r\n- <script>deux</script>", "fr")
    assert "<li>un</li>" in html
    assert "<li>&lt;script&gt;deux&lt;/script&gt;</li>" in html
    assert "Bonjour," in read_aloud(html)


def test_an_empty_text_is_a_page_too() -> None:
    assert read_aloud(WRITER.dress("", "en")) == ""

"""The light markup of our letters: one source, the same words as plain text and as accessible HTML.

Blocks are headings (`# `, `## `, or underlined as in the text itself), bullets (`- `), quotes (`> `) and paragraphs,
apart by blank lines; a line break inside a paragraph is meant. The text a letter becomes is itself valid markup, so
what a colleague edits can be dressed again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape
from itertools import groupby
from typing import Final

from bot.core.drafts import CODE_SLOT

OPEN_SLOT: Final = re.compile("⟦[^⟦⟧\n]*⟧")
"""A fact that only a colleague can fill in, or the code's place."""

_VALUE: Final = "\x02"
_LINE_BREAK: Final = "\x03"
_MARKS: Final = str.maketrans({_VALUE: None, _LINE_BREAK: "\n"})
_UNDERLINES: Final = {"=": 1, "-": 2}
_LONGEST_UNDERLINE: Final = 60
_PAGE: Final = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body {{ max-width: 40em; margin: 0 auto; padding: 1em; font-family: sans-serif; line-height: 1.5 }}</style>
</head>
<body>
<main lang="{language}">
{content}
</main>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Heading:
    """A title of level 1 or 2; a page to print may have a third."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; its line breaks are meant."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's own words, in a copy of the correspondence."""

    text: str


Block = Heading | Paragraph | Bullets | Quote


def shield(value: object) -> str:
    """Return a value so that it can't begin a block: whatever it holds stays inside the sentence it stands in."""
    return _VALUE + str(value).translate(_MARKS).replace("\n", _LINE_BREAK)


def open_slots(text: str) -> tuple[str, ...]:
    """Return what is left for a colleague to fill in, each once; the code's slot is none of it."""
    return tuple(dict.fromkeys(slot for slot in OPEN_SLOT.findall(text) if slot != CODE_SLOT))


def parse(source: str) -> tuple[Block, ...]:
    """Read markup into blocks."""
    return tuple(_blocks(source.replace("\r\n", "\n").replace("\r", "\n")))


def to_text(blocks: tuple[Block, ...]) -> str:
    """Write blocks as plain text."""
    return "\n\n".join(map(_block_as_text, blocks))


def to_html(blocks: tuple[Block, ...], language: str) -> str:
    """Write blocks as an HTML page without images, scripts, links or anything from elsewhere."""
    title = next((block.text for block in blocks if isinstance(block, Heading | Paragraph)), "")
    content = "\n".join(map(_block_as_html, blocks))
    return _PAGE.format(language=escape(language), title=escape(title.partition("\n")[0]), content=content)


def read_aloud(html: str) -> str:
    """Return the words of a page of ours as a screen reader meets them."""
    return unescape(re.sub(r"<[^>]*>", " ", html.partition("<main")[2].partition(">")[2])).strip()


def _blocks(source: str) -> Iterator[Block]:
    lines = list(_with_hash_headings([line.rstrip(" \t") for line in source.split("\n")]))
    for kind, group in groupby(zip(_kinds(lines), lines, strict=True), key=lambda pair: pair[0]):
        content = [line for _, line in group]
        if kind == "#":
            for line in content:
                marks, _, title = line.partition(" ")
                yield Heading(len(marks), title.translate(_MARKS).replace("\n", " ").strip())
        elif kind == "-":
            joined = "\n".join(line.removeprefix("  ") for line in content)
            items = re.split(r"(?:^|\n)- ", joined)[1:]
            yield Bullets(tuple(item.translate(_MARKS) for item in items))
        elif kind == ">":
            yield Quote("\n".join(line[1:].removeprefix(" ") for line in content).translate(_MARKS))
        elif kind == "p":
            yield Paragraph("\n".join(content).translate(_MARKS))


def _with_hash_headings(lines: list[str]) -> Iterator[str]:
    """Turn underlined headings, as our own texts have them, into `# ` and `## `."""
    pending = iter(zip(lines, [*lines[1:], ""], ["", *lines[:-1]], strict=True))
    for line, following, before in pending:
        if line and not before and re.fullmatch(r"={3,}|-{3,}", following) and _kind(line) == "p":
            next(pending)
            yield "#" * _UNDERLINES[following[0]] + f" {line}"
        else:
            yield line


def _kinds(lines: list[str]) -> Iterator[str]:
    kind = ""
    for line in lines:
        kind = "-" if kind == "-" and line.startswith("  ") else _kind(line)
        yield kind


def _kind(line: str) -> str:
    if re.match(r"##? ", line):
        return "#"
    if line.startswith("- "):
        return "-"
    if line.startswith(">"):
        return ">"
    return "p" if line.strip() else ""


def _block_as_text(block: Block) -> str:
    match block:
        case Heading(level, text):
            underline = "=-"[level - 1] * max(3, min(len(text), _LONGEST_UNDERLINE))
            return f"{text}\n{underline}"
        case Bullets(items):
            return "\n".join("- " + item.replace("\n", "\n  ") for item in items)
        case Quote(text):
            return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
        case Paragraph(text):
            return text


def _block_as_html(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"<h{level}>{_inline(text)}</h{level}>"
        case Bullets(items):
            return "<ul>\n" + "\n".join(f"<li>{_inline(item)}</li>" for item in items) + "\n</ul>"
        case Quote(text):
            return f"<blockquote><p>{_inline(text)}</p></blockquote>"
        case Paragraph(text):
            return f"<p>{_inline(text)}</p>"


def _inline(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")

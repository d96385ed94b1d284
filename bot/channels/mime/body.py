"""Which of a mail's leaves are its text, and which are attachments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.channels.mime.phrases import NO_TEXT
from bot.channels.mime.structure import Part
from bot.channels.mime.words import decode_words, many_lines, one_line
from bot.core.messages import Attachment

LONGEST_TEXT: Final = 400_000
_LONGEST_NAME: Final = 150
_LONGEST_PLACEHOLDER: Final = 400
_READABLE: Final = ("text/plain", "text/html")
_MOST_LINES: Final = 20_000
_ENDINGS: Final = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/html": ".html",
    "text/plain": ".txt",
}


@dataclass(frozen=True, slots=True)
class Body:
    """The text as plain lines, with quotations marked, and whether any of it was HTML."""

    text: str
    html: bool
    attachments: tuple[Attachment, ...]


def read_body(root: Part) -> Body:
    """Choose and decode the text; everything else that holds something is an attachment."""
    chosen = list(_texts(root))
    twins = {id(leaf) for leaf in root.walk() if _is_text(leaf)}  # an HTML twin is no attachment
    texts = [_decoded(leaf) for leaf in chosen]
    attachments = tuple(
        _attachment(number, leaf)
        for number, leaf in enumerate(root.walk())
        if id(leaf) not in twins and (leaf.filename or leaf.head.body < leaf.end)
    )
    html = any(leaf.media_type == "text/html" for leaf in chosen)
    text = "\n\n".join(text for text in texts if text.strip())[:LONGEST_TEXT]
    return Body("\n".join(text.split("\n")[:_MOST_LINES]), html, attachments)


def _texts(part: Part) -> Iterator[Part]:
    if not part.parts:
        if _is_text(part):
            yield part
    elif part.media_type == "multipart/alternative":
        yield from _best(part.parts)
    else:
        for inner in part.parts:
            yield from _texts(inner)


def _best(twins: Sequence[Part]) -> Iterator[Part]:
    """Prefer the plain twin, unless it says nothing."""
    options = [list(_texts(twin)) for twin in twins]
    plain = [option for option in options if option and all(leaf.media_type == "text/plain" for leaf in option)]
    for option in plain:
        if any(_says_something(leaf) for leaf in option):
            return iter(option)
    rich = [option for option in options if option and option not in plain]
    return iter((rich or plain or [[]])[0])


def _says_something(leaf: Part) -> bool:
    text = many_lines(leaf.text, LONGEST_TEXT).strip()
    if not text:
        return False
    folded = text.lower()
    return len(text) > _LONGEST_PLACEHOLDER or not any(phrase in folded for phrase in NO_TEXT)


def _is_text(leaf: Part) -> bool:
    return leaf.media_type in _READABLE and leaf.disposition.value != "attachment" and not leaf.filename


def _decoded(leaf: Part) -> str:
    text = many_lines(leaf.text, LONGEST_TEXT * 4)
    if leaf.media_type == "text/html":
        # lxml costs every start of the child 40 ms; half of all mail needs none of it
        from bot.channels.mime.hypertext import lines_of_html  # noqa: PLC0415

        return "\n".join(lines_of_html(text))
    if leaf.content_type.get("format").lower() == "flowed":
        return _unflow(text, delete_space=leaf.content_type.get("delsp").lower() == "yes")
    return text


def _unflow(text: str, *, delete_space: bool) -> str:
    """Join the soft line breaks of format=flowed (RFC 3676 4)."""
    paragraphs: list[list[str]] = []
    open_depth = -1
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        soft = content.endswith(" ") and content != "-- "
        if depth != open_depth or content == "-- ":
            paragraphs.append([">" * depth + " " * bool(depth)])
        paragraphs[-1].append(content[:-1] if soft and delete_space else content)
        open_depth = depth if soft else -1
    return "\n".join("".join(paragraph) for paragraph in paragraphs)


def _attachment(number: int, leaf: Part) -> Attachment:
    return Attachment(number, attachment_name(number, leaf), leaf.media_type, len(leaf.content))


def attachment_name(number: int, leaf: Part) -> str:
    """Return a name safe to show and to save under: no path, no controls, never empty."""
    name = one_line(decode_words(leaf.filename), _LONGEST_NAME * 4).replace("\\", "/").rpartition("/")[2]
    name = "".join(character for character in name if character not in '<>:"|?*').strip(". ")
    if len(name) > _LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        name = stem[: _LONGEST_NAME - len(ending) - 1] + dot + ending if len(ending) < 10 else name[:_LONGEST_NAME]  # noqa: PLR2004 - longer is no ending
    return name or f"part-{number}{_ENDINGS.get(leaf.media_type, '.bin')}"

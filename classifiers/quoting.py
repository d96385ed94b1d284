"""What the person wrote now, apart from quoted mail, signatures and legal small print; one pass over the lines.

A channel has removed most of it before; this guards the texts that nobody has prepared. When nothing of the
person's own is left, everything counts: a forwarded request is still a request.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from classifiers.text import fold

_MAX_MARKER: Final = 300
_WROTE: Final = ("wrote", "a ecrit", "schreef", "schrieb", "het volgende geschreven", "geschreven", "a ecrit ceci")
_SAID: Final = (" schreef ", " wrote", " schrieb ", " a ecrit")
_ON: Final = ("on ", "le ", "op ", "am ", "den ", "im ")
_ORIGINAL: Final = ("original message", "message d'origine", "message original", "oorspronkelijk bericht",
                    "urspruengliche nachricht", "originalnachricht", "origineel bericht")  # fmt: skip
_FORWARDED: Final = ("forwarded message", "message transfere", "doorgestuurd bericht", "weitergeleitete nachricht",
                     "begin forwarded message", "debut du message", "anfang der weitergeleiteten")  # fmt: skip
_FORWARDING: Final = ("fw:", "fwd:", "tr:", "wg:", "doorst:", "i:")
_FROM: Final = ("from:", "de:", "van:", "von:")
_SENT: Final = ("sent:", "date:", "envoye:", "datum:", "verzonden:", "gesendet:", "to:", "a:", "aan:", "an:")
_HEADS: Final = (*_FROM, *_SENT, "subject:", "objet:", "onderwerp:", "betreff:", "cc:", "reply-to:", "sujet:")
_MOBILE: Final = ("sent from my", "envoye de mon", "envoye depuis", "verzonden vanaf", "verstuurd vanaf",
                  "von meinem", "gesendet von", "sent from outlook", "get outlook for", "gesendet mit")  # fmt: skip
_SMALL_PRINT: Final = ("confiden", "destinataire", "intended", "recipient", "vertraulich", "vertrouwelijk", "bestemd",
                       "geadresseerde", "empfaenger", "disclaimer", "privileged", "unauthorised", "unbefugt",
                       "par erreur", "in error", "irrtuemlich", "ten onrechte", "viruses", "imprim")  # fmt: skip
_ENOUGH_PRINT: Final = 2


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    plain: str

    @property
    def blank(self) -> bool:
        return not self.plain


def own_spans(text: str, body: int) -> list[tuple[int, int]]:
    """Return the parts of a message that are the person's own; `body` is where the text after the subject starts."""
    lines = list(_lines(text, body))
    forwards = fold(text[:body]).strip().startswith(_FORWARDING)
    own = _without_small_print(_own_lines(lines, forwards=forwards))
    if not any(not line.blank for line in own):
        own = lines
    spans = [(0, body)] if body else []
    for line in own:
        if spans and spans[-1][1] == line.start and line.start != body:
            spans[-1] = (spans[-1][0], line.end)
        else:
            spans.append((line.start, line.end))
    return spans


def _lines(text: str, start: int) -> Iterator[_Line]:
    at = start
    for line in text[start:].splitlines(keepends=True):
        yield _Line(at, at + len(line), fold(line[:_MAX_MARKER]).replace("\u2019", "'").strip())
        at += len(line)


def _own_lines(lines: list[_Line], *, forwards: bool) -> list[_Line]:
    own: list[_Line] = []
    seen = False
    i = 0
    while i < len(lines):
        line = lines[i]
        if line.plain.startswith((">", "|>")) or line.plain.startswith(_MOBILE):
            i += 1
            continue
        if line.plain == "--":  # RFC 3676: the signature delimiter, its trailing space often lost
            i = _after_signature(lines, i)
            continue
        if any(marker in line.plain for marker in _FORWARDED):
            i = _after_heads(lines, i + 1)
            continue
        if _starts_quote(lines, i):
            if seen and not forwards:
                break
            i = _after_heads(lines, i + 1)
            continue
        seen = seen or not line.blank
        own.append(line)
        i += 1
    return own


def _starts_quote(lines: list[_Line], i: int) -> bool:
    """Say whether somebody else's mail begins here: an attribution line or a block of headers."""
    plain = lines[i].plain
    if len(plain) >= _MAX_MARKER:
        return False
    if any(marker in plain for marker in _ORIGINAL) and plain.startswith(("-", "_", ">", "*")):
        return True
    said = plain.rstrip(" :")
    if plain.startswith(_ON):
        following = lines[i + 1].plain.rstrip(" :") if i + 1 < len(lines) else ""
        quoted_next = i + 2 < len(lines) and lines[i + 2].plain.startswith(">")
        if any(char.isdigit() for char in plain) and (
            said.endswith(_WROTE) or (" schrieb " in said and plain.endswith(":"))
        ):
            return True
        if (" schreef " in said or " wrote" in said) and plain.endswith(":"):
            return True
        if following.endswith(_WROTE) and quoted_next:
            return True
    heads = [line.plain.replace(" :", ":") for line in lines[i : i + 4]]
    return heads[0].startswith(_FROM) and sum(head.startswith(_SENT) for head in heads[1:]) > 0


def _after_heads(lines: list[_Line], i: int) -> int:
    while i < len(lines) and (lines[i].blank or lines[i].plain.replace(" :", ":").startswith(_HEADS)):
        i += 1
    return i


def _after_signature(lines: list[_Line], i: int) -> int:
    """Return where a signature ends: with the text, or with the mail quoted below it."""
    while i < len(lines) and not _starts_quote(lines, i) and not lines[i].plain.startswith(">"):
        i += 1
    return i


def _without_small_print(lines: list[_Line]) -> list[_Line]:
    """Drop paragraphs of confidentiality notices that follow something of the person's own."""
    kept: list[_Line] = []
    paragraph: list[_Line] = []
    for line in [*lines, _Line(0, 0, "")]:
        if not line.blank:
            paragraph.append(line)
            continue
        said = " ".join(part.plain for part in paragraph)
        if not kept or sum(mark in said for mark in _SMALL_PRINT) < _ENOUGH_PRINT:
            kept += [*paragraph, line]
        paragraph = []
    return [line for line in kept if line.end > line.start]

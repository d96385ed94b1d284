"""A person's words with the evidence marked in them."""

from collections.abc import Callable, Iterable

from markupsafe import Markup

from bot.core.messages import Message
from bot.core.rights import Evidence, Reading
from bot.flow.rereading import words_of


def marked(message: Message, reading: Reading | None, name: Callable[[str], str]) -> Markup:
    """Return the text with what speaks for each right marked; offsets are into the subject, a line end, the text.

    A reading that was not sure marks nothing: its guess would pass for a finding.
    """
    subject, text = words_of(message)
    shift = len(subject) + 1 if subject else 0
    evidence = reading.evidence if reading and not reading.abstain else ()
    spans = sorted(_in_text(evidence, text, shift))
    out, at = Markup(), 0
    for start, end, label in spans:
        if start < at:
            continue
        out += Markup('{}<mark title="{}">{}</mark>').format(text[at:start], name(label), text[start:end])
        at = end
    return out + text[at:]


def _in_text(evidence: Iterable[Evidence], text: str, shift: int) -> Iterable[tuple[int, int, str]]:
    for found in evidence:
        start = found.start - shift
        if text[start : start + len(found.text)] != found.text or start < 0:
            start = text.find(found.text)
        if start >= 0 and found.text:
            yield start, start + len(found.text), found.label

"""How a letter reads: sentences of 20 words on average, none over 35 (law.md, How letters read, 2)."""

import re
from typing import Final

from replies.markup import OPEN_SLOT, Bullets, Heading, Paragraph, parse

AVERAGE_WORDS: Final = 20
MOST_WORDS: Final = 35

_END: Final = re.compile(r"(?<=[.!?])(?<!\b\d\.)(?<!\b\d\d\.)\s+|\n")  # "31. Januar" goes on


def sentences(body: str) -> tuple[str, ...]:
    """Return our own sentences of a letter: not what it quotes, and an open slot counts as one word."""
    texts: list[str] = []
    for block in parse(OPEN_SLOT.sub("…", body)):
        if isinstance(block, Heading | Paragraph):
            texts.append(block.text)
        elif isinstance(block, Bullets):
            texts.extend(block.items)
    pieces = [piece.strip() for text in texts for piece in _END.split(text)]
    return tuple(piece for piece in pieces if piece)


def words(sentence: str) -> int:
    """Count the words of a sentence; a dash or a bracket alone is none."""
    return sum(any(char.isalnum() for char in word) or word == "…" for word in sentence.split())


def complaints(body: str) -> tuple[str, ...]:
    """Return what makes a letter hard to read."""
    found = sentences(body)
    counts = [words(sentence) for sentence in found]
    average = sum(counts) / max(1, len(counts))
    long = tuple(
        f"a sentence of {count} words: {sentence}"
        for sentence, count in zip(found, counts, strict=True)
        if count > MOST_WORDS
    )
    return (*long, *([f"sentences of {average:.1f} words on average"] if average > AVERAGE_WORDS else []))

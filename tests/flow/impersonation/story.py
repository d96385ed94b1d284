"""Campaign scripts as plain text: who writes what, how it is sent, and what a reader would make of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_STORY: Final = re.compile(r"== (?P<title>.+)")
_TRAIT: Final = re.compile(r"- (?P<name>[\w ]+): (?P<value>.+)")
_LATER: Final = re.compile(r"(?P<number>\d+) (?P<unit>hours|days) later")
_WORDS: Final = re.compile(
    r"(?P<who>\w+) (?P<verb>writes|answers|says|taps|types|denies|asks|opens)(?P<how>[^\[:]*)"
    r"(?:\[(?P<cue>[^\]]*)\])?: (?P<text>.+)",
    re.DOTALL,
)
_DEED: Final = re.compile(r"colleague (?P<deed>[\w ]+?)(?:: (?P<text>.+))?")


@dataclass(frozen=True, slots=True)
class Words:
    """Somebody writes, answers our last mail, says or taps something in a chat, or does something on a page of ours.

    `how` are the ways it is sent, or whose letter the page's link is in.
    """

    who: str
    verb: str
    how: tuple[str, ...]
    cue: str
    text: str


@dataclass(frozen=True, slots=True)
class Deed:
    """A colleague does something."""

    deed: str
    text: str


@dataclass(frozen=True, slots=True)
class Later:
    """Time passes."""

    hours: int


Step = Words | Deed | Later


@dataclass(frozen=True, slots=True)
class Story:
    """One campaign or one honest person's way; `traits` are what its head says beside the title."""

    title: str
    traits: Mapping[str, str]
    steps: Sequence[Step]


def read_stories(path: Path) -> Sequence[Story]:
    """Return the stories of a file. Raises ValueError, naming the line that is none."""
    return list(_stories(_joined(path.read_text(encoding="utf-8").splitlines())))


def _joined(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines that mean something, each with the indented lines that go on with it."""
    whole = ""
    for line in (*lines, "=="):
        if line.startswith("  "):
            whole += "\n" + line.strip()
            continue
        if whole and not whole.startswith("#"):
            yield whole
        whole = line.strip()


def _stories(lines: Iterator[str]) -> Iterator[Story]:
    title, traits, steps = "", {}, []  # type: tuple[str, dict[str, str], list[Step]]
    for line in lines:
        if head := _STORY.fullmatch(line):
            if title:
                yield Story(title, traits, steps)
            title, traits, steps = head["title"], {}, []
        elif trait := _TRAIT.fullmatch(line):
            traits[trait["name"]] = trait["value"]
        else:
            steps.append(_step(line))
    yield Story(title, traits, steps)


def _step(line: str) -> Step:
    if later := _LATER.fullmatch(line):
        return Later(int(later["number"]) * (24 if later["unit"] == "days" else 1))
    if deed := _DEED.fullmatch(line):
        return Deed(deed["deed"], deed["text"] or "")
    if words := _WORDS.fullmatch(line):
        how = tuple(part.strip() for part in words["how"].split(",") if part.strip())
        return Words(words["who"], words["verb"], how, words["cue"] or "", words["text"])
    raise ValueError(f"this line of a story means nothing: {line}")

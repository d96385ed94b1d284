"""Dialogue transcripts: how they are written down, and nothing of how they are played.

A transcript tells one story in blocks that begin with ▶. What people and colleagues do is written by hand; what leaves
the desk is written below it, whole, by `--update-transcripts`, and compared ever after.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from bot.core.messages import MAIL, Handle, Way

MARK: Final = "▶ "
OUTCOMES: Final = ("NEXIO ", "nothing is sent", "refused")
"""How the headings of blocks begin that tell what came out, and not what somebody did."""

_PERSON: Final = re.compile(r"(?P<key>[A-Z]+): (?P<name>[^<]+) <(?P<address>[^>]+)>(?P<facts>.*)")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the story; without e-mail their `address` is where they write letters from.

    `number` is empty for whom the company does not know, `chat` is 0 and `phone` empty without one; `accounts` are
    their ids on other platforms. `recipient` is the language of a recipient of the data.
    """

    key: str
    name: str
    address: str
    number: str = ""
    chat: int = 0
    phone: str = ""
    record: tuple[tuple[str, str], ...] = ()
    accounts: Mapping[str, str] = field(default_factory=dict)
    recipient: str = ""

    @classmethod
    def read(cls, line: str) -> Self:
        """Read `ANN: Ann Peeters <ann@example.com>; customer C-1001; messenger 77; street = Dorpsstraat 7`."""
        found = _PERSON.fullmatch(line)
        if found is None:
            raise ValueError(f"this introduces nobody: {line!r}")
        number, chat, phone, recipient = "", 0, "", ""
        record, accounts = list[tuple[str, str]](), dict[str, str]()
        for fact in filter(None, map(str.strip, found["facts"].split(";"))):
            word, _, value = fact.partition(" ")
            match word:
                case "customer":
                    number = value
                case "chat":
                    chat = int(value)
                case "phone":
                    phone = value
                case "recipient":
                    recipient = value
                case "messenger" | "instagram" | "whatsapp" | "chatwoot":
                    accounts[word] = value
                case _:
                    name, _, text = fact.partition(" = ")
                    record.append((name, text))
        known = (found["key"], found["name"], found["address"])
        return cls(*known, number, chat, phone, tuple(record), accounts, recipient)

    @property
    def reached(self) -> Handle:
        """Where they write from: a mailbox, or home for whoever has none."""
        return Handle(MAIL if self.domain else Way.LETTER, self.address)

    @property
    def domain(self) -> str:
        return self.address.partition("@")[2]


@dataclass(frozen=True, slots=True)
class Block:
    """One thing that is done, expected or sent: a heading, a few `name: value` lines, and a text."""

    heading: str
    text: str = ""

    @property
    def is_outcome(self) -> bool:
        return self.heading.startswith(OUTCOMES)

    @property
    def fields(self) -> dict[str, str]:
        """The `name: value` lines above the first empty line."""
        head, _, _ = self.text.partition("\n\n")
        return {name: value for name, _, value in (line.partition(": ") for line in head.split("\n"))}

    @property
    def words(self) -> str:
        """What stands below the first empty line."""
        return self.text.partition("\n\n")[2]

    def __str__(self) -> str:
        return f"{MARK}{self.heading}\n" + (f"{self.text}\n" if self.text else "")


@dataclass(frozen=True, slots=True)
class Transcript:
    """A story with its people and its blocks.

    In one with `pages` people reach our public ones; in one with `sensitive` data access takes a second proof.
    """

    name: str
    introduction: str
    language: str
    people: tuple[Person, ...]
    blocks: tuple[Block, ...] = field(repr=False)
    pages: bool = False
    sensitive: bool = False

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a transcript. Raises ValueError for lines that introduce nobody."""
        introduction, *pieces = f"\n{file.read_text(encoding='utf-8')}".split(f"\n{MARK}")
        lines = introduction.strip().split("\n")
        cast = lines[lines.index("") + 1 :]
        language, _, beside = cast[0].removeprefix("language: ").partition(", with ")
        people = tuple(Person.read(line) for line in cast[1:])
        blocks = []
        for piece in pieces:
            heading, _, text = piece.partition("\n")
            blocks.append(Block(heading.strip(), text.strip("\n")))
        pages, sensitive = "pages" in beside, "sensitive data" in beside
        return cls(file.stem, introduction.strip(), language, people, tuple(blocks), pages, sensitive)

    def written(self, blocks: Iterable[Block]) -> str:
        """Return the file's text with other blocks below the same introduction."""
        return "\n".join([f"{self.introduction}\n", *map(str, blocks)])

    def scenes(self) -> Sequence[tuple[Block, Sequence[Block]]]:
        """Pair everything that is done with what is expected after it; what came out is left to whoever plays it."""
        scenes: list[tuple[Block, list[Block]]] = []
        for block in self.blocks:
            if block.is_outcome:
                continue
            if block.heading.startswith("then "):
                scenes[-1][1].append(block)
            else:
                scenes.append((block, []))
        return scenes

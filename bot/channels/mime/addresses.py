"""Mailboxes as RFC 5322 3.4 has them, read so strictly that no two readers can disagree about who wrote."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from bot.channels.mime.words import decode_words, one_line, unicode_of

_DOMAIN: Final = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.){0,20}[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LOCAL: Final = re.compile(r"[^\s\"(),:;<>@\[\\\]\x00-\x20\x7f-\xa0]{1,64}")
_LONGEST_DOMAIN: Final = 253  # RFC 1035 2.3.4, in text
_LONGEST_NAME: Final = 200
_NAMELESS: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,253}")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address with its display name; `plain` says that nothing about its writing is odd."""

    address: str
    name: str = ""
    plain: bool = True

    @property
    def domain(self) -> str:
        """Its domain as the DNS has it, empty where the address is no address."""
        return self.address.rpartition("@")[2]


def canonical_domain(domain: str) -> str:
    """Return a domain in lower case, international labels in their DNS form; empty if it is none."""
    domain = domain.strip().rstrip(".").lower()
    if len(domain) > _LONGEST_DOMAIN:
        return ""
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    return domain if _DOMAIN.fullmatch(domain) and len(domain) <= _LONGEST_DOMAIN else ""


def canonical_mailbox(address: str) -> str:
    """Return an address in the directory's spelling, empty if it is none or written so that readers may differ."""
    local, at, domain = address.strip().rpartition("@")
    domain = canonical_domain(domain)
    if not at or not domain or not _LOCAL.fullmatch(local) or "=?" in local:
        return ""
    return f"{local.lower()}@{domain}"


@dataclass(slots=True)
class _Draft:
    """A mailbox while it is read, character by character."""

    phrase: list[str] = field(default_factory=list)
    comment: list[str] = field(default_factory=list)
    angle: str | None = None
    at_sign: bool = False  # one outside quotes, angles and comments
    plain: bool = True

    def add(self, character: str) -> None:
        if not character.isspace():
            self.at_sign |= character == "@"
            # "alice@a (x) .b" and "<alice@a> bob": others may read on where we stop, or stop where we read on
            self.plain &= self.angle is None and (not self.comment or not self.at_sign)
        self.phrase.append(character)

    def add_comment(self, content: str) -> None:
        # "admin@legit.example(.evil.example)": one reader's domain, another's comment
        self.plain &= not self.at_sign or self.phrase[-1].isspace()
        self.comment.append(content)

    def add_angle(self, content: str, *, closed: bool) -> None:
        self.plain &= self.angle is None and closed
        self.angle = content if self.angle is None else self.angle

    def finish(self) -> Mailbox | None:
        phrase, comment = "".join(self.phrase).strip(), "".join(self.comment)
        if self.angle is None:
            if not phrase:
                return None
            address = canonical_mailbox(phrase)
            name = comment if address else phrase
            agrees = bool(address) is self.at_sign
        else:
            address = canonical_mailbox(self.angle)
            name = phrase or comment
            agrees = bool(address) is ("@" in self.angle) and (not self.at_sign or address_in(phrase) == address)
        name = one_line(decode_words(name), _LONGEST_NAME).strip("'\" ")
        return Mailbox(address, name, plain=self.plain and agrees)


def mailboxes(raw: bytes) -> tuple[Mailbox, ...]:
    """Read an address list; what is no address has an empty one and isn't plain. Groups lose their name."""
    text = unicode_of(raw)
    found: list[Mailbox | None] = []
    draft = _Draft()
    at = 0
    while at < len(text):
        character = text[at]
        if character in ",;":
            found.append(draft.finish())
            draft = _Draft()
        elif character == '"':
            quoted, at = _quoted(text, at)
            draft.phrase.append(quoted)
        elif character == "(":
            comment, at = _comment(text, at)
            draft.add_comment(comment)
        elif character == "<":
            stop = text.find(">", at)
            closed, stop = stop >= 0, stop if stop >= 0 else len(text)
            draft.add_angle(text[at + 1 : stop], closed=closed)
            at = stop
        elif character == ":" and draft.angle is None and not draft.at_sign:
            draft = _Draft(plain=False)  # the name of a group, which few readers know
        else:
            draft.add(character)
        at += 1
    found.append(draft.finish())
    return tuple(mailbox for mailbox in found if mailbox is not None)


def addresses(values: Iterable[bytes], most: int) -> tuple[str, ...]:
    """Return the first few different addresses of some fields."""
    unique: dict[str, None] = {}
    for value in values:
        for mailbox in mailboxes(value):
            if mailbox.address:
                unique.setdefault(mailbox.address)
        if len(unique) >= most:
            break
    return tuple(unique)[:most]


def address_in(text: str) -> str:
    """Return the first address in a line of text, as in "Jan Jansen [mailto:jan@example.org]"; empty if none."""
    match = _NAMELESS.search(text)
    return canonical_mailbox(match[0].rstrip(".-")) if match else ""


def _quoted(text: str, at: int) -> tuple[str, int]:
    """Read a quoted string from its opening quote; return its content and where its closing one is."""
    content: list[str] = []
    at += 1
    while at < len(text) and text[at] != '"':
        at += text[at] == "\\"
        content.append(text[at : at + 1])
        at += 1
    return "".join(content), at


def _comment(text: str, at: int) -> tuple[str, int]:
    """Read a comment, which may hold others, from its opening parenthesis."""
    depth, start = 0, at
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] in "()":
            depth += 1 if text[at] == "(" else -1
            if not depth:
                break
        at += 1
    return text[start + 1 : at], at

"""The corpus as written by hand: one file a style, read into examples with errors that name file and line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from bot.core.errors import RightsDeskError
from bot.core.rights import OUR_LANGUAGES, Act, Correction, DataCategory, Flag, RequestType, Scope

# fmt: off
REGISTERS: Final = frozenset({
    "formal", "polite", "plain", "angry", "elderly", "young", "phonetic", "noaccents", "dictated",
    "translated", "legal", "terse",
})
TRAPS: Final = frozenset({
    "negation", "quoted-footer", "quoted-right", "signature", "disclaimer", "abstract", "contract", "replace",
    "order-line", "price-objection", "goods-complaint", "threat", "second-right", "restriction-not-erasure",
    "subscribe", "vendor", "student", "journalist", "mailing-list", "ticket", "newsletter", "spam", "job",
    "forwarded", "buried", "very-short", "code-switch", "lost-access", "copy-of-invoice", "phone-porting",
    "right-mentioned", "hypothetical", "thanks", "past",
})
# fmt: on
FIELDS: Final = frozenset(["name", "email", "phone", "address", "birthdate", "iban", "title", "other"])
CHANNELS: Final = frozenset({"email", "chat"})
_KEYS: Final = frozenset(["register", "act", "also", "scope", "flags", "traps", "fix", "data"])
_HEADER: Final = re.compile(r"--- (\d{3,4}) \| (.*)")
_ODD_HEADER: Final = re.compile(r"\s*-{3}\s*\d")
_SUBJECT: Final = "Subject:"

T = TypeVar("T", RequestType, Scope, Act, Flag, DataCategory)


class CorpusError(RightsDeskError):
    """A corpus file doesn't follow the format; the text says where and how."""


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled message; `act` is absent where only the rights were settled, and nothing around them.

    Styles of one `kin` tell the same situations, in two languages perhaps: what learns from one is not measured on
    another.
    """

    id: str
    style: str
    kin: str
    lang: str
    channel: str
    subject: str
    text: str
    labels: frozenset[RequestType]
    also: frozenset[RequestType]
    scope: frozenset[Scope]
    act: Act | None
    flags: frozenset[Flag]
    traps: frozenset[str]
    register: str
    fix: Correction | None
    data: frozenset[DataCategory]


def load_corpus(data_dir: Path) -> list[Example]:
    """Read every style below `data_dir/messages`, in the order of file names."""
    files = corpus_files(data_dir)
    if not files:
        raise CorpusError(f"{data_dir}: no messages/<lang>/<style>.txt found")
    return [example for path in files for example in parse(path.read_text(encoding="utf-8"), path)]


def corpus_files(data_dir: Path) -> list[Path]:
    """Return the corpus files, sorted."""
    return sorted((data_dir / "messages").rglob("*.txt"))


def parse(text: str, path: Path) -> list[Example]:
    """Read one style file."""
    lines = text.split("\n")
    first = next((i for i, line in enumerate(lines) if _HEADER.fullmatch(line.rstrip())), len(lines))
    style = _style(lines[:first], path)
    examples = [_example(style, number, fields, body, path, at) for at, number, fields, body in _blocks(lines, path)]
    seen: set[str] = set()
    for example in examples:
        if example.id in seen:
            raise CorpusError(f"{path}: {example.id} stands twice")
        seen.add(example.id)
    return examples


def _style(lines: Sequence[str], path: Path) -> Mapping[str, str]:
    head = {}
    for at, line in enumerate(lines, 1):
        key, colon, value = line.removeprefix("#").partition(":")
        if line.startswith("#") and colon:
            head[key.strip()] = value.strip()
        elif line.strip():
            raise CorpusError(f"{path}:{at}: text before the first message")
    for key in ("style", "lang", "who"):
        if key not in head:
            raise CorpusError(f"{path}:1: no `# {key}:` line")
    if head["style"] != path.stem:
        raise CorpusError(f"{path}:1: the style is called {head['style']!r}, the file {path.stem!r}")
    if head["lang"] not in OUR_LANGUAGES:
        raise CorpusError(f"{path}:1: language {head['lang']!r} is none of {', '.join(OUR_LANGUAGES)}")
    if head.setdefault("register", "plain") not in REGISTERS:
        raise CorpusError(f"{path}:1: register {head['register']!r} is unknown")
    return head


def _blocks(lines: Sequence[str], path: Path) -> Iterator[tuple[int, str, str, list[str]]]:
    at, number, fields = 0, "", ""
    body: list[str] = []
    for i, line in enumerate(lines, 1):
        header = _HEADER.fullmatch(line.rstrip())
        if header:
            if at:
                yield at, number, fields, body
            at, number, fields, body = i, header[1], header[2], []
        elif at and _ODD_HEADER.match(line):
            raise CorpusError(f"{path}:{i}: looks like a header, but isn't `--- NNN | labels | channel`")
        else:
            body.append(line)
    if at:
        yield at, number, fields, body


def _example(style: Mapping[str, str], number: str, fields: str, body: list[str], path: Path, at: int) -> Example:
    where = f"{path}:{at}"
    parts = [part.strip() for part in fields.split("|")]
    if len(parts) < 2 or parts[1] not in CHANNELS:  # noqa: PLR2004 - labels and channel
        raise CorpusError(f"{where}: the second field is `email` or `chat`")
    keys: dict[str, str] = {}
    for part in parts[2:]:
        key, equals, value = part.partition("=")
        if not equals or key not in _KEYS or key in keys:
            raise CorpusError(f"{where}: {part!r} is no known key=value, or stands twice")
        keys[key] = value.strip()
    labels = frozenset(_words(parts[0], RequestType, where))
    if not labels or (RequestType.OTHER in labels and len(labels) > 1):
        raise CorpusError(f"{where}: one or more labels; `other` stands alone")
    if RequestType.UNSUBSCRIBE in labels and "scope" not in keys:
        raise CorpusError(f"{where}: unsubscribe needs a scope")
    register = keys.get("register", style["register"])
    traps = frozenset(filter(None, (trap.strip() for trap in keys.get("traps", "").split(","))))
    if register not in REGISTERS or traps - TRAPS:
        raise CorpusError(f"{where}: unknown register or trap: {register}, {', '.join(sorted(traps - TRAPS))}")
    subject, text = _message(body)
    if not text and not subject:
        raise CorpusError(f"{where}: the message is empty")
    return Example(
        id=f"{style['style']}/{number}",
        style=style["style"],
        kin=style.get("kin", style["style"]),
        lang=style["lang"],
        channel=parts[1],
        subject=subject,
        text=text,
        labels=labels,
        also=frozenset(_words(keys.get("also", ""), RequestType, where)) - labels,
        scope=frozenset(_words(keys.get("scope", ""), Scope, where)),
        act=next(iter(_words(keys.get("act", "request"), Act, where))),
        flags=frozenset(_words(keys.get("flags", ""), Flag, where)),
        traps=traps,
        register=register,
        fix=_fix(keys["fix"], where) if "fix" in keys else None,
        data=frozenset(_words(keys.get("data", ""), DataCategory, where)),
    )


def _words(value: str, kind: type[T], where: str) -> list[T]:
    try:
        return [kind(word.strip()) for word in value.split(",") if word.strip()]
    except ValueError as unknown:
        raise CorpusError(f"{where}: {unknown}") from None


def _message(body: list[str]) -> tuple[str, str]:
    text = "\n".join(body).strip("\n")
    if not text.startswith(_SUBJECT):
        return "", text.strip()
    subject, _, rest = text.partition("\n")
    return subject.removeprefix(_SUBJECT).strip(), rest.strip()


def _fix(value: str, where: str) -> Correction:
    field, colon, change = value.partition(":")
    old, arrow, new = change.partition("->")
    if field.strip() not in FIELDS or not colon or not arrow:
        raise CorpusError(f"{where}: fix is `field: old -> new` with a field of {', '.join(sorted(FIELDS))}")
    return Correction(field.strip(), old.strip(), new.strip())

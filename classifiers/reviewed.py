"""What colleagues corrected and somebody reviewed: people's own words, which teach a company's own pipeline alone."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bot.core.messages import MAIL
from bot.core.rights import OUR_LANGUAGES, RequestType
from classifiers.corpus import CorpusError, Example

_TEXTS: Final = ("id", "case", "channel", "language", "subject", "text")


def load_reviewed(file: Path) -> list[Example]:
    """Read the lines of `corrections export` that were kept; what one case said is one style.

    Raises CorpusError with the place of a line that can't be used, OSError.
    """
    lines = file.read_text(encoding="utf-8").splitlines()
    return [_example(line, f"{file}:{number}") for number, line in enumerate(lines, 1) if line.strip()]


def _example(line: str, where: str) -> Example:
    try:
        said = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        said = None
    if not isinstance(said, dict) or not all(isinstance(said.get(key), str) for key in _TEXTS):
        raise CorpusError(f"{where}: no line of `corrections export`, which has {', '.join(_TEXTS)} and labels")
    if said["language"] not in OUR_LANGUAGES:
        raise CorpusError(f"{where}: language {said['language']!r} is none of {', '.join(OUR_LANGUAGES)}")
    return Example(
        id=f"reviewed/{said['id']}",
        style=f"reviewed/{said['case']}",
        kin=f"reviewed/{said['case']}",
        lang=said["language"],
        channel="email" if said["channel"] == MAIL else "chat",
        subject=said["subject"],
        text=said["text"],
        labels=_labels(said, where),
        also=frozenset(),
        scope=frozenset(),
        act=None,
        flags=frozenset(),
        traps=frozenset(),
        register="plain",
        fix=None,
        data=frozenset(),
    )


def _labels(said: Mapping[str, Any], where: str) -> frozenset[RequestType]:
    written = said.get("labels")
    try:
        labels = frozenset(map(RequestType, written if isinstance(written, list) else ()))
    except ValueError as unknown:
        raise CorpusError(f"{where}: {unknown}") from None
    if not labels or (RequestType.OTHER in labels and len(labels) > 1):
        raise CorpusError(f"{where}: one or more labels; `other` stands alone")
    return labels

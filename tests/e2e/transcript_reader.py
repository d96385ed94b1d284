"""A reader that understands what a transcript says it does, so that no transcript depends on a trained model."""

import re
from collections.abc import Iterator
from typing import Final, TypeVar

from bot.core.rights import UNKNOWN_LANGUAGE, Act, Correction, Entity, Flag, Reading, RequestType, Scope

_ADDRESS: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CORRECTION: Final = re.compile(r"correct (?P<field>\w+): (?P<old>.*?) ?→ (?P<new>.+)")
_SURENESS: Final = {"sure": 0.99, "likely": 0.8, "unsure": 0.4}
"""How sure the reader is of the exact set of rights; below "sure" it abstains."""

_FOREIGN: Final = "foreign"
"""Says that a message is in none of our languages."""

Meaning = RequestType | Scope | Act | Flag | Correction


T = TypeVar("T")


class CuedReader:
    """Reads the message at hand as its transcript says."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._sure = "sure"
        self._foreign = False
        self._meanings: tuple[Meaning, ...] = ()

    def expect(self, cue: str) -> None:
        """Foresee the next reading from what follows `understood:`; nothing at all is other mail.

        `access, unsubscribe, email; reminder; marketing; unsure; correct address: old → new`: rights, mailings, acts
        and flags by their own names, in any order; `foreign` is a language not ours. Raises ValueError for a word that
        is none of them.
        """
        words = [word for word in map(str.strip, re.split(r"[,;]", cue)) if word]
        self._sure = next((word for word in words if word in _SURENESS), "sure")
        self._foreign = _FOREIGN in words
        self._meanings = tuple(_meaning(word) for word in words if word not in {*_SURENESS, _FOREIGN})

    def read(self, subject: str, text: str, channel: str) -> Reading:  # noqa: ARG002 - the port's signature
        """Return the foreseen reading, with the addresses that stand in the text."""
        rights = frozenset(_of(RequestType, self._meanings)) or frozenset({RequestType.OTHER})
        return Reading(
            rights=rights,
            confidence=_SURENESS[self._sure],
            abstain=self._sure != "sure",
            any_right=0.01 if rights == {RequestType.OTHER} else 0.98,
            language=UNKNOWN_LANGUAGE if self._foreign else self.language,
            act=next(_of(Act, self._meanings), Act.REQUEST),
            flags=frozenset(_of(Flag, self._meanings)),
            scopes=frozenset(_of(Scope, self._meanings)),
            corrections=tuple(_of(Correction, self._meanings)),
            entities=tuple(Entity("email", found[0], *found.span()) for found in _ADDRESS.finditer(text)),
            model="transcript",
        )


def _of(kind: type[T], meanings: tuple[Meaning, ...]) -> Iterator[T]:
    return (one for one in meanings if isinstance(one, kind))


def _meaning(word: str) -> Meaning:
    if found := _CORRECTION.fullmatch(word):
        return Correction(found["field"], found["old"], found["new"])
    for kind in (RequestType, Scope, Act, Flag):
        if word in {value.value for value in kind}:
            return kind(word)
    raise ValueError(f"`understood: … {word}` has no meaning")

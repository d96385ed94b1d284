"""Chat commands read without a classifier: what they say is exact."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.core.rights import OUR_LANGUAGES, UNKNOWN_LANGUAGE, Act, Reading, RequestType, Scope

WELCOMING: Final = frozenset({"start", "help"})

_MEANING: Final[Mapping[str, tuple[frozenset[RequestType], Act, frozenset[Scope]]]] = MappingProxyType(
    {
        "stop": (frozenset({RequestType.UNSUBSCRIBE}), Act.REQUEST, frozenset({Scope.ALL})),
        "status": (frozenset({RequestType.OTHER}), Act.REMINDER, frozenset()),
        "start": (frozenset({RequestType.OTHER}), Act.REQUEST, frozenset()),
        "help": (frozenset({RequestType.OTHER}), Act.REQUEST, frozenset()),
    }
)


def read_command(command: str, language: str) -> Reading | None:
    """Return the reading of a bare command, or None for a word that is none of ours."""
    meaning = _MEANING.get(command)
    if meaning is None:
        return None
    rights, act, scopes = meaning
    return Reading(
        rights=rights,
        confidence=1.0,
        abstain=False,
        any_right=0.0 if rights == {RequestType.OTHER} else 1.0,
        language=language if language in OUR_LANGUAGES else UNKNOWN_LANGUAGE,
        act=act,
        scopes=scopes,
        model="command",
    )

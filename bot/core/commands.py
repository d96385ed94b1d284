"""Chat commands read without a classifier: what they say is exact."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.core.drafts import Question
from bot.core.other_ways import OtherWay
from bot.core.rights import OUR_LANGUAGES, UNKNOWN_LANGUAGE, Act, Reading, RequestType, Scope

CHOICE: Final = "choice"
"""The command of a tapped button; its payload is the right it names, or the way to answer without e-mail."""

INVITED: Final = "invited"
"""The command that stands for having been put into a group or a channel."""

GREETED: Final[Mapping[str, Question]] = MappingProxyType(
    {
        "start": Question.WELCOME,
        "help": Question.HELP,
        "status": Question.NOTHING_OPEN,
        INVITED: Question.NOT_IN_GROUPS,
    }
)
"""What a command is answered with that asks for nothing; `status`, where nothing is open."""

_MEANING: Final[Mapping[str, tuple[frozenset[RequestType], Act, frozenset[Scope]]]] = MappingProxyType(
    {
        "stop": (frozenset({RequestType.UNSUBSCRIBE}), Act.REQUEST, frozenset({Scope.ALL})),
        "status": (frozenset({RequestType.OTHER}), Act.REMINDER, frozenset()),
        "start": (frozenset({RequestType.OTHER}), Act.REQUEST, frozenset()),
        "help": (frozenset({RequestType.OTHER}), Act.REQUEST, frozenset()),
        INVITED: (frozenset({RequestType.OTHER}), Act.REQUEST, frozenset()),
    }
)


def read_command(command: str, payload: str, language: str) -> Reading | None:
    """Return the reading of a bare command or a tapped button, or None for a word that is none of ours."""
    meaning = _MEANING.get(command)
    if command == CHOICE and payload in set(RequestType):
        right = RequestType(payload)
        scopes = frozenset({Scope.ALL}) if right is RequestType.UNSUBSCRIBE else frozenset()
        meaning = (frozenset({right}), Act.REQUEST, scopes)
    elif command == CHOICE and payload in set(OtherWay):
        meaning = (frozenset({RequestType.OTHER}), Act.ANSWER, frozenset())
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

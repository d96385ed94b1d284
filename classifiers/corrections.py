"""What a rectification wants changed: the field, the old value where it is said, and the new one."""

import re
from collections.abc import Sequence
from typing import Final

from bot.core.rights import Correction, Entity
from classifiers.text import fold

_FIELDS: Final = {"email": "email", "phone": "phone", "address": "address"}
_IBAN: Final = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_BIRTH: Final = ("naissance", "ne le", "nee le", "born", "birth", "dob", "geboren", "geburt", "geboorte", "jarig")
_OLD: Final = ("old", "ancien", "oude", "ouwe", "alte", "not ", "pas ", "non ", "niet ", "nicht ", "instead of",
               "au lieu d", "in plaats van", "statt", "anstatt", "ipv", "rather than", "plutot que", "former",
               "bisherig", "previous", "no longer", "wrong", "falsch", "n'est plus", "from ", "vroeger")  # fmt: skip
_NAME: Final = r"([\wÀ-ÿ][\wÀ-ÿ'’-]{1,30}(?: [\wÀ-ÿ][\wÀ-ÿ'’-]{1,30}){0,2})"
_QUOTED: Final = r"[«\"“”„'‘]\s?" + _NAME + r"\s?[»\"“”'’]"
_ARROW: Final = re.compile(_NAME + r"\s?(?:->|→|=>)\s?" + _NAME)
_NEW_NOT_OLD: Final = re.compile(
    r"(?:is|heißt|heisse|heiße|heet|est|m['’]appelle|s['’]écrit|it['’]s|spelt|spelled|écrire|lire|schreibt sich|be)\s"
    rf"(?:(?:now|spelled|spelt|written|called|geschreven|geschrieben|maintenant)\s){{0,2}}(?:{_QUOTED}|{_NAME}),?\s(?:and\s|et\s|und\s|en\s)?"
    r"(?:not|non|pas|niet|nicht|instead of|statt|au lieu de|in plaats van)\s"
    rf"(?:{_QUOTED}|{_NAME})",
    re.IGNORECASE,
)
_WINDOW: Final = 40


def find_corrections(text: str, entities: Sequence[Entity]) -> tuple[Correction, ...]:
    """Return the changes a message asks for; values stand as they were written."""
    found = []
    for kind, name in _FIELDS.items():
        values = [entity for entity in entities if entity.kind == kind]
        if values:
            found.append(_change(name, text, values))
    dates = [entity for entity in entities if entity.kind == "date" and _near(text, entity.start, _BIRTH)]
    if dates:
        found.append(_change("birthdate", text, dates))
    ibans = [Entity("iban", match.group(), *match.span()) for match in _IBAN.finditer(text)]
    if ibans:
        found.append(_change("iban", text, ibans))
    return tuple(found) or _names(text)


def _change(field: str, text: str, values: Sequence[Entity]) -> Correction:
    """Tell old from new by the word before each; of two without such a word the later is the new one."""
    old = [value for value in values if _near(text, value.start, _OLD)]
    new = [value for value in values if value not in old]
    if len(values) > 1 and not old:
        old, new = [values[0]], list(values[1:])
    if not new:
        old, new = list(values[:-1]), [values[-1]]
    return Correction(field, old[0].text if old else "", new[-1].text)


def _near(text: str, at: int, words: Sequence[str]) -> bool:
    before = fold(text[max(0, at - _WINDOW) : at])
    return any(word in before for word in words)


def _names(text: str) -> tuple[Correction, ...]:
    arrow = _ARROW.search(text)
    if arrow:
        return (Correction("name", arrow[1], arrow[2]),)
    turned = _NEW_NOT_OLD.search(text)
    if turned:
        return (Correction("name", turned[3] or turned[4], turned[1] or turned[2]),)
    return ()

"""How an item may end, or what may be said on the way: which outcomes a right knows, and what each needs."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.core.case import OPEN_STATES, Item, State, is_proven
from bot.core.errors import NotAllowed
from bot.core.rights import RequestType
from bot.core.trust import Trust
from bot.core.verdict import Outcome

_R, _O = RequestType, Outcome
_SHARED: Final = (_O.NO_DATA, _O.NOT_IDENTIFIABLE, _O.NOT_AUTHENTICATED, _O.EXCESSIVE, _O.WITHDRAWN, _O.MERGED)
_ALWAYS: Final = (_O.GRANTED, _O.WITHDRAWN, _O.MERGED)

ALLOWED: Final[Mapping[RequestType, tuple[Outcome, ...]]] = MappingProxyType(
    {
        _R.INFORMATION: (_O.GRANTED, _O.PARTLY, _O.REFUSED, *_SHARED),
        _R.ACCESS: (_O.GRANTED, _O.PARTLY, _O.REFUSED, _O.FEE, *_SHARED),
        _R.RECTIFICATION: (_O.GRANTED, _O.PARTLY, _O.REFUSED, *_SHARED),
        _R.ERASURE: (_O.GRANTED, _O.PARTLY, _O.REFUSED, *_SHARED),
        _R.RESTRICTION: (_O.GRANTED, _O.REFUSED, _O.LIFT_NOTICE, _O.LIFTED, *_SHARED),
        _R.PORTABILITY: (_O.GRANTED, _O.PARTLY, _O.REFUSED, _O.TRANSFERRED, _O.NOT_TRANSFERRED, *_SHARED),
        _R.OBJECTION: (_O.GRANTED, _O.REFUSED, _O.OTHER_BASIS, *_SHARED),
        _R.COMPLAINT: (_O.GRANTED, _O.REFUSED, _O.RECEIVED, _O.WITHDRAWN, _O.MERGED),
        _R.UNSUBSCRIBE: _ALWAYS,
        _R.CONSENT_WITHDRAWAL: (*_ALWAYS, _O.NO_CONSENT),
        _R.HUMAN_REVIEW: (_O.GRANTED, _O.REFUSED, _O.NO_DECISION, *_SHARED),
        _R.OTHER: (*_ALWAYS, _O.FORWARDED, _O.BREACH_RECEIVED),
    }
)
"""What a colleague may choose for a right. No refusal exists for an opt-out or a withdrawn consent (7(3), 21(3))."""

REFUSING: Final = frozenset(
    {
        *(_O.PARTLY, _O.REFUSED, _O.NOT_TRANSFERRED, _O.OTHER_BASIS),
        *(_O.NOT_IDENTIFIABLE, _O.NOT_AUTHENTICATED, _O.EXCESSIVE),
    }
)
"""A full or partial no: reasons, authority and court belong to it (Art. 12(4))."""

INTERIM: Final = frozenset({_O.FEE, _O.RECEIVED, _O.LIFT_NOTICE, _O.MERGED})
"""What is said on the way: the item stays open and its clock runs."""

BLIND: Final = frozenset(
    {
        *(_O.NOT_IDENTIFIABLE, _O.NOT_AUTHENTICATED, _O.EXCESSIVE, _O.WITHDRAWN, _O.MERGED),
        *(_O.RECEIVED, _O.FORWARDED, _O.BREACH_RECEIVED),
    }
)
"""What may be said to somebody who has proven nothing: it tells nothing of the data (law.md rule 16)."""


_DONE: Final = frozenset({_O.GRANTED, _O.PARTLY, _O.TRANSFERRED, _O.NOT_TRANSFERRED})


def may_end(item: Item, outcome: Outcome) -> None:
    """Raise NotAllowed, saying why, where the law or the identity leaves no room for this outcome."""
    absolute = item.marketing and outcome not in _ALWAYS
    if absolute or outcome not in ALLOWED[item.right]:
        can = ", ".join(_ALWAYS if item.marketing else ALLOWED[item.right])
        what = "an objection to marketing" if item.marketing else item.right
        raise NotAllowed(f"{what} can't be {outcome}: there are {can}")
    nothing_held = outcome is Outcome.NO_DATA and item.trust >= Trust.PROVEN  # there is nothing a second proof guards
    if outcome in BLIND or is_proven(item) or nothing_held:
        return
    blind = ", ".join(one for one in ALLOWED[item.right] if one in BLIND)
    raise NotAllowed(f"nobody has proven yet to be the person: {item.right} can only be {blind}")


def ends_of(item: Item) -> tuple[Outcome, ...]:
    """Return the outcomes that law and identity leave room for."""
    return tuple(outcome for outcome in ALLOWED[item.right] if _leaves_room(item, outcome))


def _leaves_room(item: Item, outcome: Outcome) -> bool:
    try:
        may_end(item, outcome)
    except NotAllowed:
        return False
    return True


def may_take_back(item: Item) -> bool:
    """Say whether the person may still withdraw an item: nothing was done for it, and no answer is on its way."""
    return item.state in OPEN_STATES - {State.SENDING} and item.done_at is None


def needs_a_record(item: Item) -> bool:
    """Say whether an item's letter says that somebody's data were shown, erased or changed.

    Control of an address that is not on record proves nothing of whose data they are (law.md rule 16).
    """
    if item.needs < Trust.PROVEN:
        return False
    unsaid = item.outcome is None and item.right is RequestType.RECTIFICATION  # of the others it says what was found
    return unsaid or item.outcome in _DONE


def is_refused(item: Item) -> bool:
    """Say whether an item's letter says no: by choice, or because nobody proved to be the person."""
    return item.outcome in REFUSING if item.outcome else not is_proven(item)

"""What becomes of an item that is carried on in another case: the earlier date stays, and proof moves with nobody."""

from dataclasses import replace
from datetime import datetime

from bot.core.case import Event, Item, State, is_proven, moved
from bot.core.trust import Trust
from bot.core.verdict import Outcome


def carried(item: Item, ident: str, *, together: bool, told: bool) -> Item:
    """Return an item as another case takes it over, for a colleague to look at.

    Its clock goes on. What was proven counts only where both cases answer the same address (`together`). `told` says
    that a letter tells the person so first.
    """
    trust, authentic = (_own(item), item.authentic) if together else (Trust.CLAIMED, False)
    taken = replace(item, id=ident, trust=trust, authentic=authentic, challenge="", outcome=None)
    return _told(moved(moved(taken, Event.GAVE_UP), Event.HANDED), told=told)


def joined(mine: Item, theirs: Item, *, together: bool, told: bool) -> Item:
    """Return an item that stands for both: the earlier date, the wider wish, and the proof the stricter one needs."""
    earlier = min(mine, theirs, key=lambda item: item.received_at)
    one = replace(
        mine,
        clock=theirs.clock if mine.marketing and not theirs.marketing else mine.clock,
        received_at=earlier.received_at,
        promise_due=earlier.promise_due,
        statutory_due=min(filter(None, (mine.statutory_due, theirs.statutory_due)), default=None),
        extension=earlier.extension,
        told_on=earlier.told_on,
        scopes=mine.scopes | theirs.scopes,
        marketing=mine.marketing and theirs.marketing,
        done_at=_done_at(mine, theirs),
        provisional=mine.provisional or theirs.provisional,
        doubtful=mine.doubtful or theirs.doubtful,
        needs=max(mine.needs, theirs.needs),
        least=max(mine.least, theirs.least),
        trust=max(mine.trust, _own(theirs)) if together else mine.trust,
        authentic=mine.authentic or (together and theirs.authentic),
    )
    return _told(moved(one, Event.PROVED) if is_proven(one) else one, told=told)


def _own(item: Item) -> Trust:
    """Return what the person showed themselves: a colleague's word stays with the case it was given for."""
    return min(item.trust, Trust.PROVEN)


def _done_at(mine: Item, theirs: Item) -> datetime | None:
    """Return since when both are done; a use that was stopped for either stays stopped."""
    done = [moment for moment in (mine.done_at, theirs.done_at) if moment]
    stopped = mine.provisional or theirs.provisional
    return max(done) if len(done) == 2 or (done and stopped) else None  # noqa: PLR2004 - both of the two


def _told(item: Item, *, told: bool) -> Item:
    """The person hears of it where they had a letter of the other case, before any answer (`Outcome.MERGED`)."""
    return replace(item, outcome=Outcome.MERGED) if told and item.state is State.REVIEW else item

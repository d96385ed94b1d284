"""The sections of an answer: one per item by its outcome, and one for those that share it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.core.letters import Brief, Finding, ItemBrief
from bot.core.outcomes import REFUSING
from bot.core.proof import CONTACT_FIELDS, REQUIRED
from bot.core.rights import RequestType
from bot.core.trust import Trust
from bot.core.verdict import Outcome

OPT_OUTS: Final = frozenset({RequestType.UNSUBSCRIBE})
_COPIES: Final = frozenset({RequestType.ACCESS, RequestType.INFORMATION})
_ACCOUNT: Final = "account"
_SHARED: Final = {
    Outcome.NO_DATA: "nothing",
    Outcome.NOT_IDENTIFIABLE: "not_identifiable",
    Outcome.NOT_AUTHENTICATED: "unproven",
    Outcome.EXCESSIVE: "excessive",
    Outcome.WITHDRAWN: "withdrawn",
    Outcome.MERGED: "merged",
}
"""Outcomes that read the same whatever the right, by the part that says them."""

_BY_FINDING: Final = {
    Finding.NOTHING: _SHARED[Outcome.NO_DATA],
    Finding.SEVERAL: "several",
    Finding.ACCOUNT: _ACCOUNT,
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a letter by its template's name, and the items it is about.

    `opens` says that it follows the greeting; `outcome` names what several items of a section share.
    """

    template: str
    about: tuple[ItemBrief, ...] = ()
    opens: bool = False
    outcome: str = ""


def lacks_proof(item: ItemBrief, brief: Brief) -> bool:
    """Say whether an item needs more proof of identity than this case has (law.md rule 12)."""
    if brief.proven or item.marketing:
        return False
    contact = any(correction.field in CONTACT_FIELDS for correction in item.corrections)
    needed = Trust.PROVEN if contact else REQUIRED[item.right]
    return needed > (Trust.PLAUSIBLE if brief.plausible else Trust.CLAIMED)


def opted_out(item: ItemBrief) -> bool:
    """Say whether the item is an opt-out that was carried out."""
    return item.taken_effect and (item.right in OPT_OUTS or item.marketing)


def says_no(item: ItemBrief, brief: Brief) -> bool:
    """Say whether the letter refuses this item, wholly or in part (Art. 12(4))."""
    return item.outcome in REFUSING if item.outcome else lacks_proof(item, brief)


def sections(brief: Brief) -> Iterator[tuple[Part, ...]]:
    """Yield one section per item, in order; items that share an outcome whatever the right share a section."""
    shared = {item.right: _shared(item, brief) for item in brief.items}
    said: set[str] = set()
    for item in brief.items:
        name = shared[item.right]
        if not name:
            yield _section(item, brief)
        elif name not in said:
            said.add(name)
            about = tuple(one for one in brief.items if shared[one.right] == name)
            yield (Part(name, about), *_beside(name, about, brief))


def _shared(item: ItemBrief, brief: Brief) -> str:
    """Return the part an item shares with others of its outcome, or nothing."""
    if item.outcome is not None and not _of_account(item, brief):
        return _SHARED.get(item.outcome, "")
    if lacks_proof(item, brief):
        return _SHARED[Outcome.NOT_AUTHENTICATED]
    if REQUIRED[item.right] is not Trust.PROVEN:
        return ""
    return _BY_FINDING.get(brief.finding, "")


def _of_account(item: ItemBrief, brief: Brief) -> bool:
    """Say whether an item is granted as far as one chat account goes, whoever chose so."""
    return brief.finding is Finding.ACCOUNT and item.outcome is Outcome.GRANTED and item.right in _COPIES


def _beside(name: str, about: tuple[ItemBrief, ...], brief: Brief) -> tuple[Part, ...]:
    """Return what stands beside "we found nothing", or beside an account: the letters of a copy."""
    copied = name in {_SHARED[Outcome.NO_DATA], _ACCOUNT} and any(item.right in _COPIES for item in about)
    return (Part("correspondence", about),) if copied and brief.correspondence else ()


def _of_the_desk(about: tuple[ItemBrief, ...], brief: Brief) -> tuple[Part, ...]:
    return (Part("held_here", about),) if brief.stops or brief.requests else ()


def _section(item: ItemBrief, brief: Brief) -> tuple[Part, ...]:
    about = (item,)
    if item.marketing or item.right in OPT_OUTS:
        return (Part("opt_out", about),)
    granted = item.outcome in {None, Outcome.GRANTED}
    opening = Part(item.right.value if granted else f"{item.right}.{item.outcome}", about)
    if item.right not in _COPIES or not (granted or item.outcome is Outcome.PARTLY):
        return (opening,)
    here = _of_the_desk(about, brief)
    if item.right is RequestType.INFORMATION:
        copied = RequestType.ACCESS in {other.right for other in brief.items}
        return (opening, *([] if copied else here), Part("processing", about))
    if brief.finding is Finding.ACCOUNT:
        return (opening, Part(_ACCOUNT, about), *_beside(_ACCOUNT, about, brief))
    held = [Part("record", about)] if brief.record else []
    written = [Part("correspondence", about)] if brief.correspondence else []
    beside = RequestType.INFORMATION in {other.right for other in brief.items}
    told = [] if beside else [Part("processing", about)]
    return (opening, *held, Part("elsewhere", about), *here, *written, *told)

"""Which addresses, numbers and accounts an opt-out stops (law.md rule 28, ePrivacy 13). Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.core.letters import Extent
from bot.core.messages import MAIL, PHONE, Handle
from bot.core.records import Customer
from bot.core.rights import Scope

RECORD: Final = "customer"
"""The channel of a customer's row itself, by its number: whoever sends post has no better name for a person."""

MESSENGER: Final = "messenger"
_REACHED_BY: Final[Mapping[Scope, frozenset[str]]] = MappingProxyType(
    {
        Scope.EMAIL: frozenset({MAIL}),
        Scope.PHONE: frozenset({PHONE, MESSENGER}),
        Scope.POST: frozenset({RECORD}),
        Scope.SURVEY: frozenset({MAIL, PHONE, MESSENGER, RECORD}),
        Scope.ALL: frozenset({MAIL, PHONE, MESSENGER, RECORD}),
    }
)


@dataclass(frozen=True, slots=True)
class OptOut:
    """A wish to stop mailings: where it came from, which kinds, what else it names, which customers' rows it reaches.

    `authentic` says that the sender is surely who it says (an aligned mail, a platform's account); only then do `rows`
    count, and then all of them: one address may be on record with several.
    """

    sender: Handle
    scopes: frozenset[Scope]
    authentic: bool = False
    named: tuple[Handle, ...] = ()
    rows: tuple[Customer, ...] = ()


def stops(opt_out: OptOut) -> Iterator[tuple[Handle, Scope]]:
    """Yield what must not get which mailing: always the sender, and whatever else of theirs the mailing would reach."""
    others = dict.fromkeys((*opt_out.named, *_on_record(opt_out)))
    for scope in sorted(opt_out.scopes):
        yield opt_out.sender, scope
        yield from ((handle, scope) for handle in others if handle != opt_out.sender and _reaches(scope, handle))


def extent_of(opt_out: OptOut) -> frozenset[Extent]:
    """Return how far it reaches; whether anything is on record is not said (law.md rule 16)."""
    told = {Extent.HERE} | ({Extent.RECORD} if opt_out.authentic else set())
    named = {handle for handle, _ in stops(opt_out)} & set(opt_out.named) - {opt_out.sender}
    return frozenset(told | {Extent.NAMED} if named else told)


def _on_record(opt_out: OptOut) -> Iterator[Handle]:
    for row in opt_out.rows if opt_out.authentic else ():
        yield Handle(RECORD, row.number)
        yield from (Handle(MAIL, address) for address in row.emails)
        yield from (Handle(PHONE, number) for number in row.phones)
        yield from row.handles


def _reaches(scope: Scope, handle: Handle) -> bool:
    kind = handle.channel if handle.channel in {MAIL, PHONE, RECORD} else MESSENGER
    return kind in _REACHED_BY[scope]

"""Preferences: whoever reads a mailbox says which mailings go there, and takes it back (law.md rule 28).

What a wish stopped beside the mailbox itself, such as its owner's post, is allowed again by the same wish's page alone:
nobody opens what somebody else on the same record stopped.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.core.case import Case
from bot.core.messages import MAIL, Handle
from bot.core.opting_out import OptOut, stops
from bot.core.ports import Clock, Entropy
from bot.core.records import Suppression
from bot.core.references import ID_BYTES, write_id
from bot.core.rights import Scope
from bot.core.tickets import Door
from bot.core.unit import Store, Unit
from bot.flow.page_links import mailbox_behind

KINDS: Final = frozenset(Scope) - {Scope.ALL}
_ALL: Final = frozenset({Scope.ALL})


@dataclass(frozen=True, slots=True)
class Preferences:
    """Which kinds of mailings do not go to a mailbox, and the language to say it in; `before`, which did not until now.

    Both are the same where nothing was changed.
    """

    language: str
    stopped: frozenset[Scope]
    before: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class PreferencesDesk:
    """Shows and changes what goes to one mailbox."""

    store: Store
    clock: Clock
    entropy: Entropy

    async def shown(self, ticket: str) -> Preferences | None:
        """Return what is stopped for the mailbox behind a link, or None where there is none."""
        now = self.clock.now()

        def look(unit: Unit) -> Preferences | None:
            found = _mailbox_of(unit, ticket, now)
            if found is None:
                return None
            stopped = _kinds(_in_force(unit, found[1]))
            return Preferences(found[0].language, stopped, stopped)

        return await self.store.transact(look)

    async def choose(self, ticket: str, unwanted: frozenset[Scope]) -> Preferences | None:
        """Stop these kinds and allow the others; choosing what is so already changes nothing."""
        now = self.clock.now()

        def work(unit: Unit) -> Preferences | None:
            found = _mailbox_of(unit, ticket, now)
            if found is None:
                return None
            case, mailbox = found
            before = _in_force(unit, mailbox)
            if unwanted & KINDS != _kinds(before):
                wanted = _ALL if unwanted >= KINDS else unwanted & KINDS
                for scope in sorted(before - wanted):
                    self._lift(unit, case, mailbox, scope, now)
                for scope in sorted(wanted - before):
                    self._stop(unit, case, mailbox, scope, now)
            return Preferences(case.language, _kinds(_in_force(unit, mailbox)), _kinds(before))

        return await self.store.transact(work)

    def _stop(self, unit: Unit, case: Case, mailbox: Handle, scope: Scope, now: datetime) -> None:
        for handle in _reached(unit, mailbox, scope):
            row = Suppression(write_id(now, self.entropy.draw(ID_BYTES)), handle, scope, now, case.id)
            if unit.suppressions.add(row):
                unit.audit.record(case.id, "suppressed", "the person", now, {"scope": scope}, {"handle": str(handle)})

    def _lift(self, unit: Unit, case: Case, mailbox: Handle, scope: Scope, now: datetime) -> None:
        for handle in _reached(unit, mailbox, scope):
            rows = [row for row in unit.suppressions.of(handle) if row.scope is scope]
            ours = handle == mailbox or any(row.case_id in {case.id, *case.joined} for row in rows)
            if rows and ours and unit.suppressions.lift(handle, scope, now):
                told = {"scope": scope}
                unit.audit.record(case.id, "suppression_lifted", "the person", now, told, {"handle": str(handle)})


def _mailbox_of(unit: Unit, ticket: str, now: datetime) -> tuple[Case, Handle] | None:
    found = mailbox_behind(unit, Door.PREFERENCES, ticket, now)
    return (found[0], Handle(MAIL, found[1])) if found else None


def _reached(unit: Unit, mailbox: Handle, scope: Scope) -> Iterator[Handle]:
    """Yield the mailbox and whatever else on record with it such a mailing would reach."""
    rows = tuple(unit.directory.find(mailbox))
    return (handle for handle, _ in stops(OptOut(mailbox, frozenset({scope}), authentic=True, rows=rows)))


def _in_force(unit: Unit, mailbox: Handle) -> frozenset[Scope]:
    return frozenset(row.scope for row in unit.suppressions.of(mailbox))


def _kinds(in_force: frozenset[Scope]) -> frozenset[Scope]:
    return KINDS if Scope.ALL in in_force else in_force

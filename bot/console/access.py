"""Who may do what at the console: one declared table, compared with every route by a test; what it lacks is denied."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.core.accounts import Stage
from bot.core.case import Lane
from bot.core.drafts import Role
from bot.core.lanes import MAY, Deed, roles_that
from bot.flow.customers import MAY_IMPORT
from bot.flow.retention import MAY_HOLD


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may use a route: a stage of coming in and one of these roles; `fresh` asks for the password again.

    Without a stage it is anybody; with `roles` None whoever has come in, even with no role yet. What a page asks by
    itself is not `by_hand`: it does not keep a session alive. Only a form `with_file` may send one.
    """

    stage: Stage | None = Stage.INSIDE
    roles: frozenset[Role] | None = None
    fresh: bool = False
    by_hand: bool = True
    with_file: bool = False

    def admits(self, roles: frozenset[Role]) -> bool:
        """Say whether somebody who has come in may pass."""
        return self.roles is None or bool(self.roles & roles)


ANYBODY: Final = Rule(stage=None)
HALF_IN: Final = Rule(stage=Stage.PASSWORD)
INSIDE: Final = Rule()
INSIDE_PROVED: Final = Rule(fresh=True)
INSIDE_WATCHER: Final = Rule(by_hand=False)
COLLEAGUE: Final = Rule(roles=frozenset(Role))
COLLEAGUE_PROVED: Final = Rule(roles=frozenset(Role), fresh=True)
DESK_WATCHER: Final = Rule(roles=frozenset(Role), by_hand=False)
CASE_READER: Final = Rule(roles=roles_that(Deed.SEE))
CASE_WATCHER: Final = Rule(roles=roles_that(Deed.SEE), by_hand=False)
EDIT_WATCHER: Final = Rule(roles=roles_that(Deed.EDIT), by_hand=False)
EDITOR: Final = Rule(roles=roles_that(Deed.EDIT))
EDITOR_PROVED: Final = Rule(roles=roles_that(Deed.EDIT), fresh=True)
EDITOR_WITH_FILE: Final = Rule(roles=roles_that(Deed.EDIT), with_file=True)
APPROVER: Final = Rule(roles=roles_that(Deed.APPROVE))
GENERAL: Final = Rule(roles=MAY[Lane.GENERAL][Deed.SEE])
GENERAL_EDITOR: Final = Rule(roles=MAY[Lane.GENERAL][Deed.EDIT])
ENTRY: Final = Rule(roles=MAY[Lane.GENERAL][Deed.EDIT], with_file=True)
GENERAL_APPROVER: Final = Rule(roles=MAY[Lane.GENERAL][Deed.APPROVE])
IMPORT: Final = Rule(roles=MAY_IMPORT, fresh=True, with_file=True)
EXPORT: Final = Rule(roles=MAY[Lane.GENERAL][Deed.APPROVE], fresh=True)
OFFICER: Final = Rule(roles=MAY_HOLD)
OFFICER_PROVED: Final = Rule(roles=frozenset({Role.DPO}), fresh=True)
OVERSEER: Final = Rule(roles=frozenset({Role.DPO, Role.ADMINISTRATOR}))
OVERSEER_PROVED: Final = Rule(roles=frozenset({Role.DPO, Role.ADMINISTRATOR}), fresh=True)
ADMINISTRATOR: Final = Rule(roles=frozenset({Role.ADMINISTRATOR}))
ADMINISTRATOR_PROVED: Final = Rule(roles=frozenset({Role.ADMINISTRATOR}), fresh=True)

ROUTES: Final[Mapping[str, Rule]] = {
    "GET /static/{name}": ANYBODY,
    "GET /sign-in": ANYBODY,
    "POST /sign-in": ANYBODY,
    "GET /sign-in/code": HALF_IN,
    "POST /sign-in/code": HALF_IN,
    "GET /sign-in/company": ANYBODY,
    "GET /sign-in/company/back": ANYBODY,
    "GET /sign-in/company/leave": ANYBODY,
    "GET /welcome/{token}/company": ANYBODY,
    "POST /sign-in/passkey-challenge": ANYBODY,
    "POST /sign-in/passkey": ANYBODY,
    "GET /welcome/{token}": ANYBODY,
    "POST /welcome/{token}": ANYBODY,
    "POST /sign-out": INSIDE,
    "GET /form-seal": INSIDE_WATCHER,
    "GET /prove": INSIDE,
    "POST /prove": INSIDE,
    "GET /prove/company": INSIDE,
    "POST /prove/passkey-challenge": INSIDE,
    "POST /prove/passkey": INSIDE,
    "GET /account": INSIDE,
    "POST /account/language": INSIDE,
    "POST /account/password": INSIDE,
    "POST /account/recovery": INSIDE_PROVED,
    "POST /account/sessions": INSIDE,
    "POST /account/passkey-challenge": INSIDE_PROVED,
    "POST /account/passkeys": INSIDE_PROVED,
    "POST /account/forget-passkey": INSIDE_PROVED,
    "GET /": COLLEAGUE,
    "GET /live/today": DESK_WATCHER,
    "GET /live/cases/{case}": CASE_WATCHER,
    "GET /cases": CASE_READER,
    "POST /cases/find": CASE_READER,
    "GET /cases/{case}": CASE_READER,
    "POST /cases/assign": EDITOR,
    "POST /cases/{case}/assign": EDITOR,
    "POST /cases/{case}/note": EDITOR,
    "POST /cases/{case}/language": EDITOR,
    "POST /cases/{case}/ask": EDITOR,
    "POST /cases/{case}/ask-facts": EDITOR,
    "POST /cases/{case}/undoubt": APPROVER,
    "POST /cases/{case}/vouch": APPROVER,
    "POST /cases/{case}/unvouch": APPROVER,
    "POST /cases/{case}/choose": OFFICER,
    "POST /cases/{case}/unchoose": APPROVER,
    "POST /cases/{case}/anew": EDITOR,
    "POST /cases/{case}/reread": EDITOR,
    "POST /cases/{case}/close": APPROVER,
    "POST /cases/{case}/conflict": EDITOR,
    "POST /cases/{case}/conflict-lifted": EDITOR,
    "POST /cases/{case}/reopen": EDITOR,
    "POST /cases/{case}/merge": EDITOR,
    "POST /cases/{case}/split": EDITOR,
    "POST /cases/{case}/outcome": EDITOR,
    "POST /cases/{case}/extend": EDITOR,
    "POST /cases/{case}/package": EDITOR,
    "POST /cases/{case}/code": APPROVER,
    "POST /cases/{case}/task": EDITOR,
    "POST /cases/{case}/take-along": EDITOR_PROVED,
    "GET /cases/{case}/copy": EDITOR,
    "POST /cases/{case}/copy/file": EDITOR_WITH_FILE,
    "POST /cases/{case}/copy/take-away": EDITOR,
    "POST /cases/{case}/copy/leave-out": EDITOR,
    "POST /cases/{case}/copy/put-back": EDITOR,
    "GET /tasks": CASE_READER,
    "POST /cases/{case}/hold": OFFICER,
    "POST /cases/{case}/release": OFFICER,
    "POST /cases/{case}/pack": OFFICER_PROVED,
    "POST /cases/{case}/authority-day": OFFICER,
    "POST /cases/{case}/breach": CASE_READER,
    "POST /cases/{case}/breach-assessed": APPROVER,
    "POST /cases/{case}/denial-settled": APPROVER,
    "GET /messages/{message}/original": CASE_READER,
    "GET /messages/{message}/html": CASE_READER,
    "GET /messages/{message}/parts/{part}": CASE_READER,
    "POST /messages/{message}/destroy": APPROVER,
    "GET /drafts/{draft}": CASE_READER,
    "POST /drafts/{draft}/edit": EDITOR,
    "POST /drafts/{draft}/unsaved": EDITOR,
    "GET /drafts/{draft}/unsaved": EDIT_WATCHER,
    "POST /drafts/{draft}/forget": EDITOR,
    "POST /drafts/{draft}/outcomes": EDITOR,
    "POST /drafts/{draft}/approve": APPROVER,
    "POST /drafts/{draft}/take-back": APPROVER,
    "POST /drafts/{draft}/reject": EDITOR,
    "GET /enter": GENERAL_EDITOR,
    "POST /enter": ENTRY,
    "GET /messages": GENERAL_EDITOR,
    "POST /messages/{message}/release": GENERAL_EDITOR,
    "POST /messages/{message}/adopt": GENERAL_EDITOR,
    "GET /deliveries": CASE_READER,
    "POST /deliveries/{outgoing}/retry": APPROVER,
    "POST /deliveries/{outgoing}/settle": APPROVER,
    "GET /templates": COLLEAGUE,
    "GET /templates/{name}": COLLEAGUE,
    "GET /suppressions": GENERAL,
    "POST /suppressions/add": GENERAL_EDITOR,
    "POST /suppressions/lift": GENERAL_APPROVER,
    "POST /suppressions/export": EXPORT,
    "GET /customers": GENERAL,
    "POST /customers/find": GENERAL,
    "GET /customers/import": IMPORT,
    "POST /customers/import": IMPORT,
    "GET /health-of-the-desk": OVERSEER,
    "POST /health-of-the-desk/{webhook}/retry": OVERSEER,
    "POST /health-of-the-desk/{webhook}/drop": OVERSEER,
    "GET /tokens": COLLEAGUE,
    "POST /tokens/make": COLLEAGUE_PROVED,
    "POST /tokens/end": COLLEAGUE,
    "GET /reports": OVERSEER,
    "POST /reports/export": OVERSEER_PROVED,
    "POST /reports/pdf": OVERSEER_PROVED,
    "GET /audit": OVERSEER,
    "POST /audit/verify": OVERSEER,
    "POST /audit/export": OVERSEER_PROVED,
    "GET /people": ADMINISTRATOR,
    "POST /people/invite": ADMINISTRATOR_PROVED,
    "POST /people/roles": ADMINISTRATOR_PROVED,
}
"""Method and path of every page. Which cases somebody sees within a page is said by `core.lanes`."""

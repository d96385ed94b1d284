"""A case for an authority: everything written and done, with what proves it, as files to hand over (Art. 5(2), 31)."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final

from bot.core.case import Case
from bot.core.case_record import CaseRecord, Writing
from bot.core.drafts import Role
from bot.core.errors import NotFound
from bot.core.lanes import Deed
from bot.core.messages import MAIL, canonical_address
from bot.core.records import AuditRow
from bot.core.unit import Unit
from bot.flow.admission import admit
from bot.flow.history import history_of, writer_of
from bot.flow.roles import require_role
from bot.flow.sight import links_seen

SUMS: Final = "SHA256SUMS"
"""The digest of every other file, as `sha256sum --check` reads it."""

PAGE: Final = "case.pdf"
"""The page that is read first."""

_LETTERS: Final = 10_000
_HOW: Final = (
    "Each link's hash is the SHA-256 of its proof (UTF-8). A proof is a JSON list that ends with the hash of the link "
    "before, 64 zeros for the first, so no link can be changed, removed or put in between. Personal values stand in a "
    "proof as keyed hashes. A link without its proof names a case that is kept from whoever made this pack."
)

Pack = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class PackDesk:
    """Puts packs together; `render` prints the page that is read first (PDF)."""

    company: str
    render: Callable[[CaseRecord, Pack], bytes]

    def pack(self, unit: Unit, case: Case, staff: str, now: datetime) -> Pack:
        """Return the files of a case by name, and note who took them. Raises NotAllowed for all but the officer."""
        staff = canonical_address(staff)
        require_role(unit, staff, frozenset({Role.DPO}), "hand a case over")
        admit(unit, case, staff, Deed.SEE)
        files: dict[str, bytes] = {}
        writings = tuple(sorted((*_theirs(unit, case, files), *_ours(unit, case, files)), key=lambda one: one.at))
        chains = tuple(_chain(unit, ident, staff) for ident in (case.id, *case.joined))
        about = tuple(f"case {ident}:" for ident in (case.id, *case.joined))
        problems = tuple(problem for problem in unit.audit.verify() if problem.startswith(about))
        record = CaseRecord(case, self.company, now, staff, history_of(unit, case, staff), writings, chains, problems)
        files["history.json"] = _history(record)
        files[PAGE] = self.render(record, files)
        sums = "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
        files[SUMS] = sums.encode()
        facts = {"files": str(len(files)), "sums": sha256(files[SUMS]).hexdigest()}
        unit.audit.record(case.id, "packed", staff, now, facts)
        return files


def _chain(unit: Unit, case_id: str, staff: str) -> tuple[AuditRow, ...]:
    """Return a chain; what names a case that is kept from this officer (law.md rule 31) has its hash alone."""
    chain = unit.audit.chain(case_id)
    seen = {link.key for link in links_seen(unit, chain, staff)}
    return tuple(link if link.key in seen else replace(link, proof="") for link in chain)


def _theirs(unit: Unit, case: Case, files: dict[str, bytes]) -> Iterator[Writing]:
    for number, kept in enumerate(unit.inbox.correspondence(case.id), 1):
        name = f"messages/{number:04}.{'eml' if kept.channel == MAIL else 'json'}"
        try:
            files[name] = unit.inbox.raw(kept.id)
        except NotFound:
            name = ""
        message = kept.message
        subject, text = (message.subject, message.text) if message else ("", "")
        yield Writing(kept.received_at, writer_of(kept), subject, text, ours=False, file=name)


def _ours(unit: Unit, case: Case, files: dict[str, bytes]) -> Iterator[Writing]:
    letters = [one for ident in (case.id, *case.joined) for one in unit.outbox.listed(case_id=ident, limit=_LETTERS)]
    for number, letter in enumerate(sorted(letters, key=lambda one: one.created_at), 1):
        name = f"letters/{number:04}.txt"
        head = f"To: {letter.recipient.value}\nSubject: {letter.subject}\nMessage-ID: {letter.message_id}\n"
        files[name] = f"{head}State: {letter.state}\n\n{letter.body}\n".encode()
        who = f"to {letter.recipient} ({letter.state})"
        yield Writing(letter.created_at, who, letter.subject, letter.body, ours=True, file=name)


def _history(record: CaseRecord) -> bytes:
    chains = [[{"hash": link.hash, "proof": link.proof} for link in chain] for chain in record.chains]
    happened = [
        {"at": one.at.isoformat(), "who": one.who, "what": one.what, "case": one.reference, **one.facts}
        for one in record.happenings
    ]
    whole = {"how_to_check": _HOW, "problems": list(record.problems), "chains": chains, "happenings": happened}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()

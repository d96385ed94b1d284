"""Handing over people's data: a package behind a link, opened with a code, to an address on record or vouched for.

The link stands in the answer, which two colleagues approve; it works once that answer has left. Whoever opens it shows
that they still read the mailbox: the code goes there and nowhere else.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.core.case import Case, Item
from bot.core.challenge import ChallengeOutcome, find_codes
from bot.core.delivery import DeliveryState
from bot.core.drafts import SILENCING_FLAGS, Draft, DraftKind, DraftStatus, edit
from bot.core.errors import NotAllowed
from bot.core.lanes import Deed
from bot.core.letters import Notice, NoticeKind
from bot.core.messages import MAIL, Handle, canonical_address, is_chat, read_at
from bot.core.packages import ASKED_BY, COPIED, PATH, Contents, Package, PackageFile, PackageKind, archived, taken
from bot.core.pages import Page, PageKind
from bot.core.ports import Clock
from bot.core.proof import lacks_proof, lacks_second_proof
from bot.core.records import Customer
from bot.core.redaction import files_without, without
from bot.core.references import ID_BYTES, TOKEN_BYTES, write_id, write_token
from bot.core.residence import called_at
from bot.core.tasks import TaskKind
from bot.core.unit import Store, Unit
from bot.core.verdict import Outcome
from bot.flow.admission import admit
from bot.flow.answering import Answering
from bot.flow.approval import refuse_unread
from bot.flow.beside import handles_of, other_requests, stops_of
from bot.flow.carrying_out import refuse_sent_early
from bot.flow.challenging import fresh_code
from bot.flow.chat_account import is_doubted
from bot.flow.code_mail import code_mail
from bot.flow.data_subject import whose_data
from bot.flow.finding import goes_on_in
from bot.flow.second_proof import as_asked_now

CODES_A_DAY: Final = 3
OPENINGS: Final = 3
"""How often a link that needs no code opens."""
USED_UP: Final = "the code we told for the link in the chat was used up by wrong tries: call them and tell a new one"
_DAY: Final = timedelta(days=1)
_FIRST_BLOCKS: Final = 2
"""The greeting and the outcome come before the link."""


@dataclass(frozen=True, slots=True)
class DossierDesk:
    """Makes packages for colleagues, and opens them for the people they are about."""

    store: Store
    answering: Answering
    clock: Clock
    public_url: str

    async def make(self, case_id: str, kind: PackageKind, staff: str, *, seen: str = "") -> tuple[Package, Draft]:
        """Make a package and write its link into the answer that waits; earlier approvals of it are void.

        `seen` is the seal of the answer that was read. Raises NotFound, NotApprovable where it changed since, and
        NotAllowed without the role, where the case does not ask for it, where a second proof is missing, where the
        proven address is not that of exactly one customer or of somebody vouched for, where no answer to it waits, or
        where the one that waits does not say that something is left out.
        """
        staff, now = canonical_address(staff), self.clock.now()

        def work(unit: Unit) -> tuple[Package, Draft]:
            case = unit.cases.get(case_id)
            admit(unit, case, staff, Deed.EDIT)
            _require_second_proof(as_asked_now(unit, self.answering.post.house, case))
            draft = _waiting_answer(unit, case, kind)
            refuse_unread(draft, seen)
            customer = whose_copy(unit, case, draft)
            _require_partly(unit, case, draft)
            contents = self._contents(unit, case, kind, draft, customer, now)
            package, token, data = self._pack(contents, case, draft, now)
            if customer not in unit.directory.find(package.recipient):
                package = replace(package, vouched_for=customer.id)
            unit.packages.add(package, token, data)
            linked = self._linked(draft, package, token)
            unit.drafts.save(linked)
            told = {"package": package.id, "kind": kind, "manifest": package.manifest}
            unit.audit.record(case.id, "package_made", staff, now, told)
            return package, linked

        return await self.store.transact(work)

    async def take_along(self, task_id: str, staff: str) -> PackageFile:
        """Hand a colleague the files that a direct transfer sends (Art. 20(2)); what they held stays on file.

        Under the conditions of the transfer itself: another colleague has agreed to the answer that says so. Raises
        NotFound, and NotAllowed as `make`, for any other task, and for one that is done.
        """
        staff, now = canonical_address(staff), self.clock.now()

        def work(unit: Unit) -> PackageFile:
            task = unit.tasks.get(task_id)
            case = unit.cases.get(task.case_id)
            admit(unit, case, staff, Deed.EDIT)
            if task.kind is not TaskKind.HAND_OVER or not task.is_open:
                raise NotAllowed(f"nothing is to be sent to another service for {task.name}")
            refuse_sent_early(unit, case, task, staff, now)
            _require_second_proof(as_asked_now(unit, self.answering.post.house, case))
            draft = _waiting_answer(unit, case, PackageKind.PORTABILITY)
            _require_partly(unit, case, draft)
            customer, kind = whose_copy(unit, case, draft), PackageKind.PORTABILITY
            contents = self._contents(unit, case, kind, draft, customer, now)
            manifest, archive = self._archived(contents)
            unit.audit.record(case.id, "files_taken", staff, now, {"task": task.id, "manifest": manifest})
            return PackageFile(f"{kind}-{case.reference}.zip", archive)

        return await self.store.transact(work)

    async def offered(self, token: str) -> Package | None:
        """Return the package behind a link that works: its answer has left, its time is not over."""
        now = self.clock.now()
        return await self.store.transact(lambda unit: self._open_to_person(unit, token, now))

    async def send_code(self, token: str) -> Package | None:
        """Send a fresh code to the address the answer went to, a few times a day; None where the link does not work.

        What a link in a chat opens needs a code that a colleague tells: none is sent.
        """
        now = self.clock.now()

        def work(unit: Unit) -> Package | None:
            package = self._open_to_person(unit, token, now)
            by_mail = package is not None and package.recipient.channel == MAIL
            if (
                package
                and by_mail
                and unit.counters.raise_within(f"package:{package.id}", CODES_A_DAY, now - _DAY, now)
            ):
                code = fresh_code(self.answering.post.entropy)
                unit.packages.put_code(package.id, unit.challenges.hash(code), now)
                page = Page(PageKind.PACKAGE_MAIL, package.language)
                post, case_id = self.answering.post, package.case_id
                unit.outbox.add(code_mail(post, page, case_id, package.recipient, code, now))
                unit.audit.record(package.case_id, "package_code_sent", "desk", now, {"package": package.id})
            return package

        return await self.store.transact(work)

    async def tell_code(self, case_id: str, staff: str) -> tuple[str, Handle]:
        """Return a fresh code for what a link in a chat opens, and where a colleague tells it: shown this once.

        Raises NotFound, and NotAllowed without the role, where no such link works, where the number on record is no
        longer the one a colleague vouched on, or after a few codes a day.
        """
        staff, now = canonical_address(staff), self.clock.now()

        def work(unit: Unit) -> tuple[str, Handle]:
            case = unit.cases.get(case_id)
            admit(unit, case, staff, Deed.APPROVE)
            package = self._linked_in_chat(unit, case, now)
            customer = unit.directory.get(package.vouched_for) if package else None
            called = called_at(customer) if customer else None
            if package is None or called is None:
                raise NotAllowed("no link in this chat can be opened with a code now, or no number is on record")
            if called != package.called:
                raise NotAllowed("the number on record changed since: take the word back, make sure, and vouch anew")
            if not unit.counters.raise_within(f"package:{package.id}", CODES_A_DAY, now - _DAY, now):
                raise NotAllowed("too many codes were given today: try again tomorrow")
            code = fresh_code(self.answering.post.entropy)
            unit.packages.put_code(package.id, unit.challenges.hash(code), now)
            unit.audit.record(case.id, "package_code_told", staff, now, {"package": package.id}, {"to": str(called)})
            if case.attention == USED_UP:
                self.answering.save(unit, replace(case, attention=""), now)
            return code, called

        return await self.store.transact(work)

    async def open(self, token: str, typed: str) -> tuple[Package, bytes] | Package | None:
        """Return the archive for the right code, the package alone for a wrong one, None where the link does not work.

        Every try is counted, whatever else runs; a code opens once. What is held of one chat account opens without one,
        a few times: whoever reads the link in that very chat can read what was said there (law.md rule 42).
        """
        now = self.clock.now()

        def work(unit: Unit) -> tuple[Package, bytes] | Package | None:
            package = self._open_to_person(unit, token, now)
            if package is None:
                return None
            if package.opens_without_code:
                return _opened_in_chat(unit, package, now)
            outcome = unit.packages.attempt(package.id, find_codes(typed), now)
            unit.audit.record(package.case_id, "package_opened", "the person", now, {"code": outcome})
            if outcome is ChallengeOutcome.EXHAUSTED and is_chat(package.recipient.channel):
                self._tell_used_up(unit, unit.cases.get(package.case_id), now)
            return (package, unit.packages.data(package.id)) if outcome is ChallengeOutcome.ACCEPTED else package

        return await self.store.transact(work)

    def _tell_used_up(self, unit: Unit, case: Case, now: datetime) -> None:
        """Tell colleagues once for each told code: whoever holds the link can use it up, and no page gives another."""
        if case.attention != USED_UP:
            self.answering.save(unit, replace(case, attention=USED_UP), now)
            self.answering.post.notify(unit, Notice(NoticeKind.CODE_USED_UP, case.reference), now)

    def _contents(
        self, unit: Unit, case: Case, kind: PackageKind, draft: Draft, customer: Customer, now: datetime
    ) -> Contents:
        house, marks = self.answering.post.house, unit.redactions.of_case(case.id)
        theirs = handles_of(draft.recipient, customer)
        files = [PackageFile(one.name, unit.enclosures.data(one.id)) for one in unit.enclosures.of_case(case.id)]
        return Contents(
            kind=kind,
            language=case.language,
            reference=case.reference,
            made_on=house.calendar.civil_date(now),
            customer=taken(kind, without(customer, marks), house.inferred),
            exchanges=self.answering.exchanges(unit, case),
            register=tuple(unit.register.listed()),
            files=files_without(files, marks),
            stops=stops_of(unit, house, case, theirs),
            requests=other_requests(unit, house, case, theirs),
        )

    def _pack(self, contents: Contents, case: Case, draft: Draft, now: datetime) -> tuple[Package, str, bytes]:
        post = self.answering.post
        manifest, archive = self._archived(contents)
        package = Package(
            id=write_id(now, post.entropy.draw(ID_BYTES)),
            case_id=case.id,
            kind=contents.kind,
            language=draft.language,
            recipient=draft.recipient,
            manifest=manifest,
            made_at=now,
            expires_at=now + post.house.periods.package,
            draft=draft.id,
        )
        return package, write_token(post.entropy.draw(TOKEN_BYTES)), archive

    def _archived(self, contents: Contents) -> tuple[str, bytes]:
        files = self.answering.post.writer.package(contents)
        return archived(contents.reference, contents.kind, contents.made_on, files)

    def _linked(self, draft: Draft, package: Package, token: str) -> Draft:
        """Return the answer with the sentence about its package after the outcome."""
        writer = self.answering.post.writer
        until = self.answering.post.house.calendar.civil_date(package.expires_at)
        page = Page(PageKind.PACKAGE_LETTER, draft.language, until=until, link=self._url(token))
        blocks = draft.body.split("\n\n")
        body = "\n\n".join([*blocks[:_FIRST_BLOCKS], *writer.page(page).text, *blocks[_FIRST_BLOCKS:]])
        return edit(draft, draft.subject, body, writer.dress(body, draft.language))

    def _open_to_person(self, unit: Unit, token: str, now: datetime) -> Package | None:
        package = unit.packages.by_token(token)
        works = package is not None and self._works(
            unit, package, unit.cases.get(package.case_id), self._url(token), now
        )
        return package if works else None

    def _linked_in_chat(self, unit: Unit, case: Case, now: datetime) -> Package | None:
        """Return what the last link that left for a case's chat opens, while it works."""
        made = [one for one in unit.packages.of_case(case.id) if is_chat(one.recipient.channel)]
        return next((one for one in reversed(made) if self._works(unit, one, case, self._url(""), now)), None)

    def _works(self, unit: Unit, package: Package, case: Case, link: str, now: datetime) -> bool:
        """Say whether a package opens: its letter, with the link, has left, and nothing stopped it since."""
        if self.answering.post.house.observe or package.expires_at <= now:
            return False
        flags = case.flags | goes_on_in(unit, case).flags
        if flags & SILENCING_FLAGS or _is_ended(package, case):
            return False
        if package.opens_without_code and is_doubted(unit, package.recipient):
            return False
        letters = unit.outbox.listed(DeliveryState.SENT, case.id)
        theirs = (one for one in letters if (one.draft_id, one.recipient) == (package.draft, package.recipient))
        return any(link in letter.body for letter in theirs)

    def _url(self, token: str) -> str:
        return self.public_url.rstrip("/") + PATH + token


def _opened_in_chat(unit: Unit, package: Package, now: datetime) -> tuple[Package, bytes] | None:
    if not unit.counters.raise_within(f"opened:{package.id}", OPENINGS, package.made_at, now):
        return None
    unit.packages.mark_opened(package.id, now)
    unit.audit.record(package.case_id, "package_opened", "the person", now, {"code": "none"})
    return package, unit.packages.data(package.id)


def _require_second_proof(case: Case) -> None:
    """Refuse every copy while one of the rights that show data waits for its second proof (law.md rule 12)."""
    missing = ", ".join(item.right for item in case.items if item.right in COPIED and lacks_second_proof(item))
    if missing:
        raise NotAllowed(f"a second proof is still missing, and not from the same mailbox (rule 12): {missing}")


def _waiting_answer(unit: Unit, case: Case, kind: PackageKind) -> Draft:
    asked = {item.id for item in case.items if item.right in ASKED_BY[kind] and not lacks_proof(item)}
    for draft in unit.drafts.listed(DraftStatus.WAITING, case.id):
        if draft.kind is DraftKind.ANSWER and asked & set(draft.items):
            return draft
    raise NotAllowed(f"no answer that grants {kind} waits in case {case.reference}: somebody has to be proven first")


def whose_copy(unit: Unit, case: Case, draft: Draft) -> Customer:
    """Return the one customer whose data may go to the address that was proven: on record there, or vouched for."""
    about = [item for item in case.items if item.id in draft.items]
    found = whose_data(unit, case, case.proven, about) if case.proven and case.proven.channel == MAIL else ()
    if len(found) != 1:
        raise NotAllowed(
            f"the address proven in case {case.reference} is not on record of exactly one customer, and nobody vouched "
            "for whom it asks: a package goes nowhere else"
        )
    return found[0]


def _require_partly(unit: Unit, case: Case, draft: Draft) -> None:
    """Refuse a copy with something left out whose letter does not say so (Art. 12(4), law.md rule 20)."""
    whole = [item.right for item in case.items if item.id in draft.items and item.right in COPIED and _is_whole(item)]
    if whole and unit.redactions.of_case(case.id):
        raise NotAllowed(f"something is left out: let the answer end as partly for {', '.join(whole)}, then prepare it")


def _is_whole(item: Item) -> bool:
    return item.outcome is not Outcome.PARTLY


def _is_ended(package: Package, case: Case) -> bool:
    """Say whether the colleague's word that a package was handed over on was taken back."""
    word = case.vouch
    same = word is not None and (read_at(word.to), word.customer_id) == (package.recipient, package.vouched_for)
    stands = word is not None and same and word.stands_since <= package.made_at
    return (bool(package.vouched_for) or package.opens_without_code) and not stands

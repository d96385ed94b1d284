"""An answer on our own page: in the chat stands a link that ends, and a code told elsewhere opens it (law.md rule 42).

The platform sees neither the letter nor the code. Whoever took over the account, or was forwarded the link, lacks the
code; whoever picks up the telephone lacks the link. What is held of one chat
account alone needs none, for a short time.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.core.case import Case
from bot.core.delivery import Outgoing
from bot.core.drafts import Draft
from bot.core.house import House
from bot.core.messages import read_at
from bot.core.packages import PATH, Package, PackageFile, PackageKind, archived
from bot.core.pages import Page, PageKind
from bot.core.ports import Entropy, Writer
from bot.core.references import ID_BYTES, TOKEN_BYTES, write_id, write_token
from bot.core.unit import Unit
from bot.core.vouching import OF_NO_RECORD

NO_PAGES: Final = "nobody outside can open our pages: post the answer instead (postal_address), or call (phone_number)"

ACCOUNT_OPEN: Final = timedelta(days=3)
"""How long the link to what is held of one chat account works."""


def put_behind_link(
    unit: Unit, house: House, writer: Writer, entropy: Entropy, case: Case, outgoing: Outgoing, draft: Draft
) -> Outgoing:
    """Lay an approved letter on our page, and return what goes into the chat in its place: the link and its end."""
    now, chat = outgoing.created_at, read_at(draft.recipient)
    made_on = house.calendar.civil_date(now)
    account = case.vouch is not None and case.vouch.ground in OF_NO_RECORD
    letter = [
        PackageFile("answer.html", writer.dress(draft.body, draft.language).encode()),
        PackageFile("answer.txt", draft.body.encode()),
    ]
    manifest, archive = archived(case.reference, PackageKind.ACCESS, made_on, letter)
    package = Package(
        id=write_id(now, entropy.draw(ID_BYTES)),
        case_id=case.id,
        kind=PackageKind.ACCESS,
        language=draft.language,
        recipient=chat,
        manifest=manifest,
        made_at=now,
        expires_at=now + (ACCOUNT_OPEN if account else house.periods.package),
        draft=draft.id,
        vouched_for=case.vouch.customer_id if case.vouch else "",
        called=case.vouch.called if case.vouch else None,
    )
    token = write_token(entropy.draw(TOKEN_BYTES))
    unit.packages.add(package, token, archive)
    unit.audit.record(case.id, "package_made", "desk", now, {"package": package.id, "manifest": manifest})
    until = house.calendar.civil_date(package.expires_at)
    kind = PageKind.PACKAGE_ACCOUNT_CHAT if account else PageKind.PACKAGE_CHAT
    words = writer.page(Page(kind, draft.language, until=until, link=house.pages + PATH + token))
    return replace(outgoing, recipient=chat, body="\n\n".join(words.text), html="")

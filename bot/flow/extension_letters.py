"""The letter that takes more time (Art. 12(3)), and what becomes of one that waits while its case goes on."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from bot.core.case import OPEN_STATES, Case, State, promise_spoken_of
from bot.core.deadlines import extension_until
from bot.core.drafts import Draft, DraftKind
from bot.core.errors import NotAllowed
from bot.core.extension import ExtensionReason
from bot.core.identity import answer_destination
from bot.core.letters import Brief
from bot.core.rights import RequestType
from bot.core.trust import Trust
from bot.flow.first_reply import item_brief
from bot.flow.posting import Post, Purpose


def extension_letter(
    post: Post, case: Case, rights: Collection[RequestType], reason: ExtensionReason, now: datetime
) -> Draft:
    """Return the letter that gives the open items of these rights two more months. Raises NotAllowed."""
    calendar = post.house.calendar
    today = calendar.civil_date(now)
    items = [item for item in case.items if item.state in OPEN_STATES and item.right in rights]
    if missing := sorted(set(rights) - {item.right for item in items}):
        raise NotAllowed(f"this case has no open {', '.join(missing)}")
    until, *others = {extension_until(item, today, calendar) for item in items}
    if others:
        raise NotAllowed("these would end on different days: extend them one by one, with --item")
    recipient = answer_destination(case)
    brief = Brief(
        kind=DraftKind.EXTENSION,
        language=case.language,
        channel=recipient.channel,
        reference=case.reference,
        promise_due=promise_spoken_of(items, today),
        today=today,
        name=case.name,
        plausible=case.trust >= Trust.PLAUSIBLE,
        reason=reason,
        until=until,
        items=tuple(map(item_brief, items)),
        late=any(item.owes_apology(today) for item in items),
    )
    draft = post.word(case, brief, recipient, now, Purpose())
    rights_told = frozenset(item.right for item in items)
    return replace(draft, concerns=tuple(item.id for item in items), rights=rights_told, reason=reason)


def extended_anew(post: Post, case: Case, waiting: Draft, now: datetime) -> Draft | None:
    """Return a waiting extension as its case stands now: for what is still open of it, if the law still allows it."""
    going_on = [
        item for item in case.items if item.id in waiting.concerns and item.state in OPEN_STATES - {State.SENDING}
    ]
    if waiting.reason is None or not going_on:
        return None
    try:
        return extension_letter(post, case, {item.right for item in going_on}, waiting.reason, now)
    except NotAllowed:
        return None

"""Playing a transcript: what each heading does, and the same transcript written anew with what came out."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from bot.core.case import Case, Lane
from bot.core.drafts import DraftStatus
from bot.core.errors import NotAllowed, NotApprovable
from tests.e2e.transcript import Block
from tests.e2e.transcript_chat import CHATTING
from tests.e2e.transcript_pages import PAGED
from tests.e2e.transcript_staff import STAFF_WORK
from tests.e2e.transcript_stage import Stage
from tests.e2e.transcript_writing import WRITING


async def play(stage: Stage) -> str:
    """Play every scene and return the transcript as it reads now. Raises AssertionError for what is not as told."""
    blocks: list[Block] = []
    for deed, expectations in stage.transcript.scenes():
        refusal = await _do(stage, deed)
        news = await stage.news()
        if refusal:
            news.append(Block("refused", refusal))
        elif not news and not any(re.fullmatch(pattern, deed.heading) for pattern in STAFF_WORK):
            news.append(Block("nothing is sent"))
        blocks += [deed, *news]
        for expectation in expectations:
            blocks.append(Block(await _check(stage, expectation.heading)))
    return stage.transcript.written(blocks)


async def _do(stage: Stage, deed: Block) -> str:
    """Do what a heading says and return why a colleague was refused, if so. Raises ValueError for unknown headings."""
    for pattern, verb in {**WRITING, **CHATTING, **PAGED, **STAFF_WORK}.items():
        if found := re.fullmatch(pattern, deed.heading):
            stage.reader.expect(deed.fields.get("understood", ""))
            try:
                await verb(stage, deed, **found.groupdict())
            except (NotAllowed, NotApprovable) as refused:
                return str(refused)
            await stage.settle()
            return ""
    raise ValueError(f"nobody can do this: {deed.heading!r}")


# -- what is expected --------------------------------------------------------------------------------


async def _check(stage: Stage, heading: str) -> str:
    """Compare an expectation with the desk and return it; one that ends in a question mark is answered."""
    for pattern, look in _LOOKS.items():
        if found := re.fullmatch(pattern, heading):
            told = found["told"]
            seen = await look(stage, found["who"])
            assert told in {seen, "?"}, f"{stage.transcript.name}: {heading!r}, but it is: {seen}"
            return heading.removesuffix(told) + seen
    raise ValueError(f"nobody can see this: {heading!r}")


async def _see_cases(stage: Stage, who: str) -> str:
    return " | ".join(map(_described, await stage.cases_of(stage.person(who)))) or "none"


async def _see_stopped(stage: Stage, who: str) -> str:
    return ", ".join(await stage.stopped_for(stage.person(who))) or "none"


async def _see_drafts(stage: Stage, _who: str) -> str:
    drafts = await stage.desk.store.transact(lambda unit: unit.drafts.listed(DraftStatus.WAITING))
    return (
        " | ".join(
            f"{draft.kind} to {draft.recipient}, approvals {len(draft.approvals)}/{draft.approvers_needed}"
            for draft in drafts
        )
        or "none"
    )


def _described(case: Case) -> str:
    items = [
        f"{item.right} {item.state}" + " (provisional)" * item.provisional + " (unconfirmed)" * item.doubtful
        for item in case.items
    ]
    lane = "" if case.lane is Lane.GENERAL else f"; lane {case.lane}"
    return f"{', '.join(items)}; sender {case.trust.name.lower()}{lane}"


_LOOKS: Final[Mapping[str, Callable[[Stage, str], Awaitable[str]]]] = {
    r"then (?P<who>[A-Z]+)’s case: (?P<told>.*)": _see_cases,
    r"then (?P<who>[A-Z]+)’s stopped mailings: (?P<told>.*)": _see_stopped,
    r"then the (?P<who>draft) that waits: (?P<told>.*)": _see_drafts,
}

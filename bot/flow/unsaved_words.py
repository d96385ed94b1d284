"""Keeping what a colleague types, before it becomes part of the draft."""

from bot.core.drafts import Draft
from bot.core.lanes import Deed
from bot.core.unit import Unit
from bot.core.unsaved import UnsavedWords
from bot.flow.admission import admit


def keep_words(unit: Unit, draft_id: str, staff: str, words: UnsavedWords) -> None:
    """Keep what was typed into a draft, for this colleague alone. Raises NotFound, NotAllowed."""
    draft = unit.drafts.get(draft_id)
    admit(unit, unit.cases.get(draft.case_id), staff, Deed.EDIT)
    unit.unsaved.put(draft.id, staff, words)


def forget_words(unit: Unit, draft_id: str, staff: str) -> None:
    """Forget what was typed into a draft. Raises NotFound, NotAllowed."""
    draft = unit.drafts.get(draft_id)
    admit(unit, unit.cases.get(draft.case_id), staff, Deed.EDIT)
    unit.unsaved.forget(draft.id, staff)


def words_kept(unit: Unit, draft: Draft, staff: str) -> UnsavedWords | None:
    """Return what a colleague typed and did not keep, where it differs from the draft."""
    words = unit.unsaved.of(draft.id, staff)
    if words is None or (words.subject, words.body) == (draft.subject, draft.body):
        return None
    return words

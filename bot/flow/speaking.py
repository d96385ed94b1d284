"""A colleague says in which language a case is answered: the reader heard another one, or the person asked for it."""

from dataclasses import replace
from datetime import datetime

from bot.core.case import Case
from bot.core.errors import NotAllowed
from bot.core.lanes import Deed
from bot.core.messages import canonical_address
from bot.core.rights import OUR_LANGUAGES
from bot.core.unit import Unit
from bot.flow.admission import admit
from bot.flow.answering import Answering


def speak(unit: Unit, answering: Answering, case_id: str, language: str, staff: str, now: datetime) -> Case:
    """Answer a case in another of our languages from now on, and draft what waits in it anew.

    Raises NotFound, and NotAllowed without the role, for a language that is none of ours, or that is spoken already.
    """
    case, staff = unit.cases.get(case_id), canonical_address(staff)
    admit(unit, case, staff, Deed.EDIT)
    if language not in OUR_LANGUAGES:
        raise NotAllowed("choose one of the languages we write in")
    if language == case.language:
        raise NotAllowed("this case is answered in that language already")
    facts = {"was": case.language, "now": language}
    case = unit.cases.save(replace(case, language=language))
    unit.audit.record(case.id, "language_set", staff, now, facts)
    answering.redraft(unit, case, now)
    return case

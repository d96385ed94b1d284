"""The templates: every letter with an invented person's values, in each language, and where its pieces are used."""

from typing import Final

from fastapi import APIRouter, Response

from bot.console.admission import Admitted
from bot.console.letter import letter_of
from bot.core.case import Case
from bot.core.drafts import Draft, DraftKind
from bot.core.lanes import Deed, lanes_for, why_not
from bot.core.rights import OUR_LANGUAGES
from bot.core.unit import Unit

router = APIRouter()

_MOST: Final = 100


@router.get("/templates")
async def wordings(visit: Admitted) -> Response:
    """List every letter there is."""
    chosen = visit.request.query_params.get("kind", "")
    every = visit.office.specimens.listed()
    kinds = [kind for kind in DraftKind if any(one.kind is kind for one in every)]
    shelf = visit.office.specimens
    found = [(one, shelf.title(one, visit.language)) for one in every if chosen in ("", one.kind)]
    return visit.page("wordings.html", found=found, kinds=kinds, chosen=chosen)


@router.get("/templates/{name}")
async def wording(visit: Admitted, name: str) -> Response:
    """Show one letter as a person would get it, its pieces as they are written, and what waits in its words."""
    asked = visit.request.query_params.get("language", "")
    spoken = asked if asked in OUR_LANGUAGES else visit.language
    office, shelf, me = visit.office, visit.office.specimens, visit.me
    specimen = shelf.get(name)
    draft, templates = shelf.draft(specimen, spoken), shelf.templates(specimen, spoken)

    def look(unit: Unit) -> list[tuple[Case, Draft]]:
        waiting = unit.listings.waiting(lanes_for(me.roles), _MOST, me.email)
        seen = [pair for pair in waiting if not why_not(pair[0], me.email, me.roles, Deed.SEE)]
        return [pair for pair in seen if pair[1].template in templates]

    return visit.page(
        "wording.html",
        specimen=specimen,
        title=shelf.title(specimen, visit.language),
        draft=draft,
        letter=letter_of(office.writer, draft, (), visit.language),
        parts=shelf.parts(specimen, spoken),
        spoken=spoken,
        speak=OUR_LANGUAGES,
        waiting=await office.store.transact(look),
    )

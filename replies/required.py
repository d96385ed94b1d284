"""What a letter may not lose because the law wants it there: part of the legal lint, each finding a sentence."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from bot.core.drafts import Draft, DraftKind
from bot.core.letters import Flaw
from bot.core.rights import OUR_LANGUAGES, RequestType
from replies.phrasebook import load_phrasebook
from replies.policy import Company
from replies.policy.authorities import load_authorities
from replies.prose import COMPLAINT, COURT, is_said, own_prose, unquoted

_ERASED: Final = r"^- (?:effacé|erased|verwijderd|gelöscht)\s*:"
_KEPT: Final = r"^- (?:conservé|kept|bewaard|aufbewahrt)\s*:[^\S\n]*\S"
_BACKUPS: Final = r"^- (?:sauvegardes|backups|back-ups|sicherungskopien)\s*:[^\S\n]*\S"
_OF_PROCESSING: Final[Mapping[str, str]] = {
    "who receives the data (Art. 15(1)(c))": "destinataires|recipients|ontvangers|empfänger",
    "how long they are kept (Art. 15(1)(d))": "durée de conservation|storage period|bewaartermijn|speicherdauer",
    "where they come from (Art. 15(1)(g))": "origine|origin|herkomst|herkunft",
    "where they go outside the EEA (Art. 15(2))": "transferts hors[^:]*|transfers outside[^:]*|doorgifte"
    " buiten[^:]*|übermittlung in[^:]*",
    "how long opt-outs are kept (Art. 15(1)(d))": "durée de conservation des désinscriptions|how long we keep opt-outs"
    "|bewaartermijn van afmeldingen|speicherdauer der abmeldungen",
    "how long requests are kept (Art. 15(1)(d))": "durée de conservation des demandes|how long we keep requests"
    "|bewaartermijn van verzoeken|speicherdauer der anfragen",
    "what is decided by machines (Art. 15(1)(h))": "décisions automatisées|automated decisions"
    "|automatische (?:besluiten|entscheidungen)",
}
_ASKS_WHERE_TO_COMPLAIN: Final = frozenset({RequestType.INFORMATION, RequestType.ACCESS, RequestType.COMPLAINT})
_NOTICES: Final = {"case_notice": "Art. 13", "right_to_object": "Art. 21(4)"}


def erasure(draft: Draft, _company: Company) -> Iterator[Flaw]:
    """law.md rule 24: what went, what stays, and when the backups roll over."""
    told = unquoted(draft.body)
    if draft.kind is DraftKind.ANSWER and is_said(_ERASED, told):
        if not is_said(_KEPT, told):
            yield Flaw("an erasure must say what is kept, or that nothing is (Art. 17(3)): put the line back")
        if not is_said(_BACKUPS, told):
            yield Flaw("an erasure must say from when on no backup holds the data: put the line back")


def processing(draft: Draft, _company: Company) -> Iterator[Flaw]:
    """law.md rule 21: information and a copy tell all of Art. 15(1) and (2)."""
    worded, body = unquoted(draft.worded), unquoted(draft.body)
    for what, label in _OF_PROCESSING.items():
        if is_said(_line(label), worded) and not is_said(_line(label), body):
            yield Flaw(f"the letter must say {what}, or that there is nothing to tell: put the line back")


def remedies(draft: Draft, company: Company) -> Iterator[Flaw]:
    """law.md rules 21, 31: who gets data, or an answer to a complaint, learns where to complain (Art. 15(1)(f), 77)."""
    language = written_in(draft)
    if draft.refuses or not draft.rights & _ASKS_WHERE_TO_COMPLAIN:
        return
    if draft.kind is not DraftKind.ANSWER or not is_said(COURT[language], own_prose(draft.worded)):
        return
    prose = own_prose(draft.body)
    if not (is_said(COMPLAINT[language], prose) and names_authority(prose, company)):
        yield Flaw("this answer must name the supervisory authority the person can complain to (Art. 15(1)(f), 77)")


def notices(draft: Draft, _company: Company) -> Iterator[Flaw]:
    """law.md rules 27, 34: the first letter carries what Art. 13 wants, and apart from it the right to object."""
    for part, law in _NOTICES.items():
        heading = load_phrasebook(written_in(draft)).sources[part].partition("\n")[0].removeprefix("## ")
        if heading in draft.worded and heading not in draft.body:
            yield Flaw(f"the first letter must keep its part “{heading}” ({law}): put it back")


def written_in(draft: Draft) -> str:
    """Return the language of a draft's words."""
    return draft.language if draft.language in OUR_LANGUAGES else "en"


def names_authority(prose: str, company: Company) -> bool:
    """Say whether a supervisory authority is named, by its site too."""
    known = [*load_authorities().values(), *([company.lead] if company.lead else [])]
    return any(authority.is_named_in(prose) for authority in known)


REQUIRED: Final[tuple[Callable[[Draft, Company], Iterator[Flaw]], ...]] = (erasure, processing, remedies, notices)


def _line(label: str) -> str:
    """Return what matches a bullet that says something under a label."""
    return rf"^- (?:{label})\s*:[^\S\n]*\S"

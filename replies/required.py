"""What a letter may not lose because the law wants it there: part of the legal lint, each finding a sentence."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from bot.core.drafts import Draft, DraftKind
from bot.core.letters import Flaw
from bot.core.rights import OUR_LANGUAGES, RequestType
from replies.phrasebook import load_phrasebook
from replies.policy import Company
from replies.policy.authorities import load_authorities
from replies.prose import COMPLAINT, COURT, is_said, names_a_day, own_prose, unquoted

_LINES: Final[Mapping[str, str]] = {
    "what was erased (Art. 17)": "effacé|erased|verwijderd|gelöscht",
    "what is kept (Art. 17(3))": "conservé|kept|bewaard|aufbewahrt",
    "until when it is kept (Art. 17(3))": "conservé jusqu.au|kept until|bewaard tot|aufbewahrt bis",
    "from when on no backup holds the data (Art. 17)": "sauvegardes|backups|back-ups|sicherungskopien",
    "what became of data that rested on consent (Art. 17(1)(b))": "données qui reposaient sur ce seul consentement"
    "|data that rested on this consent alone|gegevens die alleen op deze toestemming berustten"
    "|daten, die nur auf dieser einwilligung beruhten",
    "what we go on doing, and on which basis (Art. 7(3))": "ce que nous faisons, et sur quelle base"
    "|what we do, and on which basis|wat wij doen, en op welke grondslag|was wir tun, und auf welcher grundlage",
    "what the person can do instead (Art. 21(1))": "ce que vous pouvez faire à la place|what you can do instead"
    "|wat u wel kunt doen|was sie stattdessen tun können",
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
"""Lines of a list, by their labels in our languages, that the law wants told wherever our letter tells them."""

_REFUSED: Final = (
    "sans réponse|passages retirés|inchangé|données concernées|absent des fichiers|utilisation concernée"
    "|ce qui a été examiné|décision réexaminée|service|recherche"
    "|not answered|left out|not changed|data concerned|not in the files|use concerned"
    "|what was examined|decision reviewed|service|searched"
    "|niet beantwoord|weggelaten|niet gewijzigd|om welke gegevens het gaat|niet in de bestanden"
    "|om welk gebruik het gaat|wat er is onderzocht|beoordeeld besluit|dienst|gezocht"
    "|nicht beantwortet|weggelassen|nicht geändert|betroffene daten|nicht in den dateien|betroffene nutzung"
    "|was geprüft wurde|geprüfte entscheidung|dienst|gesucht"
)
"""What a no is about: facts go with its reason (how letters read, 7)."""

_SENTENCES: Final[Mapping[str, str]] = {
    "that the person may add a statement (Art. 16)": r"\b(?:déclaration|statement|verklaring|erklärung)\b",
    "that we can be asked not to use the data meanwhile (Art. 18(1)(a))": r"article 18, paragraphe 1, point a"
    r"|article 18\(1\)\(a\)|artikel 18, lid 1, onder a|artikel 18 absatz 1 buchstabe a",
    "which details would help to find the person (Art. 11(2))": "aideraient|would help|zouden helpen|würden helfen",
    "that a copy not wanted costs nothing (Art. 15(3))": "paierez rien|pay nothing|betaalt u niets|zahlen nichts",
}
_REASON: Final = r"^(?:- )?(?:raison|reason|reden|grund)\s*:[^\S\n]*\S"
_APOLOGY: Final = r"excus|apolog|\bsorry\b|entschuldig|verzeih|\bspijt"
_ASKS_WHERE_TO_COMPLAIN: Final = frozenset({RequestType.INFORMATION, RequestType.ACCESS, RequestType.COMPLAINT})
_NOTHING_DONE: Final = (
    "n.avons trouvé aucune|n.avons rien trouvé|we found nothing|we found no decision|wij niets gevonden"
    r"|wij hebben niets gevonden|geen besluit over u gevonden|keine daten zu \S+ gefunden"
    "|nichts von dem, was wir tun, beruht|entscheidung über sie, die allein eine maschine"
)
"""How our letters say that there was nothing to act on: no refusal, and no action either."""

_NOTICES: Final = {"case_notice": "Art. 13", "right_to_object": "Art. 21(4)"}


def lines(draft: Draft, _company: Company) -> Iterator[Flaw]:
    """What law.md rules 21, 24, 27 and 29 want told in a line of its own is told, as often as we worded it."""
    told = dict(_LINES) | ({"what it says no to (Art. 12(4))": _REFUSED} if draft.refuses else {})
    for what, label in told.items():
        if _is_lost(rf"^- (?:{label})\s*:[^\S\n]*\S", unquoted(draft.worded), unquoted(draft.body)):
            yield Flaw(f"the letter must say {what}, or that there is nothing to tell: put the line back")


def statements(draft: Draft, _company: Company) -> Iterator[Flaw]:
    """law.md rules 11, 19, 23: what a person may do, or need not, that an answer has to say."""
    for what, words in _SENTENCES.items():
        if _is_lost(words, own_prose(draft.worded), own_prose(draft.body)):
            yield Flaw(f"the letter must say {what}: put the sentence back")


def extension(draft: Draft, _company: Company) -> Iterator[Flaw]:
    """law.md rule 5: more time is taken with its last day and its reason."""
    if draft.kind is not DraftKind.EXTENSION:
        return
    if not names_a_day(draft.body) or _is_lost(_REASON, draft.worded, draft.body):
        yield Flaw("an extension must say until which day, and why (Art. 12(3)): put it back")


def apology(draft: Draft, _company: Company) -> Iterator[Flaw]:
    """law.md rule 3: a missed promise is apologised for in the next letter; the desk says it in no later one."""
    if draft.sorry_for is not None and not is_said(_APOLOGY, own_prose(draft.body)):
        yield Flaw("our promise to this person was missed: put the apology back, no later letter makes it")


def remedies(draft: Draft, company: Company) -> Iterator[Flaw]:
    """law.md rules 20, 21, 31: who gets data, an answer to a complaint, or nothing done, learns where to complain."""
    language, worded, prose = written_in(draft), own_prose(draft.worded), own_prose(draft.body)
    if draft.refuses or draft.kind is not DraftKind.ANSWER or not is_said(COURT[language], worded):
        return
    nothing_done = is_said(_NOTHING_DONE, worded)
    if nothing_done and not is_said(COURT[language], prose):
        yield Flaw("nothing was done, so this answer must say that the person can go to court (Art. 12(4))")
    if not (nothing_done or draft.rights & _ASKS_WHERE_TO_COMPLAIN):
        return
    if not (is_said(COMPLAINT[language], prose) and names_authority(prose, company)):
        yield Flaw(
            "this answer must name the authority the person can complain to, with its site (Art. 12(4), 15(1)(f), 77)"
        )


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


REQUIRED: Final[tuple[Callable[[Draft, Company], Iterator[Flaw]], ...]] = (
    lines,
    statements,
    extension,
    apology,
    remedies,
    notices,
)


def _is_lost(pattern: str, worded: str, body: str) -> bool:
    """Say whether something is said less often than our letter said it."""
    return len(_hits(pattern, worded)) > len(_hits(pattern, body))


def _hits(pattern: str, text: str) -> list[str]:
    return re.findall(pattern, text, re.IGNORECASE | re.MULTILINE)

"""The legal lint: what keeps a draft from approval, each finding a sentence with the line that causes it.

Somebody's own words (quotes, and bullets with the values of a record) may say anything; only our prose is judged.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from bot.core.drafts import CODE_SLOT, GREETINGS, Draft, DraftKind
from bot.core.letters import Flaw
from bot.core.messages import is_chat
from bot.core.references import references_in
from bot.core.rights import RequestType
from replies.markup import OPEN_SLOT, read_aloud
from replies.policy import Company
from replies.prose import COMPLAINT, COURT, is_said, names_a_day, own_prose, unquoted
from replies.readability import MOST_WORDS, sentences, words
from replies.required import REQUIRED, names_authority, written_in

_ABSOLUTE: Final = frozenset({RequestType.UNSUBSCRIBE})
_CODE: Final = re.compile(r"(?<![0-9A-Za-z-])[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}(?![0-9A-Za-z-])")
_ADDRESS: Final = re.compile(r"[^\s<>(),;:]+@[^\s<>(),;:]+\.\w+")
_PHONE: Final = re.compile(r"(?<!\w)\+?\d(?:[ ./()-]*\d){7,}(?!\w)")
_PERSONAL: Final = (
    ("a bank account", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")),
    ("a date in figures", re.compile(r"(?<![\w./-])\d{1,4}[./-]\d{1,2}[./-]\d{2,4}(?![\w/-])")),
    ("a postcode", re.compile(r"\b[1-9]\d{3} ?[A-Z]{2}\b")),
)
_FOREIGN: Final = re.compile(
    r"<(?:img|script|link|iframe|object|embed|form|audio|video)\b|\b(?:src|href|on\w+)\s*=|url\(|@import"
)
_TRACKING: Final = re.compile(r"\butm_\w+=|[?&](?:click|open|track)\w*=", re.IGNORECASE)
_GREETINGS: Final = "bonjour|ch[eè]re?|dear|hello|beste|geachte|goedendag|guten tag|sehr geehrter?|lieber?|hallo"
_TITLES: Final = (
    r"monsieur|madame|mademoiselle|m\.|mme|mlle"
    r"|mr|mrs|ms|miss|mx|sir|madam"
    r"|de heer|heer|mevrouw|mevr|dhr"
    r"|herrn?|frau"
)
_TITLE: Final = re.compile(rf"^(?:{_GREETINGS})\s+(?:{_TITLES})(?!\w)", re.IGNORECASE | re.MULTILINE)
_PROMOTIONS: Final = (
    r"regrettons de vous voir partir|vous nous manquez|revenez chez nous|offre spéciale|code promo",
    r"donnez votre avis|répondez à (?:notre|cette) enquête|notez[- ]nous",
    r"sorry to see you go|we(?:’|'| wi)ll miss you|come back to us|special offer|discount code",
    r"\brate (?:us|our)\b|how did we do|take our survey",
    r"jammer dat u (?:ons verlaat|weggaat|vertrekt)|wij zullen u missen|kom terug bij ons",
    r"speciale aanbieding|kortingscode|beoordeel ons|vul onze enquête in",
    r"schade, dass sie (?:uns verlassen|gehen)|wir werden sie vermissen|kommen sie zu uns zurück",
    r"sonderangebot|rabattcode|bewerten sie uns|nehmen sie an unserer umfrage teil",
)
_PROMOTION: Final = re.compile("|".join(_PROMOTIONS), re.IGNORECASE)
_WHY: Final = re.compile(
    r"\b(?:raison|reason|reden|grund)\s*:[^\S\n]*\S|pas certains?|not certain|niet zeker|nicht sicher", re.IGNORECASE
)
"""A line that gives a reason, or the doubt that is one (Art. 12(6))."""

_MONTH: Final = r"12\(3\)|12, (?:paragraphe|lid) 3|12 absatz 3"
_NO_MONTH: Final = frozenset(
    {RequestType.UNSUBSCRIBE, RequestType.CONSENT_WITHDRAWAL, RequestType.COMPLAINT, RequestType.OTHER}
)
_LONGEST_CHAT: Final = 4096
"""Telegram's limit; ours are far shorter."""


def find_problems(draft: Draft, company: Company) -> tuple[Flaw, ...]:
    """Return every reason why this draft may not leave as it stands."""
    return tuple(problem for rule in RULES for problem in rule(draft, company))


def left_open(draft: Draft, _company: Company) -> Iterator[Flaw]:
    """A fact only a colleague knows is still missing."""
    for text, line in ((draft.subject, None), *_lines(draft.body)):
        for slot in OPEN_SLOT.findall(text):
            if slot != CODE_SLOT:
                yield Flaw(f"fill in or delete {slot}", line)
        if "⟦" in (rest := OPEN_SLOT.sub("", text)) or "⟧" in rest:
            yield Flaw("a bracket of an open slot is left over: delete it", line)
    prose = own_prose(draft.body)
    if empty := re.search(r"\(\s*\)", prose):
        yield Flaw("two brackets hold nothing: say what belongs between them", _line_at(prose, empty.start()))


def refusal(draft: Draft, company: Company) -> Iterator[Flaw]:
    """Art. 12(4): any no carries reasons, the authority and the court."""
    if not draft.refuses:
        return
    prose = own_prose(draft.body)
    language = written_in(draft)
    if not (is_said(COMPLAINT[language], prose) and names_authority(prose, company)):
        yield Flaw(
            "a refusal must name the supervisory authority the person can complain to (Art. 12(4)), with its site"
        )
    if not is_said(COURT[language], prose):
        yield Flaw("a refusal must say that the person can go to court (Art. 12(4))")
    if draft.rights and draft.rights <= _ABSOLUTE:
        yield Flaw("an opt-out can't be refused (Art. 21(3)): carry it out")


def reasons(draft: Draft, _company: Company) -> Iterator[Flaw]:
    """Art. 12(4): each no says why, in words of its own."""
    given, wanted = (len(_WHY.findall(unquoted(text))) for text in (draft.body, draft.worded))
    if draft.refuses and given < max(wanted, 1):
        yield Flaw(
            "a refusal must say why (Art. 12(4)): add a line that begins with “Reason:”, in the letter's language"
        )


def articles(draft: Draft, _company: Company) -> Iterator[Flaw]:
    """law.md rule 2: Art. 12(3) is never cited for what the law wants at once or sets no date for."""
    prose = own_prose(draft.body)
    cited = re.search(_MONTH, prose, re.IGNORECASE)
    if draft.rights and draft.rights <= _NO_MONTH and cited:
        yield Flaw("Art. 12(3) sets no date for this: name our own promise only", _line_at(prose, cited.start()))


def readable(draft: Draft, _company: Company) -> Iterator[Flaw]:
    """How letters read, 2: no sentence of our prose is longer than thirty-five words."""
    prose = OPEN_SLOT.sub("…", own_prose(draft.body))
    for sentence in sentences(prose):
        if (count := words(sentence)) > MOST_WORDS:
            line = _line_at(prose, prose.find(sentence))
            yield Flaw(f"a sentence has {count} words: make two of “{sentence[:60]}…”", line)


def acknowledgement(draft: Draft, _company: Company) -> Iterator[Flaw]:
    """An acknowledgement carries the reference and the day we promised."""
    if draft.kind not in {DraftKind.ACKNOWLEDGEMENT, DraftKind.HOLDING} or draft.question in GREETINGS:
        return
    if not references_in(draft.body):
        yield Flaw("an acknowledgement must carry the reference")
    if names_a_day(draft.worded) and not names_a_day(draft.body):  # none is worded once it is over and owned to
        yield Flaw("an acknowledgement must say by which day we promise an answer")


def tone(draft: Draft, _company: Company) -> Iterator[Flaw]:
    """No win-back, survey, promotion or tracking in service mail; nobody's title is guessed (C-394/23)."""
    prose = own_prose(draft.body)
    for match in _PROMOTION.finditer(prose):
        said = f"“{match[0]}” is promotion, a survey or an attempt to win somebody back: delete it"
        yield Flaw(said, _line_at(prose, match.start()))
    for match in _TITLE.finditer(prose):
        yield Flaw(f"“{match[0]}” guesses a title: greet the person by name", _line_at(prose, match.start()))
    if _FOREIGN.search(_tags(draft.html)) or _TRACKING.search(prose):
        yield Flaw("the letter loads or links something that could track the person: delete it")


def code(draft: Draft, _company: Company) -> Iterator[Flaw]:
    """A code stands as its slot until the moment of sending, and only where there is one."""
    if draft.kind is not DraftKind.ANSWER and (written := _CODE.search(draft.body)):
        yield Flaw(f"a code is written out: put {CODE_SLOT} in its place", _line_at(draft.body, written.start()))
    at = draft.body.find(CODE_SLOT)
    if draft.carries_code and at < 0:
        yield Flaw(f"the letter says nothing of the code it must carry: put {CODE_SLOT} where it belongs")
    if CODE_SLOT in draft.subject:
        yield Flaw(f"{CODE_SLOT} stands where no code can be put in: delete it")
    elif at >= 0 and not draft.carries_code:
        yield Flaw(f"{CODE_SLOT} stands where no code can be put in: delete it", _line_at(draft.body, at))


def chat(draft: Draft, company: Company) -> Iterator[Flaw]:
    """No personal data on a platform that reads along (law.md rule 42)."""
    if not is_chat(draft.recipient.channel):
        return
    ours = {company.contact.lower(), company.dpo.lower()}
    for text, line in _lines(draft.body):
        if any(found.rstrip(".").lower() not in ours for found in _ADDRESS.findall(text)):
            yield Flaw("an e-mail address stands in a chat message: delete it", line)
        if _PHONE.search(re.sub(r"\bNX-\w{4}-\w{4}\b", "", text)):
            yield Flaw("a telephone or account number stands in a chat message: delete it", line)
        for what, pattern in _PERSONAL:
            if pattern.search(text):
                yield Flaw(f"{what} stands in a chat message: delete it", line)
    if draft.html:
        yield Flaw("a chat message can't have HTML")
    if len(draft.body) > _LONGEST_CHAT:
        yield Flaw(f"a chat message may not be longer than {_LONGEST_CHAT} characters")


def envelope(draft: Draft, _company: Company) -> Iterator[Flaw]:
    """A mail needs a subject of one line, and HTML that says what the text says."""
    if any(ord(char) < ord(" ") for char in draft.subject):
        yield Flaw("the subject holds a line break or a control character: delete it")
    if is_chat(draft.recipient.channel):
        return
    if not draft.subject.strip():
        yield Flaw("the letter has no subject")
    if draft.html and _letters(read_aloud(draft.html)) != _letters(draft.body):
        yield Flaw("the HTML does not say the same as the text: edit the text once more, and the HTML follows")


RULES: Final[tuple[Callable[[Draft, Company], Iterator[Flaw]], ...]] = (
    left_open,
    refusal,
    reasons,
    articles,
    readable,
    acknowledgement,
    tone,
    code,
    chat,
    envelope,
    *REQUIRED,
)


def _lines(body: str) -> Iterator[tuple[str, int]]:
    return ((line, number) for number, line in enumerate(body.split("\n")))


def _line_at(text: str, offset: int) -> int | None:
    return text.count("\n", 0, offset) if offset >= 0 else None


def _tags(html: str) -> str:
    return " ".join(re.findall(r"<[^>]*>", html))


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())

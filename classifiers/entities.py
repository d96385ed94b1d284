"""Names, addresses, numbers, dates and codes in a text, with their offsets; every pattern runs in linear time."""

import itertools
import re
from collections.abc import Iterator
from typing import Final

from bot.core.rights import Entity

_UPPER: Final = "A-ZÀ-ÖØ-Þ"
_CODE: Final = re.compile(r"(?<![\w-])([A-Za-z0-9]{4}-[A-Za-z0-9]{4})(?![\w-])")
_EMAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_PHONE: Final = re.compile(r"(?<![\w+])(?:\+|00|0)[\d(](?:[ ./()-]{0,2}\d){7,13}(?!\w)")
_DATE: Final = re.compile(
    r"(?<![\w./-])(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}"
    r"|\d{1,2}(?:er|st|nd|rd|th|\.)?\s(?:of\s|de\s)?(?:janv|févr?|fevr?|mars|avr|mai|juin|juil|août|aout|sept|oct"
    r"|nov|déc|dec|jan|feb|mar|apr|may|jun|jul|aug|sep|maart|april|mei|juni|juli|okt|januari|februari|märz|mrz|dez|august)[a-zéûä]{0,8}\.?"
    r"(?:\s\d{4})?)(?![\w/])",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(
    r"(?P<kind>num[ée]ro de client\w?|n[°o] (?:de )?client\w?|cliente? n[°o]|customer (?:number|no|id)|account number"
    r"|klantnummer|klantnr|kundennummer|kundennr|kunden-nr|membership number"
    r"|commande|order(?: number| no| id)?|bestelling|bestelnummer|ordernummer|bestellnummer|bestellung|auftragsnummer"
    r"|facture|invoice(?: number| no)?|factuur(?:nummer)?|rechnung(?:snummer)?)"
    r"(?:\s?(?:n[°o]|nr|no|num[ée]ro|number|nummer|is|est|ist|lautet|:|\.|#)){0,3}\s{0,2}[#:]?\s?"
    r"(?P<number>(?:[A-Za-z]{1,4}[ -]?)?\d[\d./-]{1,14}\d|[A-Za-z]{1,4}-?\d{3,12})(?!\w)",
    re.IGNORECASE,
)
_STREET_FIRST: Final = re.compile(  # NL, DE, BE: street and number, then postcode and town
    rf"(?<!\w)[{_UPPER}][\w.'’-]{{2,30}}(?:\s[\w.'’-]{{1,20}}){{0,3}}\s\d{{1,4}}\s?[a-zA-Z]?(?:[-/ ]\d{{1,4}})?"
    rf"\s?[,\n]\s{{0,3}}(?:[A-Z]-)?(?:\d{{4}}\s?[A-Z]{{2}}|\d{{4,5}})\s"
    rf"[{_UPPER}][\w'’-]{{1,30}}(?:[ -][{_UPPER}][\w'’-]{{1,30}}){{0,2}}"
)
_NUMBER_FIRST: Final = re.compile(  # FR, UK: number and street, then town and postcode
    r"(?<!\w)\d{1,4}\s?(?:bis|ter|[a-zA-Z])?,?\s(?:[\w.'’-]{1,25}\s){0,4}?(?:[\w'’-]{2,25})\s?[,\n]\s{0,3}"
    rf"(?:\d{{5}}\s[{_UPPER}][\w'’-]{{1,30}}(?:[ -][{_UPPER}]?[\w'’-]{{1,30}}){{0,3}}"
    rf"|[{_UPPER}][\w'’ -]{{1,40}}[,\n]?\s{{0,3}}[A-Z]{{1,2}}\d[A-Z\d]?\s\d[A-Z]{{2}})"
)
_NAME: Final = rf"[{_UPPER}][\w'’-]{{1,30}}(?:\s(?:van|de|der|den|von|du|le|la|[{_UPPER}][\w'’.-]{{0,30}})){{0,4}}"
_NAMED: Final = re.compile(
    r"(?i:je m['’]appelle|mon nom est|my name is|ik heet|mijn naam is|ich heiße|ich heisse|mein name ist"
    r"|je soussignée?)"
    rf"[ ,]{{1,2}}({_NAME})"
)
_TITLED: Final = re.compile(
    r"(?<!\w)(?:M\.|Mme|Mlle|Monsieur|Madame|Mr\.?|Mrs\.?|Ms\.?|Dr\.?|De heer|Mevrouw|Dhr\.|Mevr\.|Herr|Herrn|Frau)\s"
    rf"({_NAME})"
)
_SIGNED: Final = re.compile(
    rf"[{_UPPER}][\w'’-]{{1,20}}(?: (?:van|de|der|den|von|du|le|la|[{_UPPER}]\.|[{_UPPER}][\w'’-]{{1,20}})){{1,4}}"
)
_MAX_FOUND: Final = 200
_SIGNED_LINES: Final = 4
_CUSTOMER: Final = ("client", "customer", "account", "klant", "kunden", "membership")
_INVOICE: Final = ("facture", "invoice", "factuur", "rechnung")


def find_entities(text: str) -> tuple[Entity, ...]:
    """Return what was found, by place; where two overlap, the surer kind stays."""
    taken: list[Entity] = []
    for entity in itertools.islice(_candidates(text), _MAX_FOUND):
        if all(entity.end <= other.start or entity.start >= other.end for other in taken):
            taken.append(entity)
    return tuple(sorted(taken, key=lambda entity: entity.start))


def _candidates(text: str) -> Iterator[Entity]:
    """Find by kind, the surest kinds first."""
    yield from _matches("email", _EMAIL, text)
    yield from (code for code in _matches("code", _CODE, text) if _mixed(code.text))
    yield from _matches("address", _STREET_FIRST, text)
    yield from _matches("address", _NUMBER_FIRST, text)
    for match in _NUMBERED.finditer(text):
        start, end = match.span("number")
        yield Entity(_kind(match["kind"].casefold()), text[start:end], start, end)
    yield from _matches("date", _DATE, text)
    yield from _matches("phone", _PHONE, text)
    yield from _matches("person", _NAMED, text)
    yield from _matches("person", _TITLED, text)
    yield from _signature(text)


def _matches(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[Entity]:
    """Find a pattern's last group, or all of it."""
    for match in pattern.finditer(text):
        start, end = match.span(pattern.groups)
        yield Entity(kind, text[start:end], start, end)


def _mixed(code: str) -> bool:
    return any(char.isdigit() for char in code) and any(char.isalpha() for char in code)


def _kind(named: str) -> str:
    if any(word in named for word in _CUSTOMER):
        return "customer"
    return "invoice" if any(word in named for word in _INVOICE) else "order"


def _signature(text: str) -> Iterator[Entity]:
    """Find the name under a mail: a line of nothing but a name among the last lines."""
    end = len(text)
    for line in reversed(text.rsplit("\n", _SIGNED_LINES)[1:]):
        start = end - len(line)
        said = line.strip()
        if _SIGNED.fullmatch(said):
            at = start + line.index(said)
            yield Entity("person", said, at, at + len(said))
        end = start - 1

"""Which state, and in Germany which Land, a record means: names in any language we know, codes, postal habits."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from babel import Locale
from babel.core import get_global

from bot.core.letters import Residence

_LANGUAGES: Final = (
    *("bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "is", "it", "lt", "lv"),
    *("mt", "nb", "nl", "pl", "pt", "ro", "sk", "sl", "sv"),
)
"""In which a record may name its country: those of the EU, the EEA, the United Kingdom and Switzerland."""

_PLATES: Final = {"A": "AT", "B": "BE", "D": "DE", "E": "ES", "F": "FR", "I": "IT", "L": "LU"}
"""Letters of number plates that people write before a postcode; those of two letters are ISO codes."""

_ALSO: Final = {"uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "holland": "NL"}
_LANDS: Final = {
    "DE-BW": ("baden-württemberg", "baden-wuerttemberg"),
    "DE-BY": ("bayern", "bavaria", "bavière", "beieren"),
    "DE-BE": ("berlin",),
    "DE-BB": ("brandenburg",),
    "DE-HB": ("bremen", "bremerhaven"),
    "DE-HH": ("hamburg",),
    "DE-HE": ("hessen", "hesse"),
    "DE-MV": ("mecklenburg-vorpommern",),
    "DE-NI": ("niedersachsen", "lower saxony", "basse-saxe", "nedersaksen"),
    "DE-NW": ("nordrhein-westfalen", "nrw", "north rhine-westphalia"),
    "DE-RP": ("rheinland-pfalz", "rhineland-palatinate"),
    "DE-SL": ("saarland",),
    "DE-SN": ("sachsen", "saxony", "saxe", "saksen"),
    "DE-ST": ("sachsen-anhalt", "saxony-anhalt"),
    "DE-SH": ("schleswig-holstein",),
    "DE-TH": ("thüringen", "thueringen", "thuringia"),
}
_LAND: Final = {name: code for code, names in _LANDS.items() for name in (code.lower(), *names)}
_DIAL: Final = {
    "30": "GR",
    "31": "NL",
    "32": "BE",
    "33": "FR",
    "34": "ES",
    "36": "HU",
    "39": "IT",
    "40": "RO",
    "41": "CH",
    "43": "AT",
    "44": "GB",
    "45": "DK",
    "46": "SE",
    "47": "NO",
    "48": "PL",
    "49": "DE",
    "351": "PT",
    "352": "LU",
    "353": "IE",
    "354": "IS",
    "356": "MT",
    "357": "CY",
    "358": "FI",
    "359": "BG",
    "370": "LT",
    "371": "LV",
    "372": "EE",
    "385": "HR",
    "386": "SI",
    "420": "CZ",
    "421": "SK",
    "423": "LI",
}
_POSTCODE: Final = re.compile(r"^([A-Z]{1,2})[ -]{1,3}\d{4}", re.IGNORECASE)
_NUMBERS: Final = re.compile(r"\b\d[\d ]*\b|^[A-Z]{1,2}-", re.IGNORECASE)


def place_of(residence: Residence) -> str:
    """Return the ISO code of the state, of the Land where a German one is told, or nothing.

    What the record says of the country wins, then the address; a phone's country code is a hint for want of better.
    """
    parts = [part.strip(" .") for part in re.split(r"[,;\n]", residence.address) if part.strip(" .")]
    state = _state(residence.country) or _first(map(_spelled_out, reversed(parts))) or _first(map(_by_postcode, parts))
    state = state or _first(map(_by_phone, residence.phones))
    if state != "DE":
        return state
    town = [_NUMBERS.sub("", part).strip() for part in parts]
    return _first(_LAND.get(name.casefold(), "") for name in (residence.region, *town)) or state


def _first(found: Iterator[str]) -> str:
    return next(filter(None, found), "")


def _state(written: str) -> str:
    name = written.strip().casefold()
    return _states().get(name, "") if name else ""


def _spelled_out(part: str) -> str:
    """Two letters in an address may be anything: the DE of Wilmington is Delaware."""
    return _state(part) if len(part) > 2 or part.casefold() in _ALSO else ""  # noqa: PLR2004 - an ISO code's length


def _by_postcode(part: str) -> str:
    found = _POSTCODE.match(part)
    letters = found[1].upper() if found else ""
    return _PLATES.get(letters) or (_state(letters) if len(letters) > 1 else "")


def _by_phone(phone: str) -> str:
    digits = re.sub(r"\D", "", phone.replace("(0)", ""))
    if phone.strip().startswith("+"):
        international = digits
    elif digits.startswith("00"):
        international = digits[2:]
    else:
        return ""
    return _first(_DIAL.get(international[:length], "") for length in (3, 2))


@cache
def _states() -> Mapping[str, str]:
    """Return the code of every state by its names and codes, in lower case."""
    names: dict[str, str] = {}
    for alias, codes in get_global("territory_aliases").items():
        if len(codes) == 1 and re.fullmatch("[A-Z]{3}", alias):
            names[alias.casefold()] = codes[0]
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if re.fullmatch("[A-Z]{2}", str(code)):
                names |= {str(code).casefold(): str(code), str(name).casefold(): str(code)}
    return MappingProxyType(names | _ALSO)

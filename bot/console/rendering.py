"""Templates in the colleague's language: dates in words, names of rights and states, nothing from elsewhere."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from babel.dates import format_date, format_datetime, format_time
from babel.support import NullTranslations
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.console.dates import patterns_of
from bot.console.labels import DETAILS, EVENTS, LABELS, UNTOLD, labelled
from bot.console.spoken import spoken
from bot.console.words import LANGUAGES, N_, NAMES, NN_, catalogue
from bot.core.house import House
from bot.core.ports import Clock

STATIC: Final = {
    "style.css": "text/css",
    "desk.js": "text/javascript",
    "noting.js": "text/javascript",
    "passkeys.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_SLOT: Final = re.compile("(⟦[^⟦⟧\n]*⟧)")


class Renderer:
    """Renders the console's templates; one environment for each language."""

    def __init__(self, house: House, clock: Clock) -> None:
        self._house, self._clock = house, clock
        self.static = {name: (files("bot.console") / "static" / name).read_bytes() for name in STATIC}
        self._versions = {name: sha256(data).hexdigest()[:12] for name, data in self.static.items()}
        self._environments = {language: self._environment(language) for language in LANGUAGES}

    def render(self, language: str, template: str, values: Mapping[str, object]) -> str:
        """Return a page. A value a template asks for and nobody gave is an error, never an empty place."""
        now = self._clock.now()
        today = self._house.calendar.civil_date(now)
        return self._environments[language].get_template(template).render(values, now=now, today=today)

    def label(self, language: str, value: str) -> str:
        """Return what colleagues call a right, a state or a flag."""
        return str(catalogue(language).ugettext(LABELS.get(value, value)))

    def say(self, language: str, text: str) -> str:
        """Return a sentence of the desk in the colleague's language."""
        return spoken(text, catalogue(language).ugettext)

    def _environment(self, language: str) -> Environment:
        environment = Environment(
            loader=PackageLoader("bot.console"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        words = catalogue(language)
        environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined] # the extension's
        environment.globals |= {
            "language": language,
            "languages": NAMES,
            "house": self._house.name,
            "static": self._static,
        }
        environment.filters |= self._filters(language, words)
        return environment

    def _filters(self, language: str, words: NullTranslations) -> dict[str, Callable[..., Any]]:
        zone, say, written = self._house.calendar.zone, words.ugettext, patterns_of(language)
        return {
            "day": lambda when: format_date(when, written.day, locale=language),
            "short_day": lambda when: format_date(when, written.short_day, locale=language),
            "moment": lambda when: format_datetime(when, written.moment, tzinfo=zone, locale=language),
            "parsed": datetime.fromisoformat,
            "clock": lambda when: format_time(when, "HH:mm", tzinfo=zone, locale=language),
            "label": lambda value: say(LABELS.get(str(value), str(value).replace("_", " "))),
            "event": lambda name: say(EVENTS.get(name, name.replace("_", " "))),
            "details": partial(_details, say=say),
            "say": lambda text: spoken(str(text), say) if text else "",
            "left": partial(_left, words=words),
            "slots": _slots,
        }

    def _static(self, name: str) -> str:
        return f"/static/{name}?v={self._versions[name]}"


def _left(due: date, today: date, *, words: NullTranslations) -> str:
    """Say in words how far off a date is."""
    days = (due - today).days
    if days == 0:
        return str(words.ugettext(N_("today")))
    one, many = (
        NN_("%(num)d day late", "%(num)d days late") if days < 0 else NN_("%(num)d day left", "%(num)d days left")
    )
    return str(words.ungettext(one, many, abs(days))) % {"num": abs(days)}


def _details(data: Mapping[str, str], *, say: Callable[[str], str]) -> str:
    """Say the details of a link of the history, but for ids and hashes."""
    told = [(name, spoken(labelled(value, say), say)) for name, value in data.items() if value and name not in UNTOLD]
    named = say(N_("%(name)s: %(value)s"))
    return " · ".join(named % {"name": say(DETAILS.get(name, name)), "value": value} for name, value in told)


def _slots(text: str) -> Markup:
    """Mark what only a colleague can fill in."""
    pieces = _SLOT.split(text)
    marked = (Markup("<mark>{}</mark>").format(piece) if number % 2 else piece for number, piece in enumerate(pieces))
    return Markup("").join(marked)

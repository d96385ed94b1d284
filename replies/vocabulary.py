"""The small words of one language: what each right, mailing, field and channel is called."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from bot.core.extension import ExtensionReason
from bot.core.letters import Extent
from bot.core.other_ways import OtherWay
from bot.core.outcomes import ALLOWED
from bot.core.rights import OUR_LANGUAGES, RequestType, Scope
from bot.core.verdict import Outcome
from bot.core.withholding import Where, Withheld
from replies.policy import Company

MARKETING = "marketing"
"""An objection to direct marketing has words of its own (Art. 21(2))."""


@dataclass(frozen=True, slots=True)
class RightWords:
    """How letters speak of one right: as a topic, as a wish, and by its article, where there is one.

    `nothing` says what it means for this right that no data were found; `nothing_else`, where it differs, what it means
    beside what the desk itself holds, and empty that there is no more to say.
    """

    topic: str
    wish: str
    article: str = ""
    nothing: str = ""
    nothing_else: str | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One language's words; `locale` is what Babel calls the language."""

    locale: str
    none: str
    record_says: str
    subject: Mapping[str, str]
    right: Mapping[str, RightWords]
    heading: Mapping[str, str]
    stopped: Mapping[Scope, str]
    stopped_brief: Mapping[Scope, Sequence[str]]
    extent: Mapping[Extent, str]
    extent_brief: Mapping[Extent, str]
    held: Mapping[RequestType, str]
    held_here: Mapping[str, str]
    field: Mapping[str, str]
    channel: Mapping[str, str]
    left_out: Mapping[Where, str]
    withheld: Mapping[Withheld, str]
    extension: Mapping[ExtensionReason, str]
    button: Mapping[RequestType | OtherWay, str]
    choose: str
    command: Mapping[str, str]

    def field_label(self, name: str) -> str:
        """Return a person's word for a field; a column of the company's own is shown as it is called."""
        return self.field.get(name) or name.replace("_", " ")

    def by_channel(self, channel: str) -> str:
        """Return how a message came: by e-mail, on Telegram, or in some chat."""
        return self.channel.get(channel) or self.channel["chat"]


@cache
def load_vocabulary(language: str) -> Vocabulary:
    """Read `templates/LANGUAGE/words.toml`; a missing or an unknown right or scope is an error."""
    text = (files("replies") / "templates" / language / "words.toml").read_text(encoding="utf-8")
    table: dict[str, Any] = tomllib.loads(text)
    rights = {name: RightWords(**words) for name, words in table["right"].items()}
    if set(rights) != {*RequestType, MARKETING}:
        raise ValueError(f"{language}: words for {sorted(set(rights) ^ {*RequestType, MARKETING})} are missing")
    if unsaid := sorted(
        right for right, ends in ALLOWED.items() if Outcome.NO_DATA in ends and not rights[right].nothing
    ):
        raise ValueError(f"{language}: what nothing found means for {unsaid} is missing")
    return Vocabulary(
        locale=table["locale"],
        none=table["none"],
        record_says=table["record_says"],
        subject=table["subject"],
        right=rights,
        heading=table["heading"],
        stopped={scope: table["stopped"][scope] for scope in Scope},
        stopped_brief={scope: table["stopped_brief"][scope] for scope in Scope},
        extent={extent: table["extent"][extent] for extent in Extent},
        extent_brief={extent: table["extent_brief"][extent] for extent in Extent},
        held={RequestType(name): words for name, words in table["held"].items()},
        held_here=table["held_here"],
        field=table["field"],
        channel=table["channel"],
        left_out={where: table["left_out"][where] for where in Where},
        withheld={ground: table["withheld"][ground] for ground in Withheld},
        extension={reason: table["extension"][reason] for reason in ExtensionReason},
        button={_offer(name): words for name, words in table["button"].items()},
        choose=table["choose"],
        command=table["command"],
    )


def vocabulary_of(company: Company, language: str) -> Vocabulary:
    """Return a language's words, with a company's own for the columns of its customers' file."""
    words = load_vocabulary(language)
    own = {name: said[language] for name, said in company.fields.items()}
    return replace(words, field={**words.field, **own})


def _offer(name: str) -> RequestType | OtherWay:
    return OtherWay(name) if name in set(OtherWay) else RequestType(name)


def chat_commands(language: str) -> tuple[tuple[str, str], ...]:
    """Return the commands of a chat with what they do, in one language."""
    return tuple(load_vocabulary(language).command.items())


def chat_answers() -> Mapping[str, str]:
    """Return what a tapped answer stands for, by its label in small letters, in any of our languages."""
    words = [load_vocabulary(language).button for language in OUR_LANGUAGES]
    return {label.casefold(): offer.value for button in words for offer, label in button.items()}


def list_openers() -> Mapping[str, str]:
    """Return what a platform writes on the button that opens a list of answers, by language."""
    return {language: load_vocabulary(language).choose for language in OUR_LANGUAGES}

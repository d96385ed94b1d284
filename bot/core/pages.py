"""The few pages that people outside the company see, and what goes with them: what each is for, and its words."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from bot.core.rights import RequestType, Scope


class PageKind(StrEnum):
    """What a page says."""

    STOP_ASK = "stop_ask"  # shows what would stop; only its button acts
    STOP_DONE = "stop_done"
    STOP_UNKNOWN = "stop_unknown"  # the address is cut short or not ours
    PACKAGE_ASK = "package_ask"  # offers to send the code that opens a package
    PACKAGE_CODE = "package_code"
    PACKAGE_WRONG = "package_wrong"
    PACKAGE_GONE = "package_gone"
    PACKAGE_MAIL = "package_mail"  # the mail with the code
    PACKAGE_LETTER = "package_letter"  # what an answer says of its package
    PACKAGE_CHAT = "package_chat"  # what a chat says of an answer on our page
    PACKAGE_ACCOUNT_CHAT = "package_account_chat"  # what a chat says of what we hold of that account
    PACKAGE_ACCOUNT = "package_account"  # only its button opens it
    PACKAGE_TOLD = "package_told"  # takes the code that a colleague told
    PACKAGE_TOLD_WRONG = "package_told_wrong"
    CONFIRM_ASK = "confirm_ask"  # takes the code of an identity question
    CONFIRM_WRONG = "confirm_wrong"
    CONFIRM_DONE = "confirm_done"
    CONFIRM_OVER = "confirm_over"  # no more tries: a person goes on
    CONFIRM_GONE = "confirm_gone"
    DENY_ASK = "deny_ask"  # it was not me: only a tick and its button act
    DENY_DONE = "deny_done"
    DENY_GONE = "deny_gone"
    PREFERENCES = "preferences"  # which mailings are stopped; only its button changes any
    PREFERENCES_KEPT = "preferences_kept"
    PREFERENCES_GONE = "preferences_gone"
    STATUS_ASK = "status_ask"  # takes a reference
    STATUS_CODE = "status_code"  # the same whether there is such a case or not
    STATUS_WRONG = "status_wrong"
    STATUS_SHOWN = "status_shown"
    STATUS_MAIL = "status_mail"  # the mail with the code
    RECEIPT = "receipt"  # of a request that has ended: what was asked, what was done, when
    RECEIPT_GONE = "receipt_gone"
    TOO_OFTEN = "too_often"


class Progress(StrEnum):
    """How far an item is, or how it ended, as the person may be told; the letters say the rest."""

    WAITING = "waiting"  # for the person
    WORKING = "working"
    LATE = "late"
    LEAVING = "leaving"
    DONE = "done"
    PARTLY = "partly"
    NOT_DONE = "not_done"
    NOTHING = "nothing"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    ELSEWHERE = "elsewhere"  # carried on with another request
    CLOSED = "closed"  # without a letter


@dataclass(frozen=True, slots=True)
class Line:
    """One right of a case: asked when, how far it is, promised by when, answered when; dates are civil ones."""

    right: RequestType
    stage: Progress
    asked: date
    promised: date
    answered: date | None = None
    marketing: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page in one of our languages; it never says whose address it is about.

    `until` and `link` are a package's; `reference` and `lines` belong to a case somebody may look at.
    """

    kind: PageKind
    language: str
    scope: Scope = Scope.ALL
    until: date | None = None
    link: str = ""
    reference: str = ""
    lines: tuple["Line", ...] = ()


@dataclass(frozen=True, slots=True)
class Links:
    """The links a letter may hold, each empty where the letter has none."""

    confirm: str = ""  # where the code may be typed instead of sending it back
    chat: str = ""  # what hands the code to the bot, from the very account that was written from
    not_me: str = ""  # where whoever did not ask stops the request
    preferences: str = ""  # where mailings are stopped and allowed again
    status: str = ""  # where a reference tells how far a request is
    receipt: str = ""  # what was asked and done, once it has ended


NO_LINKS: Final = Links()


@dataclass(frozen=True, slots=True)
class PageWords:
    """A page's title, paragraphs, what has to be ticked, and the words on its button; empty where it has none.

    `boxes` pair the name of a tick with its words, under a `legend`; `rows` are what a case says, heading and sentence,
    with `closing` paragraphs after them;
    `also` are the words of a link to another page, `undo` those of a button that takes back what was just done.
    """

    title: str
    text: tuple[str, ...]
    button: str = ""
    tick: str = ""
    legend: str = ""
    boxes: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    closing: tuple[str, ...] = ()
    also: str = ""
    undo: str = ""

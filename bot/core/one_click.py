"""One-click unsubscribe: the headers a mailing carries, and what comes back (RFC 2369, RFC 8058; law.md rule 40)."""

import re
from typing import Final
from urllib.parse import quote

PATH: Final = "/unsubscribe/"
ANSWER: Final = "List-Unsubscribe=One-Click"
"""What a mail program posts to the address (RFC 8058 3.1)."""

_WORD: Final = "unsubscribe"
_SUBJECT: Final = re.compile(rf"\s*{_WORD}\s+([\w-]{{40,1000}})\s*", re.ASCII)


def headers(ticket: str, public_url: str, contact: str) -> dict[str, str]:
    """Return the two headers of a mail to one recipient; its DKIM signature has to cover both."""
    page = public_url.rstrip("/") + PATH + ticket
    mail = f"mailto:{quote(contact, safe='@')}?subject={quote(f'{_WORD} {ticket}')}"
    return {"List-Unsubscribe": f"<{page}>, <{mail}>", "List-Unsubscribe-Post": ANSWER}


def ticket_in(subject: str) -> str:
    """Return the ticket that a mail program writes into the subject for the mailto address, or nothing."""
    found = _SUBJECT.fullmatch(subject)
    return found[1] if found else ""

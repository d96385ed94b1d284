"""Finding a row by what somebody has in hand: the beginning of an id, a Message-ID with or without its brackets."""

from typing import TypeVar

from sqlmodel import col, select

from bot.core.errors import NotFound
from storage.tables import DraftRow, OutgoingRow, TaskRow
from storage.transaction import Transaction

N = TypeVar("N", DraftRow, OutgoingRow, TaskRow)


def one_beginning_with(tx: Transaction, table: type[N], start: str) -> N:
    """Return the one row whose id begins so, locked. Raises NotFound when there is none or more than one."""
    exact = tx.hold(table, start)
    if exact is not None:
        return exact
    among = str(table.__tablename__)
    shows = f"`nexio-intake {among} list` shows them"
    if not start:
        raise NotFound(f"say which of the {among}: type an id or its beginning; {shows}")
    key = col(table.id)
    found = tx.read(select(table).where(key.startswith(start, autoescape=True)).limit(2).with_for_update())
    if len(found) > 1:
        raise NotFound(f"several of the {among} begin with {start}: type more of the id; {shows}")
    if not found:
        raise NotFound(f"none of the {among} begins with {start}: {shows}")
    return found[0]


def no_message(message: str) -> NotFound:
    """Return what to raise for the id of a message that was never here."""
    return NotFound(f"there is no message {message}: `nexio-intake messages list --kind KIND` shows those there are")


def bare(message_id: str) -> str:
    """Return a Message-ID without the brackets, which some clients drop (RFC 5322 3.6.4)."""
    return message_id.strip().strip("<>")

"""What the company lets leave without a colleague: the names of `[replies] auto_send`."""

from typing import Annotated, Any

from pydantic import BeforeValidator

from bot.core.drafts import MAY_SEND_ALONE, DraftKind


def _sendable(names: Any) -> Any:
    """Refuse, in words, a name that no message of ours has, or one that a colleague decides on."""
    if not isinstance(names, list | tuple | set | frozenset):
        return names
    may = ", ".join(sorted(MAY_SEND_ALONE))
    if unknown := sorted(str(name) for name in names if name not in set(DraftKind)):
        raise ValueError(f"we have no message called {', '.join(unknown)}; there are {may}")
    if decided := sorted(str(name) for name in names if name not in MAY_SEND_ALONE):
        raise ValueError(f"{', '.join(decided)} may never leave without a colleague; there are {may}")
    return names


AutoSend = Annotated[frozenset[DraftKind], BeforeValidator(_sendable)]

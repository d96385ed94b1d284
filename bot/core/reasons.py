"""Why a colleague does something: the reason goes on file beside the deed. Pure."""

from bot.core.errors import NotAllowed


def require_reason(reason: str) -> None:
    """Refuse a deed without a reason. Raises NotAllowed."""
    if not reason.strip():
        raise NotAllowed("say why: the reason goes on file")

"""Failures with names; each says who should act."""

import os


class RightsDeskError(Exception):
    """The base of every failure of ours."""


class BadInput(RightsDeskError):
    """What a person typed or handed in can't be used; the text says where, and what to write instead."""


class ImpossibleTransition(RightsDeskError):
    """An event that the table of states does not know for this state."""


class NotApprovable(RightsDeskError):
    """A draft that may not be approved as it stands; the text says what is missing."""


class NotAllowed(RightsDeskError):
    """What can't be done as things stand; the text says why, and what to do."""


class NotAdmitted(NotAllowed):
    """A colleague who may not do this, whatever it is done to; the text says who may."""


class WentOn(NotAllowed):
    """A case that went on since the colleague read it: what is new is read before anything is done."""


class NotFound(RightsDeskError):
    """A name or number that points at nothing here."""


class Unparsable(RightsDeskError):
    """A message no parser could read within its limits; it is parked with its raw bytes."""


class ReaderUnusable(RightsDeskError):
    """There is no model to read with; the text says what to do."""


class ReaderFailed(RightsDeskError):
    """A text was not read; it is tried again, then parked."""


class StorageUnavailable(RightsDeskError):
    """The database cannot take a write now (locked, full, read-only, away); try again later."""


class StaleClaim(RightsDeskError):
    """A lease that ran out: another worker holds the row now, so this one must let go."""


class CannotListen(RightsDeskError):
    """An address of ours that can't be listened on; the text names it and says what to do."""

    def __init__(self, listen: str, failure: OSError) -> None:
        why = os.strerror(failure.errno) if failure.errno else str(failure)
        super().__init__(f"{listen} can't be listened on ({why}): end what uses it, or choose another `listen`")


class TransientFailure(RightsDeskError):
    """A delivery that may succeed later (SMTP 4xx, HTTP 429 or 5xx, a refused connection).

    `retry_after` is in seconds where the other side named one.
    """

    def __init__(self, text: str, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class PermanentFailure(RightsDeskError):
    """A delivery that will not succeed by trying again (SMTP 5xx, a blocked chat)."""


class UncertainDelivery(RightsDeskError):
    """The connection broke after the message was handed over: it may or may not have arrived."""

"""The words for how an item ends."""

from enum import StrEnum


class Outcome(StrEnum):
    """What a colleague decides about one item; `core.outcomes` says which right knows which."""

    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"
    NO_DATA = "no_data"
    NOT_IDENTIFIABLE = "not_identifiable"  # Art. 11(2), 12(2): we can't find the person
    NOT_AUTHENTICATED = "not_authenticated"  # Art. 12(6): doubt about who writes
    EXCESSIVE = "excessive"  # Art. 12(5): manifestly unfounded or excessive, the DPO's decision
    FEE = "fee"  # Art. 15(3): a further copy, announced with its price
    LIFT_NOTICE = "lift_notice"  # Art. 18(3): before a restriction is lifted
    LIFTED = "lifted"
    TRANSFERRED = "transferred"  # Art. 20(2): directly to another service
    NOT_TRANSFERRED = "not_transferred"  # to the person alone: a direct transfer is not feasible
    OTHER_BASIS = "other_basis"  # Art. 21(1) knows 6(1)(e) and (f) only
    NO_CONSENT = "no_consent"
    NO_DECISION = "no_decision"  # Art. 22: no machine decided alone
    RECEIVED = "received"
    FORWARDED = "forwarded"  # Art. 28(3)(e): to the controller
    BREACH_RECEIVED = "breach_received"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"

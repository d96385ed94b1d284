"""The two further months of Art. 12(3): asked for by a colleague, for a reason of the law's, told within the first."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ExtensionReason(StrEnum):
    """Complexity or number of requests; "many requests" or a lack of staff are no reasons (EDPB 01/2022 §§163-164)."""

    VOLUME = "volume"  # a great deal of data
    SOURCES = "sources"  # data dispersed over many places
    REDACTION = "redaction"  # other people's data have to be weighed and taken out
    REQUESTS = "requests"  # several requests by this person
    INFLUX = "influx"  # an exceptional influx of requests


@dataclass(frozen=True, slots=True)
class Extension:
    """A person was told that the answer takes until `until`; `told_at` is when that letter was approved."""

    reason: ExtensionReason
    until: date
    told_at: datetime

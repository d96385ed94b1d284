"""How much of anything one mail may hold; beyond it the mail is parked for a person."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """Far above honest mail, far below what hurts. Sizes in bytes."""

    total: int = 40 * 1024 * 1024
    head: int = 256 * 1024
    fields: int = 1_000
    field: int = 64 * 1024
    subject: int = 8 * 1024
    encoded_word: int = 4 * 1024
    part_head: int = 32 * 1024
    depth: int = 20
    parts: int = 500
    continuations: int = 32  # RFC 2231 pieces of one parameter
    label: int = 63  # RFC 1035 2.3.4, punycode included
    charset: int = 40


DEFAULT_LIMITS: Final = Limits()

"""A person's data as files: the copy of Art. 15(3), or what Art. 20 lets them take elsewhere. Pure."""

import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from io import BytesIO
from types import MappingProxyType
from typing import Final, Protocol
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bot.core.challenge import ChallengeOutcome
from bot.core.letters import Exchange, OtherRequest, Stop
from bot.core.messages import Handle, is_chat
from bot.core.records import Customer
from bot.core.register import Processing
from bot.core.rights import RequestType


class PackageKind(StrEnum):
    """What a package is for."""

    ACCESS = "access"
    PORTABILITY = "portability"


ASKED_BY: Final[Mapping[PackageKind, frozenset[RequestType]]] = MappingProxyType(
    {
        PackageKind.ACCESS: frozenset({RequestType.ACCESS, RequestType.INFORMATION}),
        PackageKind.PORTABILITY: frozenset({RequestType.PORTABILITY}),
    }
)


COPIED: Final = frozenset(right for rights in ASKED_BY.values() for right in rights)
"""The rights whose answers hand out a copy."""


def taken(kind: PackageKind, customer: Customer, inferred: Container[str]) -> Customer:
    """Return a record as a package holds it: what is taken elsewhere was provided, observed included, never inferred.

    Art. 20(1); law.md rule 26.
    """
    if kind is not PackageKind.PORTABILITY:
        return customer
    return replace(customer, fields=tuple(one for one in customer.fields if one.name not in inferred))


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into a package, without what is left out of it for others' sake.

    `exchanges` are this case's correspondence, `register` the record of processing, `files` what colleagues added;
    `stops` and `requests` what this desk itself holds of the person beside them.
    """

    kind: PackageKind
    language: str
    reference: str
    made_on: date
    customer: Customer
    exchanges: tuple[Exchange, ...]
    register: tuple[Processing, ...]
    files: tuple["PackageFile", ...] = ()
    stops: tuple[Stop, ...] = ()
    requests: tuple[OtherRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class PackageFile:
    """One file of a package."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Package:
    """A package as the desk remembers it: what was handed to whom; the files themselves are destroyed after a time.

    `manifest` is JSON: name, bytes and SHA-256 of each file. `draft` is the answer that holds its link; `vouched_for`
    the customer whose data went to an address that is not on record with them, on a colleague's word; `called` the
    number at which a code for it is told.
    """

    id: str
    case_id: str
    kind: PackageKind
    language: str
    recipient: Handle
    manifest: str
    made_at: datetime
    expires_at: datetime
    opened_at: datetime | None = None
    draft: str = ""
    vouched_for: str = ""
    called: Handle | None = None

    @property
    def opens_without_code(self) -> bool:
        """True for what is held of one chat account, behind a link in that very chat (law.md rule 42)."""
        return is_chat(self.recipient.channel) and not self.vouched_for


PATH: Final = "/your-data/"
"""Where a package opens; the token of its link follows."""


def manifest_of(reference: str, kind: PackageKind, made_on: date, files: Sequence[PackageFile]) -> str:
    """Return the manifest: what was handed over can be told from a copy by its SHA-256."""
    listed = [{"name": one.name, "bytes": len(one.data), "sha256": sha256(one.data).hexdigest()} for one in files]
    about = {"reference": reference, "kind": kind, "made_on": made_on.isoformat()}
    return json.dumps(about | {"files": listed}, ensure_ascii=False, indent=2) + "\n"


def archived(reference: str, kind: PackageKind, made_on: date, files: Sequence[PackageFile]) -> tuple[str, bytes]:
    """Return files as one archive, the manifest in it and before it."""
    manifest = manifest_of(reference, kind, made_on, files)
    return manifest, zipped([*files, PackageFile("manifest.json", manifest.encode())], made_on)


def zipped(files: Sequence[PackageFile], made_on: date) -> bytes:
    """Return files as one archive; the same files make the same bytes."""
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for one in files:
            about = ZipInfo(one.name, (made_on.year, made_on.month, made_on.day, 0, 0, 0))
            archive.writestr(about, one.data, ZIP_DEFLATED)
    return written.getvalue()


class Packages(Protocol):
    """People's data behind links that a code opens."""

    def add(self, package: Package, token: str, data: bytes) -> None:
        """Store a new package with its archive."""

    def by_token(self, token: str) -> Package | None:
        """Find a package by its link's token while its files are there."""

    def of_case(self, case_id: str) -> Sequence[Package]:
        """Return a case's packages, oldest first, destroyed ones too: their manifests stay."""

    def put_code(self, package_id: str, code_hash: bytes, now: datetime) -> None:
        """Let a fresh code open a package; an older one does no more."""

    def attempt(self, package_id: str, candidates: tuple[str, ...], now: datetime) -> ChallengeOutcome:
        """Judge one try, counted atomically whatever else runs; the right code opens once."""

    def mark_opened(self, package_id: str, now: datetime) -> None:
        """Remember that a package was opened without a code."""

    def data(self, package_id: str) -> bytes:
        """Return the archive. Raises LookupError once it was destroyed."""

    def past(self, moment: datetime) -> Sequence[Package]:
        """Return those whose link ended by a moment and whose files are still there."""

    def destroy(self, package_id: str) -> None:
        """Destroy the files and the code; the manifest stays."""

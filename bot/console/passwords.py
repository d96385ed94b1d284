"""Passwords as Argon2id hashes (RFC 9106), through pwdlib."""

from functools import cached_property

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError


class Argon2Passwords:
    """Implements the core's `PasswordHasher`."""

    def __init__(self) -> None:
        self._hasher = PasswordHash.recommended()

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("an account that does not exist")

    def hash(self, password: str) -> str:
        """Return the salted hash; about a quarter of a second and 64 MiB."""
        return self._hasher.hash(password)

    def verify(self, password: str, hashed: str) -> bool:
        """Say whether the password fits; where there is no account it takes as long, so that none can be listed."""
        nobody = self._nobody  # made by the first try, whoever tries: only then does it take twice as long for all
        try:
            fits = self._hasher.verify(password, hashed or nobody)
        except PwdlibError:
            return False
        return fits and bool(hashed)

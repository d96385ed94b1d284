"""The devices of colleagues that hold passkeys, through py_webauthn (Web Authentication Level 3, 7.1 and 7.2)."""

import ipaddress
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bot.core.errors import NotAllowed
from bot.core.passkeys import CEREMONY, NewKey, Owner, Passkey, Shown

NOT_SHOWN: Final = "That did not work. Try again, or come in with your password."
_MOST_LETTERS: Final = 20_000
_PATIENCE: Final = int(CEREMONY.total_seconds()) * 1000
_VERIFIED: Final = UserVerificationRequirement.REQUIRED


class WebAuthnDevices:
    """Implements the core's `Authenticators` for the address colleagues reach the console by."""

    def __init__(self, public_url: str, name: str) -> None:
        address = urlsplit(public_url)
        self._site, self._name = address.hostname or "", name
        self._origin = f"{address.scheme}://{address.netloc}"

    @property
    def offered(self) -> bool:
        """Say whether browsers make keys for this address."""
        try:
            ipaddress.ip_address(self._site)
        except ValueError:
            return self._origin.startswith("https://") or self._site == "localhost"
        return False

    def to_add(self, owner: Owner, challenge: bytes, held: Sequence[Passkey]) -> str:
        """Ask for a key that is found without a name typed first, and whose owner the device makes sure of."""
        return options_to_json(
            generate_registration_options(
                rp_id=self._site,
                rp_name=self._name,
                user_id=owner.handle,
                user_name=owner.email,
                user_display_name=owner.name,
                challenge=challenge,
                timeout=_PATIENCE,
                exclude_credentials=[PublicKeyCredentialDescriptor(id=bytes.fromhex(one.id)) for one in held],
                authenticator_selection=AuthenticatorSelectionCriteria(
                    resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
                ),
            )
        )

    def added(self, answer: str, challenge: bytes) -> NewKey:
        """Judge a new key. Raises NotAllowed."""
        try:
            made = verify_registration_response(
                credential=_within_limits(answer),
                expected_challenge=challenge,
                expected_rp_id=self._site,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError) as refused:
            raise NotAllowed(NOT_SHOWN) from refused
        return NewKey(made.credential_id.hex(), made.credential_public_key.hex(), made.sign_count)

    def to_show(self, challenge: bytes) -> str:
        """Ask for any key of this address: whose it is, only its device says."""
        return options_to_json(
            generate_authentication_options(
                rp_id=self._site, challenge=challenge, timeout=_PATIENCE, user_verification=_VERIFIED
            )
        )

    def read(self, answer: str) -> Shown:
        """Read which key an answer names. Raises NotAllowed."""
        try:
            written = parse_authentication_credential_json(_within_limits(answer))
        except (WebAuthnException, ValueError, TypeError) as refused:
            raise NotAllowed(NOT_SHOWN) from refused
        return Shown(answer, written.raw_id.hex(), written.response.user_handle or b"")

    def judge(self, shown: Shown, challenge: bytes, passkey: Passkey) -> int:
        """Judge an answer; the counter is left to the caller, who tells a copied key from a wrong one.

        Raises NotAllowed.
        """
        try:
            judged = verify_authentication_response(
                credential=shown.answer,
                expected_challenge=challenge,
                expected_rp_id=self._site,
                expected_origin=self._origin,
                credential_public_key=bytes.fromhex(passkey.public_key),
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError) as refused:
            raise NotAllowed(NOT_SHOWN) from refused
        return judged.new_sign_count


def _within_limits(answer: str) -> str:
    if len(answer) > _MOST_LETTERS:
        raise ValueError("longer than any device's answer")
    return answer

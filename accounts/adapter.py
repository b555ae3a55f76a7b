"""What allauth asks us."""

from __future__ import annotations

import base64
import time

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator

from accounts.personal import seal, unseal
from accounts.second_factor import demanded_of

_SECRET = "mfa"  # noqa: S105 - what the ciphertext is bound to


class AccountAdapter(DefaultAccountAdapter):
    """Logins of people."""

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Before changing password, address or factor; a login of the last minutes counts as one.

        allauth would ask for the password again right after it was given.
        """
        records = get_authentication_records(self.request, self.request.user)
        latest = max((record["at"] for record in records), default=0.0)
        if time.time() - latest < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app))


class MFAAdapter(DefaultMFAAdapter):
    """Second factors: their secrets are encrypted at rest, and stay where a role demands them."""

    def encrypt(self, text: str) -> str:
        """Ciphertext in base64."""
        return base64.b64encode(seal(text.encode(), context=_SECRET)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The text given to `encrypt`."""
        return unseal(base64.b64decode(encrypted_text), context=_SECRET).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not while a role of the person demands one."""
        return not demanded_of(authenticator.user)


class OIDCAdapter(DefaultOIDCAdapter):
    """Tokens of machine clients: opaque, kept as hashes; the scopes are in `permissions.py`."""

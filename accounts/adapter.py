"""What allauth asks us."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.idp.oidc.adapter import DefaultOIDCAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Logins of people."""


class OIDCAdapter(DefaultOIDCAdapter):  # type: ignore[misc]
    """Tokens of machine clients."""

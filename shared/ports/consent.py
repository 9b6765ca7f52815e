"""Consent: an account owner's permission, at Google, to reach their contacts."""

from dataclasses import dataclass, field
from typing import Protocol

CONTACTS = "https://www.googleapis.com/auth/contacts"
"""The scope that reads and writes all contacts (people.v1 description, ``auth.oauth2.scopes``)."""


@dataclass(frozen=True, slots=True)
class Consented:
    """A consent that a person gave at Google.

    Attributes:
        google_id: Google's permanent id of the account (the ``sub`` of its ID token).
        email: The account's address, verified by Google.
        refresh_token: Opens the account until it is revoked. Keep it in the secret store, and nowhere else.
        scopes: The granted scopes; they may be fewer than requested, because people can untick boxes.
    """

    google_id: str
    email: str
    refresh_token: str = field(repr=False)
    scopes: frozenset[str]


class Consent(Protocol):
    """Google's consent screen and token endpoints, for access to contacts while their owner is away.

    Every method may raise `Misconfigured`: Google does not know this service's OAuth client.
    """

    def url(self, *, state: str, challenge: str, hint: str = "") -> str:
        """Return the address of Google's consent page.

        Args:
            state: Google sends it back with the answer.
            challenge: SHA-256 of the verifier (PKCE, RFC 7636 section 4.2, ``S256``).
            hint: The address of the account to connect, which Google then proposes.
        """

    def exchange(self, code: str, verifier: str) -> Consented:
        """Exchange the code that came back, which works once, for tokens.

        Raises:
            Denied: The code is not, or no longer, valid for this verifier; or no refresh token came with it.
            RetryLater: Google does not answer, or gives an invalid answer. The code may be used up anyway.
        """

    def revoke(self, refresh_token: str) -> None:
        """Revoke the owner's consent, newer tokens of the account included; calling it again is harmless.

        Raises:
            RetryLater: Google does not answer, or gives an invalid answer.
        """

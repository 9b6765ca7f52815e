"""Google's consent."""

from dataclasses import dataclass, field
from typing import Protocol

CONTACTS = "https://www.googleapis.com/auth/contacts"
"""The scope that reads and writes all contacts (people.v1 description, ``auth.oauth2.scopes``)."""


@dataclass(frozen=True, slots=True)
class Consented:
    """What a person allowed at Google.

    Attributes:
        google_id: Names the Google account for good (the ``sub`` of its ID token).
        email: Its address, verified by Google.
        refresh_token: Opens the account until it is revoked. It belongs in the secret store and nowhere else.
        scopes: What was granted, which may be less than was asked for: people can untick boxes.
    """

    google_id: str
    email: str
    refresh_token: str = field(repr=False)
    scopes: frozenset[str]


class Consent(Protocol):
    """Google's consent to reach an account's contacts, also while its owner is away.

    Raises, from every method: `Misconfigured` when Google does not know this service's OAuth client.
    """

    def url(self, *, state: str, challenge: str, hint: str = "") -> str:
        """The address of Google's consent page.

        Args:
            state: Comes back with the answer.
            challenge: SHA-256 of the verifier, as PKCE has it (RFC 7636 section 4.2, ``S256``).
            hint: The address of the account that is meant; Google then proposes that one.
        """

    def exchange(self, code: str, verifier: str) -> Consented:
        """Redeem once the code that came back.

        Raises:
            Denied: The code is not (or no longer) good for this verifier, or no refresh token came with it.
            RetryLater: Google does not answer, or not as it should. The code may be used up all the same.
        """

    def revoke(self, refresh_token: str) -> None:
        """End what the account's owner allowed, newer tokens of the account included; once or more often.

        Raises:
            RetryLater: Google does not answer, or not as it should.
        """

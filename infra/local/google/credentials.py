"""Who may do what: OAuth clients, the grants that users have given them, and access tokens.

Source of the rules: developers.google.com/identity/protocols/oauth2, "Refresh token expiration".
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

CONTACTS = "https://www.googleapis.com/auth/contacts"

ACCESS_TOKENS_LAST = timedelta(seconds=3599)
UNUSED_GRANTS_LAST = timedelta(days=182)
""""The refresh token has not been used for six months.\""""


@dataclass(slots=True)
class Grant:
    """What a user has allowed a client; its refresh token is the proof.

    Attributes:
        refresh_token: The token.
        client_id: The client it was given to; no other can use it.
        email: The account.
        scopes: What is allowed.
        last_used: When it was used last, or given.
        ends: When it ends in any case, None for never. With an app in "Testing" that is after 7 days.
        revoked: Whether the user has taken it back.
    """

    refresh_token: str
    client_id: str
    email: str
    scopes: frozenset[str]
    last_used: datetime
    ends: datetime | None
    revoked: bool = False

    def good(self, now: datetime) -> bool:
        """Whether it still gives access tokens."""
        used_lately = now - self.last_used <= UNUSED_GRANTS_LAST
        return not self.revoked and used_lately and (self.ends is None or now < self.ends)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A bearer token.

    Attributes:
        email: The account it opens.
        scopes: What it allows.
        expires: When it ends.
        grant: The grant it came from; None for one that was made for the user himself.
    """

    email: str
    scopes: frozenset[str]
    expires: datetime
    grant: Grant | None


class Credentials:
    """The clients, grants and access tokens that there are.

    Attributes:
        clients: Client secrets by client id.
        grants: By refresh token.
    """

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        self.clients: dict[str, str] = {}
        self.grants: dict[str, Grant] = {}
        self._access: dict[str, AccessToken] = {}
        self._now = now
        self._random = random

    def allow(
        self,
        email: str,
        client_id: str,
        scopes: Collection[str],
        refresh_token: str | None = None,
        lifetime: timedelta | None = None,
    ) -> Grant:
        """Note a user's consent, with the refresh token given or a new one."""
        token = refresh_token or f"1//{self._random.getrandbits(256):064x}"
        ends = self._now() + lifetime if lifetime else None
        grant = Grant(token, client_id, email, frozenset(scopes), self._now(), ends)
        self.grants[token] = grant
        return grant

    def mint(self, email: str, scopes: Collection[str], grant: Grant | None = None) -> str:
        """A new access token; with no grant it is the user's own."""
        token = f"ya29.{self._random.getrandbits(256):064x}"
        expires = self._now() + ACCESS_TOKENS_LAST
        self._access[token] = AccessToken(email, frozenset(scopes), expires, grant)
        return token

    def bearer(self, token: str) -> AccessToken | None:
        """What an access token allows; None when it is unknown, has expired or was revoked with its grant."""
        access = self._access.get(token)
        if access is None or access.expires <= self._now() or (access.grant and access.grant.revoked):
            return None
        return access

    def exchange(self, refresh_token: str) -> Grant | None:
        """The grant of a refresh token, marked as used; None when the token is good for nothing."""
        grant = self.grants.get(refresh_token)
        if grant is None or not grant.good(self._now()):
            return None
        grant.last_used = self._now()
        return grant

    def revoke(self, refresh_token: str) -> bool:
        """Take a grant back; False when there is none."""
        grant = self.grants.get(refresh_token)
        if grant:
            grant.revoked = True
        return grant is not None

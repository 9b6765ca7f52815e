"""Who may do what: OAuth clients, the grants that users have given them, and access tokens.

Source of the rules: developers.google.com/identity/protocols/oauth2, "Refresh token expiration".
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

CONTACTS = "https://www.googleapis.com/auth/contacts"

ACCESS_TOKENS_LAST = timedelta(seconds=3599)
UNUSED_GRANTS_LAST = timedelta(days=182)
""""The refresh token has not been used for six months.\""""
REFRESH_TOKENS_LIVE = 100
""""100 refresh tokens per Google Account per OAuth 2.0 client ID"; of more the oldest ends unannounced."""


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth client: a program that asks users for access.

    Attributes:
        secret: What it proves itself with.
        redirect_uris: Where a user's browser may be sent back to, to the letter.
        name: What users know it by.
    """

    secret: str
    redirect_uris: frozenset[str] = frozenset()
    name: str = "This app"


@dataclass(slots=True)
class Grant:
    """A user's permission to a client in one consent; its refresh token is the proof.

    Attributes:
        refresh_token: The token; None when none was given, or when newer ones have superseded it.
        client_id: The client it was given to; no other can use it.
        email: The account.
        scopes: What is allowed.
        last_used: When it was used last, or given.
        ends: When it ends in any case, None for never. With an app in "Testing" that is after 7 days.
        revoked: Whether the user has taken it back.
    """

    refresh_token: str | None
    client_id: str
    email: str
    scopes: frozenset[str]
    last_used: datetime
    ends: datetime | None
    revoked: bool = False

    def good(self, now: datetime) -> bool:
        """Return whether it still gives access tokens."""
        used_lately = now - self.last_used <= UNUSED_GRANTS_LAST
        return not self.revoked and used_lately and (self.ends is None or now < self.ends)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A bearer token.

    Attributes:
        email: The account it opens.
        scopes: What it allows.
        expires: When it ends.
        grant: The grant it came from; None for one that was made without consent.
        of_owner: Whether it is the account's owner who has it, at work in Google's own pages, and no program.
    """

    email: str
    scopes: frozenset[str]
    expires: datetime
    grant: Grant | None
    of_owner: bool = False


class Credentials:
    """The clients, grants and access tokens that there are.

    Attributes:
        clients: By client id.
        grants: By refresh token.
    """

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        self.clients: dict[str, Client] = {}
        self.grants: dict[str, Grant] = {}
        self._given: dict[tuple[str, str], list[Grant]] = {}
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
        self._given.setdefault((email, client_id), []).append(grant)
        self._supersede(self.standing(email, client_id))
        return grant

    def allow_online(self, email: str, client_id: str, scopes: Collection[str]) -> Grant:
        """Note a user's consent that comes without a refresh token."""
        grant = Grant(None, client_id, email, frozenset(scopes), self._now(), None)
        self._given.setdefault((email, client_id), []).append(grant)
        return grant

    def standing(self, email: str, client_id: str) -> Sequence[Grant]:
        """Return the consents of an account to a client that are still good, oldest first."""
        return [grant for grant in self._given.get((email, client_id), ()) if grant.good(self._now())]

    def _supersede(self, standing: Sequence[Grant]) -> None:
        with_token = [grant for grant in standing if grant.refresh_token]
        for grant in with_token[:-REFRESH_TOKENS_LIVE]:
            self.grants.pop(grant.refresh_token or "", None)
            grant.refresh_token = None

    def mint(
        self, email: str, scopes: Collection[str], grant: Grant | None = None, *, of_owner: bool = False
    ) -> str:
        """Return a new access token."""
        token = f"ya29.{self._random.getrandbits(256):064x}"
        expires = self._now() + ACCESS_TOKENS_LAST
        self._access[token] = AccessToken(email, frozenset(scopes), expires, grant, of_owner)
        return token

    def bearer(self, token: str) -> AccessToken | None:
        """Return what an access token allows; None if unknown, expired or revoked with its grant."""
        access = self._access.get(token)
        if access is None or access.expires <= self._now() or (access.grant and access.grant.revoked):
            return None
        return access

    def exchange(self, refresh_token: str) -> Grant | None:
        """Return the grant of a refresh token, marked as used; None when the token is good for nothing."""
        grant = self.grants.get(refresh_token)
        if grant is None or not grant.good(self._now()):
            return None
        grant.last_used = self._now()
        return grant

    def revoke(self, token: str) -> bool:
        """Take back everything that the token's user has allowed its client, newer tokens included.

        Args:
            token: A refresh token or an access token.

        Returns:
            False when the token is good for nothing, and nothing was done.
        """
        grant = self._grant_of(token)
        if grant is None:
            return False
        for given in self._given[grant.email, grant.client_id]:
            given.revoked = True
        return True

    def revoke_all(self, email: str) -> None:
        """Take back everything that an account's user has allowed any client."""
        for (owner, _), grants in list(self._given.items()):
            if owner == email:
                for grant in grants:
                    grant.revoked = True

    def end_access_tokens(self, email: str) -> None:
        """End all access tokens that clients have for an account; their refresh tokens give new ones."""
        self._access = {
            token: access
            for token, access in list(self._access.items())
            if access.email != email or access.of_owner
        }

    def _grant_of(self, token: str) -> Grant | None:
        grant = self.grants.get(token)
        if grant:
            return grant if grant.good(self._now()) else None
        access = self.bearer(token)
        return access.grant if access else None

"""What the side API is asked: the bodies of its requests."""

from collections.abc import Sequence

import msgspec

from infra.standins.google.credentials import CONTACTS
from infra.standins.google.deeds import Deed
from infra.standins.google.wording import Form


class Minting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An access token for the user."""

    scopes: Sequence[str] = (CONTACTS,)


class Revocation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A refresh token whose user takes back whatever its client was allowed."""

    refresh_token: str


class NextConsent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answer to the next consent."""

    refresh_token: bool


class Merge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Contacts that their owner merges, and whether the resource name changes that is left."""

    contacts: Sequence[str]
    new_name: bool = True


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A contact that is linked with its person's profile, which changes its resource name."""

    contact: str


class Copy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A contact to copy, and whether with its client data and its labels."""

    contact: str
    client_data: bool = False
    labels: bool = False


class Restore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A contact that its owner takes out of the trash."""

    contact: str


class Undo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The seconds of changes that are undone, and whether those of labels too."""

    seconds: float
    labels: bool = False


class Reword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Contacts that a phone saves anew, and in which forms."""

    contacts: Sequence[str]
    forms: Sequence[Form]


class Doing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A deed of somebody in an account."""

    deed: Deed


class LongQuota(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For how long an account's long quota is exhausted; 0 for no longer."""

    seconds: float


class Advance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The seconds by which the clock is moved on."""

    forward_seconds: float

"""Link: a signed way in from SIMPLer, which works once, within five minutes."""

import secrets
from datetime import timedelta

import msgspec

from functions.user import GCONTACT, User
from shared.errors import AlreadyThere, Denied
from shared.ports import Put
from shared.typed import from_plain
from shared.usecases.base.documents import to_document
from shared.usecases.base.services import Services

LINK_SECONDS = 300
"""Seconds in which a link can be used."""

USED_LINK_KEPT = timedelta(days=1)
"""The time for which we remember that a link was used: far longer than two clocks may differ."""

LINK_PURPOSE = "link"


class Link(msgspec.Struct, frozen=True):
    """The content of a link.

    Attributes:
        wisp: The wisp's id.
        user: The user whom it lets in, with only the rights that matter here.
        nonce: A random value, unique to this link.
    """

    wisp: str
    user: User
    nonce: str


def make(services: Services, wisp: str, user: User) -> str:
    """Return a new link's token for a user of a wisp."""
    rights = tuple(right for right in user.rights if right == GCONTACT)
    link = Link(wisp, User(user.id, user.email, rights, user.name), secrets.token_hex(16))
    return services.signed().sign(LINK_PURPOSE, to_document(link))


def redeem(services: Services, token: str) -> Link:
    """Use a token up and return its link; raise `Denied` if it is forged, expired or used."""
    read = services.signed().read(LINK_PURPOSE, token, LINK_SECONDS)
    link = from_plain(read, Link)
    now = services.clock.now()
    used = Put(f"links/{link.nonce}", {"used": now.isoformat()}, expires=now + USED_LINK_KEPT, new=True)
    try:
        services.state.write(used)
    except AlreadyThere as error:
        raise Denied(
            "link.used",
            "a link to the console was used a second time",
            "This link has been used already; each opens the page once. Please open it again from SIMPLer.",
        ) from error
    return link

"""Trial: SIMPLer is really called with a wisp's settings, and what they make of its records is shown."""

from collections import Counter
from collections.abc import Mapping
from itertools import islice

import msgspec

from shared.domain.contact.card import Card, PostalAddress
from shared.domain.model.credentials import Credentials
from shared.domain.model.wisp import Wisp
from shared.domain.sync.desired import contacts_of
from shared.errors import Misconfigured, StopRun, Trouble
from shared.ports import Listing
from shared.usecases.base.services import Services
from shared.usecases.sync.desired import gather
from shared.usecases.wisps.effect import Effect, effects_of
from shared.usecases.wisps.rules import INVALID, Flaw

MOST_SAMPLES = 5
"""Records that are shown as contacts."""

_MOST_NAMED = 20
"""Statuses, and reasons, that are told with their counts."""


_EMPTY = "SIMPLer's list of customers is empty: check the API user's rights, and simpler_operator."

_QUOTED = {"simpler.address": "simpler_url", "simpler.profile": "simpler_profile"}
"""Failures that say themselves what of the setting is wrong."""

SENTENCES = {
    "simpler.denied": (
        "credentials",
        "SIMPLer lets nobody in by these: check them, simpler_operator, and SIMPLer's list of addresses.",
    ),
    "simpler.down": (
        "simpler_url",
        "SIMPLer cannot be reached at this address, or is out of order: check it, or try again later.",
    ),
    "simpler.slow": ("simpler_url", "SIMPLer took too long to answer: try again later."),
    "simpler.certificate": (
        "simpler_url",
        "The certificate of this address is not valid: renew it, or check the host.",
    ),
    "simpler.redirected": (
        "simpler_url",
        "SIMPLer leads from this address to another, which is not followed: give that one.",
    ),
    "simpler.refused": (
        "simpler_profile",
        "SIMPLer did not accept the call: check the address, and the call's members in simpler_profile.",
    ),
    "simpler.not_json": (
        "simpler_url",
        "What answers at this address is not SIMPLer's API: check it, and the path in simpler_profile.",
    ),
    "simpler.shape": (
        "simpler_profile",
        "SIMPLer's answer is not built as simpler_profile says: check the paths in listing.",
    ),
    "simpler.incomplete": (
        "simpler_profile",
        "SIMPLer's list does not come to its proven end: check the paging in simpler_profile.",
    ),
    "simpler.truncated": ("simpler_url", "SIMPLer's answer was cut short: try again later."),
    "simpler.huge": ("simpler_profile", "SIMPLer's answer is too large: have it paged by simpler_profile."),
}
"""The setting to look at for each failure of SIMPLer's, and what to do."""


class Count(msgspec.Struct, frozen=True):
    """How many records have something in common.

    Attributes:
        what: A status, or the reason why a record cannot become a contact.
        records: How many.
    """

    what: str
    records: int


class Sample(msgspec.Struct, frozen=True):
    """A record as its contact would look.

    Attributes:
        customer: The customer's id.
        name: What a phone shows.
        company: The company's name, or empty.
        phones: In international format.
        emails: Most important first.
        addresses: On one line each.
        rows: The rows below them: ``Site: Blarney``.
    """

    customer: str
    name: str
    company: str
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    addresses: tuple[str, ...]
    rows: tuple[str, ...]


class Found(msgspec.Struct, frozen=True):
    """What SIMPLer gave.

    Attributes:
        records: How many records came.
        contacts: How many of them would be contacts.
        left_out: How many would be, were their records not left out.
        statuses: The statuses that records have, the most frequent first.
        unusable: Why records cannot become contacts.
        sample: Some of the contacts.
    """

    records: int
    contacts: int
    left_out: int
    statuses: tuple[Count, ...]
    unusable: tuple[Count, ...]
    sample: tuple[Sample, ...]


class Trial(msgspec.Struct, frozen=True):
    """How the call to SIMPLer went.

    Attributes:
        found: What SIMPLer gave; None when it gave nothing.
        flaw: What is wrong; None when that can be used.
        effects: What the next run would do in the wisp's accounts, when it can be used.
    """

    found: Found | None
    flaw: Flaw | None = None
    effects: tuple[Effect, ...] = ()


def try_simpler(services: Services, wisp: Wisp, credentials: Credentials) -> Trial:
    """Read all of SIMPLer's customers by these settings; nothing is kept.

    Raises:
        Trouble: What went wrong is not known to lie with a setting.
    """
    try:
        listing = services.trial(wisp, credentials).customers(is_awaited=True)
        found = _found(listing, wisp)
    except (Misconfigured, StopRun) as trouble:
        return Trial(None, _told(trouble))
    if flaw := _nothing(found, len(listing.records)):
        return Trial(found, flaw)
    return Trial(found, None, effects_of(services, wisp, gather(listing, wisp, services.clock.now())))


def _told(trouble: Trouble) -> Flaw:
    """Say which setting to look at; what is said of an address or a profile quotes only what was given."""
    if trouble.reason in _QUOTED:
        return Flaw(_QUOTED[trouble.reason], trouble.reason, trouble.message)
    if trouble.reason not in SENTENCES:
        raise trouble
    setting, sentence = SENTENCES[trouble.reason]
    return Flaw(setting, trouble.reason, sentence)


def _nothing(found: Found, usable: int) -> Flaw | None:
    """Say why there would be no contact at all; None when there are some."""
    if found.contacts:
        return None
    if not found.records:
        return Flaw("credentials", "simpler.empty", _EMPTY)
    if not usable:
        reasons = ", ".join(f"{each.what}: {each.records}" for each in found.unusable)
        sentence = (
            f"None of SIMPLer's {found.records} records can be used ({reasons}). Check the members' names."
        )
        return Flaw("simpler_profile", INVALID, sentence)
    if found.left_out:
        return Flaw("left_out", INVALID, f"All {found.left_out} contacts are left out: leave out fewer.")
    known = ", ".join(f"{each.what or 'none'} ({each.records})" for each in found.statuses)
    return Flaw("statuses", INVALID, f"No record is in one of these statuses. Those of SIMPLer are: {known}.")


def _found(listing: Listing, wisp: Wisp) -> Found:
    statuses = Counter(record.status for record in listing.records.values())
    contacts = contacts_of(listing.records, wisp)
    return Found(
        records=listing.total,
        contacts=len(contacts),
        left_out=sum(statuses[status] for status in statuses if wisp.wants(status)) - len(contacts),
        statuses=_counts(statuses),
        unusable=_counts(Counter(skipped.reason for skipped in listing.skipped)),
        sample=tuple(_sample(record.card()) for record in islice(contacts.values(), MOST_SAMPLES)),
    )


def _counts(counter: Mapping[str, int]) -> tuple[Count, ...]:
    most = sorted(counter.items(), key=lambda each: (-each[1], each[0]))[:_MOST_NAMED]
    return tuple(Count(what, records) for what, records in most)


def _sample(card: Card) -> Sample:
    return Sample(
        customer=card.customer,
        name=card.display,
        company=card.company,
        phones=tuple(phone.number for phone in card.phones),
        emails=card.emails,
        addresses=tuple(map(_line, card.addresses)),
        rows=tuple(f"{title}: {text}" for title, text in card.details),
    )


def _line(address: PostalAddress) -> str:
    parts = (*address.street.split("\n"), address.city, address.region, address.postcode, address.country)
    return ", ".join(filter(None, parts))

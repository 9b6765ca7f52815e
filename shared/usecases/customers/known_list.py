"""Known list: SIMPLer's list of customers, read once for many clicks.

SIMPLer's API has no search. Its list is remembered for some minutes in this process, with what pages made
of it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from threading import RLock

import msgspec

from shared.domain.contact.text import folded
from shared.domain.model.wisp import Wisp
from shared.domain.sync.desired import Record, contacts_of
from shared.once import MadeOnce
from shared.ports import Listing
from shared.usecases.base.memory import Remembered
from shared.usecases.base.services import Services
from shared.usecases.customers.findings import Findings, findings_of

NO_DIGITS = re.compile(r"[^\d\n]+")
"""What is between the digits of a line."""

PlaceNames = tuple[str, ...]
"""The names of the sites, or the access points, at which a customer is served: one, as a rule."""


class AccessPoint(msgspec.Struct, frozen=True):
    """An access point: its name, "" where records name none; and how many contacts it serves."""

    name: str
    contacts: int


class ServingSite(msgspec.Struct, frozen=True):
    """A site: its name, "" where records name none; how many contacts it serves; its access points."""

    name: str
    contacts: int
    access_points: tuple[AccessPoint, ...]


class KnownList:
    """SIMPLer's list, with what is made of it when it is needed first.

    Attributes:
        listing: The list.
        alone: The lock under which the rest is made: work that is long for a large wisp.
    """

    def __init__(self, listing: Listing, wisp: Wisp) -> None:
        """Keep the list, and the settings by which it was read."""
        self.listing = listing
        self.alone = RLock()
        self._wisp = wisp

    @MadeOnce
    def contacts(self) -> Mapping[str, Record]:
        """The records of the customers who are contacts, in SIMPLer's order."""
        return contacts_of(self.listing.records, self._wisp)

    @MadeOnce
    def findings(self) -> Findings:
        """What somebody should correct in the contacts' records."""
        return findings_of(self.contacts)

    @MadeOnce
    def words(self) -> Mapping[str, str]:
        """What is typed in each record, by customer: without case and accents, a member a line."""
        words = {
            customer: without_accents("\n".join([customer, *(text for _, text in record.typed())]))
            for customer, record in self.listing.records.items()
        }
        return words | {
            each.customer: without_accents(each.customer) for each in self.listing.skipped if each.customer
        }

    @MadeOnce
    def digits(self) -> Mapping[str, str]:
        """The digits in that."""
        return {customer: NO_DIGITS.sub("", text) for customer, text in self.words.items()}

    @MadeOnce
    def places(self) -> Sequence[tuple[str, PlaceNames, PlaceNames]]:
        """Each contact's customer, sites and access points; one empty name where SIMPLer has none."""
        return [
            (customer, _names(record.places("site")), _names(record.places("ap")))
            for customer, record in self.contacts.items()
        ]

    @MadeOnce
    def sites(self) -> tuple[ServingSite, ...]:
        """The sites that serve contacts, by name; each name as it is written first."""
        names: dict[str, str] = {}
        at_site: Counter[str] = Counter()
        at_ap: dict[str, Counter[str]] = {}
        for _, sites, aps in self.places:
            for name in (*sites, *aps):
                names.setdefault(folded(name), name)
            for site in map(folded, sites):
                at_site[site] += 1
                at_ap.setdefault(site, Counter()).update(map(folded, aps))
        return tuple(
            ServingSite(
                names[site],
                contacts,
                tuple(AccessPoint(names[ap], n) for ap, n in sorted(at_ap[site].items(), key=_by_name)),
            )
            for site, contacts in sorted(at_site.items(), key=_by_name)
        )


def known_list(services: Services, wisp: Wisp, *, anew: bool = False) -> Remembered[KnownList]:
    """Return a wisp's list as SIMPLer had it some minutes ago at most.

    Args:
        services: The ports.
        wisp: Its settings.
        anew: Have SIMPLer list its customers anew.

    Raises:
        StopRun: SIMPLer's list cannot be read.
        Misconfigured: Its address, profile or credentials are wrong.
    """
    key = ("customers", msgspec.json.encode(wisp, order="deterministic"))
    now = services.clock.now()
    return services.memory.get(
        key, now, lambda: KnownList(services.source(wisp).customers(is_awaited=True), wisp), anew=anew
    )


def without_accents(text: str) -> str:
    """Return a text without case and accents, as hurried people type it."""
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _by_name(counted: tuple[str, int]) -> tuple[bool, str]:
    """Sort those without a name behind all others."""
    return not counted[0], counted[0]


def _names(texts: Sequence[str]) -> PlaceNames:
    """Return names of places as people write them, each once."""
    found: dict[str, str] = {}
    for name in texts:
        found.setdefault(folded(name), name)
    return tuple(found.values()) or ("",)

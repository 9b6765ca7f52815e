"""Source: SIMPLer as the source of a wisp's customers, each id once, with the doubts about who is absent."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from typing import NamedTuple

from shared.adapters.simpler.address import read_address
from shared.adapters.simpler.client import (
    BOUNDS,
    Bounds,
    SimplerClient,
    SimplerSession,
)
from shared.adapters.simpler.errors import stop
from shared.adapters.simpler.pagination import read_pages
from shared.adapters.simpler.profile import load_profile
from shared.adapters.simpler.record import Reader, SimplerRecord, id_in
from shared.domain.contact.customer import Customer, Skipped
from shared.domain.model.credentials import Credentials, read_credentials
from shared.domain.model.wisp import Wisp
from shared.domain.sync.desired import Record
from shared.errors import StopRun
from shared.ports import Clock, Listing, SecretStore
from shared.prefetch import prefetch

_NAMED = 10
"""The most positions that a doubt names; it only counts the others."""

_ODD = frozenset({"simpler.shape", "simpler.not_json", "simpler.refused"})
"""What can be wrong with SIMPLer's answer about one customer while others are answered well."""

RECORDS_OF_A_LOOKUP = 50
"""Records of a list that cost SIMPLer as much as one lookup, whose price is the request."""


class SimplerSource:
    """The `CustomerSource` port on SIMPLer's REST API.

    Keeps nothing between calls: each opens a connection, reads the credentials and closes it again.
    """

    def __init__(
        self,
        wisp: Wisp,
        secrets: SecretStore,
        clock: Clock,
        limits: Bounds = BOUNDS,
        credentials: Credentials | None = None,
    ) -> None:
        """Check the wisp's settings; nothing is asked of SIMPLer yet.

        Args:
            wisp: Its settings.
            secrets: Where its credentials are.
            clock: Time.
            limits: What a call may take.
            credentials: Those to call with; None: the wisp's own.

        Raises:
            Misconfigured: `simpler_url` or `simpler_profile` is wrong.
        """
        self._wisp = wisp
        self._secrets = secrets
        self._clock = clock
        self._limits = limits
        self._credentials = credentials
        self._profile = load_profile(wisp.simpler_profile)
        self._address = read_address(wisp.simpler_url)
        self._reader = Reader(wisp, self._profile, self._address.server)

    def customers(self, *, is_awaited: bool = False) -> Listing:
        """List every customer, to the proven end; in less time where somebody waits for it.

        Raises:
            StopRun: The listing failed, was cut short, did not parse or was refused.
            Misconfigured: The secret is missing or not what it must be.
            RetryLater: The secret store cannot be reached.
        """
        with self._client(self._limits.awaited if is_awaited else self._limits.listing) as client:
            return self._listed(client)

    def customer(self, customer: str) -> SimplerRecord | Skipped | None:
        """Look up one customer as SIMPLer has it now; None when SIMPLer says that there is none of that id.

        A record without an id, or with another than was asked for, may be anybody's. It is skipped, and says
        nothing of whether that customer exists.

        Raises:
            StopRun: The call failed, was refused or gave no record.
            Misconfigured: The secret is missing or not what it must be.
            RetryLater: The secret store cannot be reached.
        """
        with self._client(self._limits.lookup) as client:
            return self._looked_up(client, customer)

    def some(self, customers: Sequence[str], listed: int | None) -> Mapping[str, Record | Skipped | None]:
        """Look several customers up over one connection, in the time of one; by the list where that is less.

        Raises:
            StopRun: A call failed, or was refused; or all gave no record, where one that does is skipped.
            Misconfigured: The secret is missing or not what it must be.
            RetryLater: The secret store cannot be reached.
        """
        known: Mapping[str, Record | Skipped] = {}
        with self._client(self._limits.lookup) as client:
            if listed is not None and listed < len(customers) * RECORDS_OF_A_LOOKUP:
                listing = self._listed(client)
                known = {**listing.records, **{each.customer: each for each in listing.skipped}}
            found = {id_: known.get(id_) or self._some_one(client, id_) for id_ in customers}
        odd = [each for each in found.values() if isinstance(each, StopRun)]
        if odd and len(odd) == len(found):
            raise odd[0]
        return {
            id_: Skipped(id_, "not a record", 1) if isinstance(each, StopRun) else each
            for id_, each in found.items()
        }

    def _some_one(self, client: SimplerClient, customer: str) -> SimplerRecord | Skipped | StopRun | None:
        """Look one of several up; an answer that is odd may be odd for this one only, and is returned."""
        try:
            return self._looked_up(client, customer)
        except StopRun as error:
            if error.reason not in _ODD:
                raise
            return error

    def _listed(self, client: SimplerClient) -> Listing:
        call = self._profile.listing
        with closing(prefetch(read_pages(partial(client.list, call), call, self._limits.pages))) as pages:
            return _assemble(pages, self._reader)

    def _looked_up(self, client: SimplerClient, customer: str) -> SimplerRecord | Skipped | None:
        raw = client.look_up(self._profile.lookup, customer)
        if raw is None:
            return None
        record = _only(raw)
        if isinstance(record, list) and {id_in(self._reader.record(each, 1)) for each in record} == {
            customer
        }:
            return Skipped(customer, "id used twice", 1)
        if not isinstance(record, dict):
            raise stop("simpler.shape", f"the member {self._profile.lookup.record} is no record")
        found = self._reader.record(record, 1)
        id_ = id_in(found)
        return found if id_ == customer else Skipped(customer, "another id" if id_ else "no id", 1)

    @contextmanager
    def _client(self, seconds: float) -> Iterator[SimplerClient]:
        with SimplerSession() as session:
            yield SimplerClient(
                session,
                self._clock,
                address=self._address,
                credentials=self._credentials or self._own_credentials(),
                operator=self._wisp.simpler_operator,
                error=self._profile.error,
                limits=self._limits,
                seconds=seconds,
            )

    def _own_credentials(self) -> Credentials:
        name = self._wisp.simpler_secret
        return read_credentials(self._secrets.get(name), name, self._wisp.simpler_url)


def _only(raw: object) -> object:
    """Return the record, also where SIMPLer puts it in a list; several stay a list, which no record is."""
    return raw[0] if isinstance(raw, list) and len(raw) == 1 else raw


class _Sighting(NamedTuple):
    """A record of an id: on which page it stood, and what it was."""

    page: int
    position: int
    outcome: SimplerRecord | Skipped


def _assemble(pages: Iterable[Sequence[object]], reader: Reader) -> Listing:
    """Read every record, and settle ids that occur twice: equal records count once, others not at all."""
    total = 0
    nameless: list[Skipped] = []
    first: dict[str, _Sighting] = {}
    again: dict[str, list[_Sighting]] = defaultdict(list)
    for page, records in enumerate(pages):
        for raw in records:
            total += 1
            outcome = reader.record(raw, total)
            seen = _Sighting(page, total, outcome)
            if isinstance(outcome, Skipped) and not outcome.customer:
                nameless.append(outcome)
            elif (other := first.setdefault(id_in(outcome), seen)) is not seen:
                again[id_in(other.outcome)].append(seen)
    several = {customer: [first.pop(customer), *others] for customer, others in again.items()}
    settled = [seen.outcome for seen in first.values()]
    settled += [
        outcome for customer, sightings in several.items() for outcome in _settle(customer, sightings)
    ]
    skipped = [outcome for outcome in settled if isinstance(outcome, Skipped)]
    return Listing(
        records={outcome.id: outcome for outcome in settled if isinstance(outcome, SimplerRecord)},
        skipped=tuple(sorted([*skipped, *nameless], key=lambda outcome: outcome.position)),
        total=total,
        doubts=(*_no_id(nameless), *_moved(several.values())),
    )


def _settle(customer: str, sightings: Sequence[_Sighting]) -> Sequence[SimplerRecord | Skipped]:
    """Compare the records of one id by everything that is read of them."""
    outcomes = [seen.outcome for seen in sightings]
    contents = [one.reason if isinstance(one, Skipped) else one.customer() for one in outcomes]
    if all(content == contents[0] for content in contents):
        return outcomes[:1]
    names = [content.name if isinstance(content, Customer) else "" for content in contents]
    return [
        Skipped(customer, "id used twice", seen.position, name)
        for seen, name in zip(sightings, names, strict=True)
    ]


def _no_id(nameless: list[Skipped]) -> list[str]:
    positions = [str(outcome.position) for outcome in nameless]
    match positions:
        case []:
            return []
        case [only]:
            return [f"the record at position {only} has no id, so it may be any customer"]
    more = len(positions) - _NAMED
    named = ", ".join(positions[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    return [f"the records at positions {named} have no id, so they may be any customers"]


def _moved(several: Iterable[Sequence[_Sighting]]) -> list[str]:
    moved = sum(len({seen.page for seen in sightings}) > 1 for sightings in several)
    if not moved:
        return []
    who = "1 customer stands" if moved == 1 else f"{moved} customers stand"
    return [f"{who} on two pages: the list moved while it was read, so others may be missing from it"]

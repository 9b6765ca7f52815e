"""SIMPLer as the source of a wisp's customers."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

from shared.adapters.simpler.address import read_address
from shared.adapters.simpler.client import SimplerClient, read_credentials
from shared.adapters.simpler.errors import stop
from shared.adapters.simpler.listing import assemble
from shared.adapters.simpler.pagination import read_pages
from shared.adapters.simpler.profile import load_profile
from shared.adapters.simpler.record import Reader, SimplerRecord, id_in
from shared.adapters.simpler.wire import BOUNDS, Bounds, SimplerSession, Wire
from shared.domain.contact.customer import Skipped
from shared.domain.model.wisp import Wisp
from shared.ports import Clock, Listing, SecretStore
from shared.prefetch import prefetch


class SimplerSource:
    """The `CustomerSource` port on SIMPLer's REST API.

    Keeps nothing between calls: each opens a connection, reads the credentials and closes it again.
    """

    def __init__(self, wisp: Wisp, secrets: SecretStore, clock: Clock, limits: Bounds = BOUNDS) -> None:
        """Check the wisp's settings; nothing is asked of SIMPLer yet.

        Raises:
            Misconfigured: `simpler_url` or `simpler_profile` is wrong.
        """
        self._wisp = wisp
        self._secrets = secrets
        self._clock = clock
        self._limits = limits
        self._profile = load_profile(wisp.simpler_profile)
        self._address = read_address(wisp.simpler_url)
        self._reader = Reader(wisp, self._profile, self._address.server)

    def customers(self) -> Listing:
        """Every customer, complete.

        Raises:
            StopRun: The listing failed, was cut short, did not parse or was refused.
            Misconfigured: The secret is missing or not what it must be.
            RetryLater: The secret store cannot be reached.
        """
        call = self._profile.listing
        with (
            self._client(self._limits.listing) as client,
            closing(prefetch(read_pages(partial(client.list, call), call, self._limits.pages))) as pages,
        ):
            return assemble(pages, self._reader)

    def customer(self, customer: str) -> SimplerRecord | Skipped | None:
        """One customer as SIMPLer has it now; None when SIMPLer says that there is none of that id.

        A record without an id, or with another than was asked for, may be anybody's. It is skipped, and says
        nothing of whether that customer exists.

        Raises:
            StopRun: The call failed, was refused or gave no record.
            Misconfigured: The secret is missing or not what it must be.
            RetryLater: The secret store cannot be reached.
        """
        call = self._profile.lookup
        with self._client(self._limits.lookup) as client:
            raw = client.look_up(call, customer)
        if raw is None:
            return None
        record = _only(raw)
        if isinstance(record, list) and {id_in(self._reader.record(each, 1)) for each in record} == {
            customer
        }:
            return Skipped(customer, "id used twice", 1)
        if not isinstance(record, dict):
            raise stop("simpler.shape", f"the member {call.record} is no record")
        found = self._reader.record(record, 1)
        id_ = id_in(found)
        return found if id_ == customer else Skipped(customer, "another id" if id_ else "no id", 1)

    @contextmanager
    def _client(self, seconds: float) -> Iterator[SimplerClient]:
        credentials = read_credentials(self._secrets, self._wisp.simpler_secret)
        with SimplerSession() as session:
            deadline = self._clock.monotonic() + seconds
            wire = Wire(session, self._limits, self._clock, deadline=deadline)
            yield SimplerClient(
                wire=wire,
                address=self._address,
                credentials=credentials,
                operator=self._wisp.simpler_operator,
                error=self._profile.error,
                limits=self._limits,
                clock=self._clock,
            )


def _only(raw: object) -> object:
    """The record, also where SIMPLer puts it in a list; a list of several stays one, which no record is."""
    return raw[0] if isinstance(raw, list) and len(raw) == 1 else raw

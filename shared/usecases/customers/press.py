"""Press: a customer's button. Synchronises one customer now, or leaves them to the run that is under way."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from shared.domain.model.run import CustomerOutcome
from shared.usecases.base.documents import accounts_of, load_wisp
from shared.usecases.base.leases import lease_of
from shared.usecases.base.services import Services
from shared.usecases.base.steady_clock import with_steady_clock
from shared.usecases.customers.intake import drain_after_release, hand_on_rest
from shared.usecases.customers.press_queue import SOON, Press, drop, enqueue_run, queued, store
from shared.usecases.customers.sync import check_id

TAKE_UP = ("run", "disconnect")
"""For these a wisp's lease is held by whoever takes up the presses that came meanwhile."""


class Pressed(msgspec.Struct, frozen=True):
    """The outcome of a press.

    Attributes:
        state: "done", or "taken_in" by somebody else, who handles the press soon.
        accounts: What became of the customer in each account; empty until it is done.
        run: The run that takes the press in; empty when that is not known.
        by: Who started that run.
        press: The id by which `sync_status` tells what became of the press; empty when it is done.
    """

    state: Literal["done", "taken_in"]
    accounts: list[CustomerOutcome] = msgspec.field(default_factory=list)
    run: str = ""
    by: str = ""
    press: str = ""


def sync_customer(services: Services, wisp_id: str, customer: str, by: str) -> Pressed:
    """Synchronise one customer.

    Args:
        services: The ports.
        wisp_id: The wisp's id.
        customer: The customer's id in SIMPLer.
        by: The user's address.

    Raises:
        SkipCustomer: The id cannot be a customer's.
        Misconfigured: The wisp does not exist, or has no account.
        RetryLater: No run could be enqueued for what must be tried again; the press waits for the next run.
    """
    services = with_steady_clock(services)
    check_id(customer)
    wisp = load_wisp(services.state, wisp_id)
    accounts = accounts_of(services.state, wisp)
    press = store(services, wisp.id, customer, by)
    done = drain_after_release(services, wisp, accounts, own=press)
    hand_on_rest(services, wisp.id, done, press)
    if customer not in done:
        return _taken_in(services, wisp.id, press)
    outcomes = done[customer]
    if any(each.result == "failed" for each in outcomes) and not any(each.again for each in outcomes):
        drop(services, wisp.id, press)  # their user has just been told; what went well is forgotten already
    return Pressed("done", outcomes)


def _taken_in(services: Services, wisp: str, press: Mapping[str, Press]) -> Pressed:
    """Say which run takes the press in; enqueue one if no run holds the lease.

    Enqueue one while somebody else holds it too, but for whoever takes up presses at their end: another press
    may have died, and no task repeats it.
    """
    lease, _ = services.leases.look(lease_of(wisp))
    claim = lease.claim if lease else None
    if (not claim or claim.kind not in TAKE_UP) and press.keys() & queued(services, wisp).keys():
        enqueue_run(services, wisp, within=SOON)
    (id_,) = press
    return Pressed("taken_in", run=claim.run if claim else "", by=claim.holder if claim else "", press=id_)

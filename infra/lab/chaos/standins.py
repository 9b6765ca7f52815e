"""Stand-ins: those of one worker, in a process that outlives all that are killed."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from infra.lab.chaos.clock import SharedTime
from infra.standins.google import GoogleStandIn, NewAccount, Rules
from infra.standins.google.server import serving
from infra.standins.simpler.standin import SimplerStandIn
from infra.standins.simpler.state import Paging

PAGE = 5
"""Customers on a page of SIMPLer's list."""

CLIENT = ("client", "chaos-client-secret")
"""Our OAuth client's id and secret, at Google."""


@dataclass(frozen=True, slots=True)
class Setup:
    """The beginning of a schedule.

    Attributes:
        seed: Of Google's ids.
        rules: How Google behaves.
        tokens: The refresh token of each account, by e-mail address.
        customers: SIMPLer's records.
        paging: How SIMPLer lists them.
    """

    seed: int
    rules: Rules
    tokens: dict[str, str]
    customers: Sequence[Any]
    paging: Paging


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of everything.

    Attributes:
        google: Google's stand-in.
        simpler: SIMPLer's REST API.
        side: SIMPLer's side door.
        credentials: SIMPLer's user name, password and operator.
        google_ids: What names each account for good, by e-mail address.
    """

    google: str
    simpler: str
    side: str
    credentials: tuple[str, str, str]
    google_ids: dict[str, str]


class StandIns:
    """The process with the stand-ins; it ends when this one does, or is told to.

    Attributes:
        google: Where Google's stand-in is, whenever it is made anew.
    """

    def __init__(self, time: SharedTime, inherited: Connection) -> None:
        """Fork it; `inherited` is closed there."""
        self._pipe, theirs = Pipe()
        self._pid = os.fork()
        if self._pid == 0:
            self._pipe.close()
            inherited.close()
            _serve(theirs, time)
        theirs.close()
        self.google: str = self._pipe.recv()

    def build(self, setup: Setup) -> Addresses:
        """Make everything anew."""
        self._pipe.send(setup)
        addresses: Addresses = self._pipe.recv()
        return addresses

    def close(self) -> None:
        """End it."""
        self._pipe.close()
        os.waitpid(self._pid, 0)


class _Google:
    """One address at which there is always the newest stand-in."""

    def __init__(self, time: SharedTime) -> None:
        self.now = GoogleStandIn(time.now)
        self._time = time

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer a request, as a WSGI application."""
        return self.now(environ, start_response)

    def build(self, setup: Setup) -> dict[str, str]:
        """Make it anew; return the lasting ids of its accounts."""
        self.now.world.faults.clear()
        google = GoogleStandIn(self._time.now, setup.rules, setup.seed)
        for email, token in setup.tokens.items():
            google.world.add_account(NewAccount(email, *CLIENT, refresh_tokens=[token], region="IE"))
        self.now = google
        return {email: account.user_id for email, account in google.world.accounts.items()}


def _serve(pipe: Connection, time: SharedTime) -> None:
    try:
        google = _Google(time)
        with SimplerStandIn() as simpler, serving(google) as address:
            pipe.send(address)
            while True:
                setup: Setup = pipe.recv()
                _build_simpler(simpler, setup)
                ids = google.build(setup)
                credentials = (simpler.state.api_username, simpler.state.api_password, simpler.state.operator)
                side = f"{simpler.address}/standin"
                pipe.send(Addresses(address, simpler.api, side, credentials, ids))
    except EOFError:
        return
    finally:
        os._exit(0)


def _build_simpler(simpler: SimplerStandIn, setup: Setup) -> None:
    state = simpler.state
    state.customers.replace(setup.customers)
    state.failure, state.paging, state.page_size = None, setup.paging, PAGE
    state.calls.clear()

"""Town: the stand-ins of one worker, in a process of their own, which outlives all that are killed."""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Literal

from infra.local.chaos.clock import SharedTime
from infra.local.google import GoogleStandIn, NewAccount, Rules
from infra.local.simpler.standin import SimplerStandIn
from infra.local.simpler.state import Paging

PAGE = 5
"""Customers on a page of SIMPLer's list."""

CLIENT = ("client", "chaos-client-secret")
"""Our OAuth client's id and secret, at Google."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a schedule begins with.

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
    """Where everything is.

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


class Town:
    """The process with the stand-ins; it ends when this one does, or is told to."""

    def __init__(self, time: SharedTime, inherited: Connection) -> None:
        """Fork it; `inherited` is closed there."""
        self._pipe, theirs = Pipe()
        self._pid = os.fork()
        if self._pid == 0:
            self._pipe.close()
            inherited.close()
            _serve(theirs, time)
        theirs.close()

    def build(self, wanted: Wanted) -> Addresses:
        """Make everything anew."""
        self._pipe.send(wanted)
        addresses: Addresses = self._pipe.recv()
        return addresses

    def close(self) -> None:
        """End it."""
        self._pipe.close()
        os.waitpid(self._pid, 0)


def _serve(pipe: Connection, time: SharedTime) -> None:
    status: Literal[0, 1] = 1
    try:
        with SimplerStandIn() as simpler, ExitStack() as google:
            _build_all(pipe, time, simpler, google)
    except EOFError:
        status = 0
    finally:
        os._exit(status)


def _build_all(pipe: Connection, time: SharedTime, simpler: SimplerStandIn, stack: ExitStack) -> None:
    """One world after the other; each ends when the next one is wanted."""
    while True:
        wanted: Wanted = pipe.recv()
        stack.close()
        google = GoogleStandIn(time.now, wanted.rules, wanted.seed)
        address = stack.enter_context(google.serve())
        for email, token in wanted.tokens.items():
            google.world.add_account(NewAccount(email, *CLIENT, refresh_tokens=[token], region="IE"))
        state = simpler.state
        state.customers.replace(wanted.customers)
        state.failure, state.paging, state.page_size = None, wanted.paging, PAGE
        state.calls.clear()
        ids = {email: account.user_id for email, account in google.world.accounts.items()}
        credentials = (state.api_username, state.api_password, state.operator)
        pipe.send(Addresses(address, simpler.api, f"{simpler.address}/standin", credentials, ids))

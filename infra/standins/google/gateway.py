"""The door of the People API: from an HTTP request to a method, and back."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from werkzeug.wrappers import Request, Response

from infra.standins.google import contact_groups, person_reads, person_writes
from infra.standins.google.account import Account
from infra.standins.google.answer import json_answer, no_such_page
from infra.standins.google.authorization import authorize, bearer_token
from infra.standins.google.call import Call, Play
from infra.standins.google.clock import timestamp
from infra.standins.google.credentials import AccessToken
from infra.standins.google.deeds import Deed, do_deed
from infra.standins.google.discovery import Method, load_discovery
from infra.standins.google.errors import GoogleError, invalid
from infra.standins.google.fields import field_shapes
from infra.standins.google.mishap import Mishap
from infra.standins.google.parameters import read_parameters
from infra.standins.google.quota import cost
from infra.standins.google.schema import check_body
from infra.standins.google.strike import perform_under
from infra.standins.google.traffic import Entry
from infra.standins.google.world import World

_PLAYED: Mapping[str, Play] = {**person_reads.PLAYED, **person_writes.PLAYED, **contact_groups.PLAYED}
_OVERLAP = "The operation was aborted: another mutate request of this user is under way."


@dataclass(slots=True)
class _Exchange:
    """A request on its way through the door."""

    request: Request
    world: World
    method: Method
    resource: str
    args: MultiDict[str, str]
    token: str
    access: AccessToken | None
    entry: Entry
    overlaps: bool = False
    fault: Mishap | None = None

    @property
    def account(self) -> Account | None:
        """Whose data it is about, as far as its token tells."""
        return self.world.accounts[self.access.email] if self.access else None

    @property
    def by_owner(self) -> bool:
        """Whether the account's owner asks, for whom there are no quotas, faults, lag or latency."""
        return self.access is not None and self.access.of_owner

    def do_deed(self, deed: Deed) -> None:
        """Have somebody do something in the account meanwhile."""
        if self.account:
            do_deed(deed, self.account, self.world.credentials)


class Gateway:
    """Finds, checks, counts and plays methods, and lets planned faults strike.

    Args:
        stopping: Set when the server is to stop; ends every hanging call.
    """

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._discovery = load_discovery()
        self._shapes = field_shapes(self._discovery)

    def answer(self, request: Request, world: World) -> Response:
        """Answer a request of the People API.

        Raises:
            NoAnswer: A planned fault ends the connection.
        """
        http, args = _as_meant(request)
        found = self._discovery.find(http, request.path)
        if found is None:
            return no_such_page()
        exchange = _open(request, world, http, args, found)
        if exchange.by_owner:
            return self._noted(exchange, self._perform(exchange))
        strike = world.faults.take(exchange.method.name, exchange.entry.account)
        exchange.fault = strike.what if strike else None
        with _as_writer(exchange):
            self._stopping.wait(world.rules.latency)
            perform = partial(self._perform, exchange)
            response = perform_under(strike, request, self._stopping, perform, exchange.do_deed)
        return self._noted(exchange, response)

    def _noted(self, exchange: _Exchange, response: Response) -> Response:
        exchange.entry.status = response.status_code
        exchange.world.traffic.note_answer(exchange.entry)
        return response

    def _perform(self, exchange: _Exchange) -> Response:
        try:
            content = self._play(exchange)
        except GoogleError as error:
            return json_answer(exchange.request, error.http, error.body(), error.headers)
        return json_answer(exchange.request, 200, content)

    def _play(self, exchange: _Exchange) -> dict[str, Any]:
        method, world = exchange.method, exchange.world
        access = authorize(method, exchange.token, world.credentials.bearer(exchange.token))
        play = _PLAYED.get(method.name)
        if play is None:
            raise GoogleError("UNIMPLEMENTED", f"The stand-in does not play {method.name}.")
        account = world.accounts[access.email]
        if not access.of_owner:
            _charge(exchange, account)
        call = self._call(exchange, account)
        if exchange.overlaps and world.rules.refuse_overlaps:
            raise GoogleError("ABORTED", _OVERLAP)
        with account.lock:
            created = account.created
            content = play(call)
            created = account.created - created
        exchange.entry.effect = True
        if method.mutates:
            world.traffic.note_write(account, created)
        return content

    def _call(self, exchange: _Exchange, account: Account) -> Call:
        params = read_parameters(self._discovery, exchange.method, exchange.args)
        return Call(
            account=account,
            resource=exchange.resource,
            params=params,
            body=self._body(exchange),
            method=exchange.method.name,
            now=exchange.world.now(),
            discovery=self._discovery,
            shapes=self._shapes,
            rules=exchange.world.rules,
            random=exchange.world.random,
            fault=exchange.fault,
            by_owner=exchange.by_owner,
        )

    def _body(self, exchange: _Exchange) -> Mapping[str, Any]:
        schema = exchange.method.request
        if schema is None:
            return {}
        try:
            sent = exchange.request.get_data() or b"{}"
            body = msgspec.json.decode(sent)
        except msgspec.DecodeError as error:
            raise invalid(f"Invalid JSON payload received. {error}.") from error
        exchange.entry.body = sent
        check_body(body, self._discovery.checks[schema])
        checked: Mapping[str, Any] = body
        return checked


def _open(
    request: Request, world: World, http: str, args: MultiDict[str, str], found: tuple[Method, str]
) -> _Exchange:
    method, resource = found
    token = bearer_token(request.headers.get("Authorization"))
    access = world.credentials.bearer(token)
    entry = Entry(
        at=timestamp(world.now()),
        account=access.email if access else None,
        method=method.name,
        http=http,
        path=request.path,
        query=args.to_dict(flat=False),
    )
    world.traffic.note(entry)
    return _Exchange(request, world, method, resource, args, token, access, entry)


def _as_meant(request: Request) -> tuple[str, MultiDict[str, str]]:
    """Return HTTP method and query of a request, which may come as a POST with the query in a form body.

    Google's clients do so when a URL would be longer than 2,048 characters.
    """
    override = request.headers.get("X-HTTP-Method-Override")
    if request.method != "POST" or not override:
        return request.method, request.args
    return override.upper(), CombinedMultiDict([request.args, request.form])


def _charge(exchange: _Exchange, account: Account) -> None:
    world = exchange.world
    costs = cost(exchange.method.name, exchange.args)
    with account.lock:
        account.meter.charge(costs, world.rules.quota, world.now())


@contextmanager
def _as_writer(exchange: _Exchange) -> Iterator[None]:
    if exchange.account is None or not exchange.method.mutates:
        yield
        return
    with exchange.world.traffic.writing(exchange.account) as exchange.overlaps:
        yield

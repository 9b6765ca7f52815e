"""The door of the People API: from an HTTP request to a method, and back."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from werkzeug.wrappers import Request, Response

from infra.local.google import contact_groups, person_reads, person_writes
from infra.local.google.account import Account
from infra.local.google.answer import json_answer, no_such_page
from infra.local.google.authorization import authorize, bearer_token
from infra.local.google.call import Call, Play, Rules
from infra.local.google.clock import timestamp
from infra.local.google.credentials import AccessToken
from infra.local.google.discovery import Method, load_discovery
from infra.local.google.errors import GoogleError, invalid
from infra.local.google.fields import field_shapes
from infra.local.google.parameters import read_parameters
from infra.local.google.schema import check_body
from infra.local.google.strike import perform_under
from infra.local.google.traffic import Entry
from infra.local.google.world import World

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


class Gateway:
    """Finds, checks, counts and plays methods, and lets planned faults strike.

    Args:
        rules: What the stand-in's user has chosen.
        stopping: Set when the server is to stop; ends every hanging call.
    """

    def __init__(self, rules: Rules, stopping: threading.Event) -> None:
        self._rules = rules
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
        strike = world.faults.take(exchange.method.name, exchange.entry.account)
        with _as_writer(exchange):
            response = perform_under(strike, request, self._stopping, lambda: self._perform(exchange))
        exchange.entry.status = response.status_code
        return response

    def _perform(self, exchange: _Exchange) -> Response:
        try:
            content = self._play(exchange)
        except GoogleError as error:
            return json_answer(exchange.request, error.http, error.body(), error.headers)
        return json_answer(exchange.request, 200, content)

    def _play(self, exchange: _Exchange) -> dict[str, Any]:
        method = exchange.method
        access = authorize(method, exchange.token, exchange.access)
        play = _PLAYED.get(method.name)
        if play is None:
            raise GoogleError("UNIMPLEMENTED", f"The stand-in does not play {method.name}.")
        account = exchange.world.accounts[access.email]
        call = self._call(exchange, account)
        if exchange.overlaps and self._rules.refuse_overlaps:
            raise GoogleError("ABORTED", _OVERLAP)
        with account.lock:
            created = account.created
            content = play(call)
            created = account.created - created
        exchange.entry.effect = True
        if method.mutates:
            exchange.world.traffic.note_write(account, created)
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
            rules=self._rules,
            random=exchange.world.random,
        )

    def _body(self, exchange: _Exchange) -> Mapping[str, Any]:
        schema = exchange.method.request
        if schema is None:
            return {}
        try:
            body = msgspec.json.decode(exchange.request.get_data() or b"{}")
        except msgspec.DecodeError as error:
            raise invalid(f"Invalid JSON payload received. {error}.") from error
        exchange.entry.body = body
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
    """HTTP method and query of a request, which may come as a POST with the query in a form body.

    Google's clients do so when a URL would be longer than 2,048 characters.
    """
    override = request.headers.get("X-HTTP-Method-Override")
    if request.method != "POST" or not override:
        return request.method, request.args
    return override.upper(), CombinedMultiDict([request.args, request.form])


@contextmanager
def _as_writer(exchange: _Exchange) -> Iterator[None]:
    if exchange.access is None or not exchange.method.mutates:
        yield
        return
    account = exchange.world.accounts[exchange.access.email]
    with exchange.world.traffic.writing(account) as exchange.overlaps:
        yield

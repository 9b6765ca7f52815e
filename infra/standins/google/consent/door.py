"""The door of OAuth: which address is answered by what, counted, and with planned faults striking."""

import threading
from collections.abc import Callable

from werkzeug.wrappers import Request, Response

from infra.standins.google.answer import json_answer
from infra.standins.google.clock import timestamp
from infra.standins.google.consent.asked import FaultyRequest
from infra.standins.google.consent.authorization import show_consent, take_decision
from infra.standins.google.consent.identity import tell_user
from infra.standins.google.consent.revocation import revoke
from infra.standins.google.consent.screens import show_fault
from infra.standins.google.faults import TOKEN_METHOD
from infra.standins.google.oauth_error import Answer
from infra.standins.google.strike import perform_under
from infra.standins.google.token_endpoint import give_token
from infra.standins.google.traffic import Entry
from infra.standins.google.world import World
from infra.standins.identity.issuer import TOKENS_LAST, Issuer

_UNCACHED = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_CACHED = {"Cache-Control": f"public, max-age={TOKENS_LAST}, must-revalidate, no-transform"}

_Play = Callable[[Request, World], Response]


class OAuthDoor:
    """Answers what is Google's sign-in and not an API's.

    Args:
        issuer: Gives what signs ID tokens.
        stopping: Set when the server is to stop; ends every hanging call.
    """

    def __init__(self, issuer: Callable[[], Issuer], stopping: threading.Event) -> None:
        self._issuer = issuer
        self._stopping = stopping
        self._plays: dict[tuple[str, str], tuple[str, _Play]] = {
            ("GET", "/o/oauth2/v2/auth"): ("oauth2.authorize", _on_pages(show_consent)),
            ("POST", "/o/oauth2/v2/auth"): ("oauth2.authorize", _on_pages(take_decision)),
            ("POST", "/token"): (TOKEN_METHOD, self._token),
            ("POST", "/revoke"): ("oauth2.revoke", _in_json(revoke)),
            ("GET", "/oauth2/v3/userinfo"): ("oauth2.userinfo", _in_json(tell_user)),
            ("GET", "/oauth2/v1/certs"): ("oauth2.certs", self._certificates),
            ("GET", "/oauth2/v3/certs"): ("oauth2.certs", self._key_set),
        }

    def leads(self, request: Request) -> bool:
        """Return whether the request is answered here."""
        return (request.method, request.path) in self._plays

    def answer(self, request: Request, world: World) -> Response:
        """Answer a request.

        Raises:
            NoAnswer: A planned fault ends the connection.
        """
        method, play = self._plays[request.method, request.path]
        # neither query nor body is kept: they carry codes, states and tokens
        entry = Entry(timestamp(world.now()), None, method, request.method, request.path, {})
        world.traffic.note(entry)

        def perform() -> Response:
            response = play(request, world)
            entry.effect = response.status_code < 400  # noqa: PLR2004 - where HTTP's errors begin
            return response

        strike = world.faults.take(method, None)
        response = perform_under(strike, request, self._stopping, perform)
        entry.status = response.status_code
        return response

    def _token(self, request: Request, world: World) -> Response:
        return json_answer(request, *give_token(request, world, self._issuer()), _UNCACHED)

    def _certificates(self, request: Request, _world: World) -> Response:
        return json_answer(request, 200, self._issuer().certificates, _CACHED)

    def _key_set(self, request: Request, _world: World) -> Response:
        return json_answer(request, 200, self._issuer().key_set, _CACHED)


def _on_pages(play: _Play) -> _Play:
    def answer(request: Request, world: World) -> Response:
        try:
            return play(request, world)
        except FaultyRequest as fault:
            return show_fault(fault)

    return answer


def _in_json(play: Callable[[Request, World], Answer]) -> _Play:
    def answer(request: Request, world: World) -> Response:
        http, body = play(request, world)
        return json_answer(request, http, body, _UNCACHED)

    return answer

"""The stand-in's own API under `/standin/`, for tests, the demo and the sandbox. It is not Google's."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, ClassVar

import msgspec
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from infra.standins.google.account import Account
from infra.standins.google.clock import MovableClock, timestamp
from infra.standins.google.copying import copy
from infra.standins.google.deeds import do_deed
from infra.standins.google.errors import GoogleError
from infra.standins.google.faults import Fault
from infra.standins.google.merging import link, merge
from infra.standins.google.rewording import reword
from infra.standins.google.rules import Rules
from infra.standins.google.side_requests import (
    Advance,
    Copy,
    Doing,
    Link,
    LongQuota,
    Merge,
    Minting,
    NextConsent,
    Restore,
    Revocation,
    Reword,
    Undo,
)
from infra.standins.google.snapshot import take_snapshot
from infra.standins.google.trash import take_out
from infra.standins.google.undoing import undo_changes
from infra.standins.google.world import NewAccount, NewClient, World
from shared.typed import from_json, from_plain


class SideApi:
    """Answers requests under `/standin/`.

    Args:
        world: Gives what there is now.
        clock: The stand-in's clock.
        reset: Makes the world anew.
    """

    def __init__(self, world: Callable[[], World], clock: MovableClock, reset: Callable[[], None]) -> None:
        self._world = world
        self._clock = clock
        self._reset = reset

    def answer(self, request: Request) -> Response:
        """Answer a request; an unsuitable one with 400 or 404 and the reason."""
        routes = self._ROUTES.bind_to_environ(request.environ)
        try:
            play, arguments = routes.match()
            http, content = 200, play(self, request, **arguments)
        except msgspec.DecodeError as error:
            http, content = 400, {"error": str(error)}
        except GoogleError as error:
            http, content = error.http, {"error": error.message}
        except HTTPException as error:
            http, content = error.code or 500, {"error": error.description}
        return Response(msgspec.json.encode(content), http, content_type="application/json")

    def _overview(self, _request: Request) -> Mapping[str, Any]:
        return {"now": timestamp(self._clock.now()), "accounts": sorted(self._world().accounts)}

    def _add_account(self, request: Request) -> Mapping[str, Any]:
        new = _decode(request, NewAccount)
        grants = self._world().add_account(new)
        return {
            "email": new.email,
            "user_id": self._account(new.email).user_id,
            "client_id": new.client_id,
            "client_secret": new.client_secret,
            "refresh_tokens": [grant.refresh_token for grant in grants],
        }

    def _snapshot(self, _request: Request, email: str) -> Mapping[str, Any]:
        return take_snapshot(self._account(email))

    def _mint(self, request: Request, email: str) -> Mapping[str, Any]:
        account = self._account(email)
        scopes = _decode(request, Minting).scopes
        return {"access_token": self._world().credentials.mint(account.email, scopes, of_owner=True)}

    def _merge(self, request: Request, email: str) -> Mapping[str, Any]:
        account, wanted = self._account(email), _decode(request, Merge)
        with account.lock:
            merged = merge(account, wanted.contacts, new_name=wanted.new_name)
        return {"resourceName": merged.resource_name}

    def _link(self, request: Request, email: str) -> Mapping[str, Any]:
        account = self._account(email)
        with account.lock:
            linked = link(account, _decode(request, Link).contact)
        return {"resourceName": linked.resource_name}

    def _copy(self, request: Request, email: str) -> Mapping[str, Any]:
        account, wanted = self._account(email), _decode(request, Copy)
        with account.lock:
            account.make_room(1, self._world().rules.max_contacts)
            made = copy(account, wanted.contact, client_data=wanted.client_data, labels=wanted.labels)
        return {"resourceName": made.resource_name}

    def _restore(self, request: Request, email: str) -> Mapping[str, Any]:
        account, wanted = self._account(email), _decode(request, Restore)
        with account.lock:
            take_out(account, wanted.contact)
        return {"resourceName": wanted.contact}

    def _undo(self, request: Request, email: str) -> Mapping[str, Any]:
        account, wanted = self._account(email), _decode(request, Undo)
        with account.lock:
            undo_changes(account, wanted.seconds, labels=wanted.labels)
        return self._overview(request)

    def _reword(self, request: Request, email: str) -> Mapping[str, Any]:
        account, wanted = self._account(email), _decode(request, Reword)
        with account.lock:
            reword(account, [account.contact(name) for name in wanted.contacts], wanted.forms)
        return self._overview(request)

    def _do(self, request: Request, email: str) -> Mapping[str, Any]:
        do_deed(_decode(request, Doing).deed, self._account(email), self._world().credentials)
        return self._overview(request)

    def _exhaust(self, request: Request, email: str) -> Mapping[str, Any]:
        account = self._account(email)
        with account.lock:
            account.exhaust(_decode(request, LongQuota).seconds)
        return self._overview(request)

    def _rules(self, _request: Request) -> Mapping[str, Any]:
        return {"rules": self._world().rules}

    def _change_rules(self, request: Request) -> Mapping[str, Any]:
        changed = _decode(request, dict[str, Any])
        world = self._world()
        world.rules = from_plain({**msgspec.to_builtins(world.rules), **changed}, Rules)
        return self._rules(request)

    def _account(self, email: str) -> Account:
        account = self._world().accounts.get(email)
        if account is None:
            raise NotFound(f"There is no account {email}.")
        return account

    def _add_client(self, request: Request) -> Mapping[str, Any]:
        new = _decode(request, NewClient)
        self._world().add_client(new)
        return {"client_id": new.client_id, "redirect_uris": new.redirect_uris}

    def _prepare_consent(self, request: Request) -> Mapping[str, Any]:
        wanted = _decode(request, NextConsent).refresh_token
        self._world().withhold_refresh_token = not wanted
        return {"refresh_token": wanted}

    def _revoke(self, request: Request) -> Mapping[str, Any]:
        token = _decode(request, Revocation).refresh_token
        return {"revoked": self._world().credentials.revoke(token)}

    def _counters(self, request: Request) -> Mapping[str, Any]:
        return self._world().counters(request.args.get("account"))

    def _requests(self, request: Request) -> Mapping[str, Any]:
        return {"requests": self._world().traffic.last(request.args.get("last", 20, type=int))}

    def _faults(self, _request: Request) -> Mapping[str, Any]:
        return {"faults": self._world().faults.rules()}

    def _plan(self, request: Request) -> Mapping[str, Any]:
        self._world().faults.add(_decode(request, list[Fault]))
        return self._faults(request)

    def _clear(self, request: Request) -> Mapping[str, Any]:
        self._world().faults.clear()
        return self._faults(request)

    def _move_clock(self, request: Request) -> Mapping[str, Any]:
        self._clock.forward(timedelta(seconds=_decode(request, Advance).forward_seconds))
        return self._overview(request)

    def _start_anew(self, request: Request) -> Mapping[str, Any]:
        self._reset()
        return self._overview(request)

    _ROUTES: ClassVar = Map(
        [
            Rule("/standin/", methods=["GET"], endpoint=_overview),
            Rule("/standin/accounts", methods=["POST"], endpoint=_add_account),
            Rule("/standin/accounts/<email>", methods=["GET"], endpoint=_snapshot),
            Rule("/standin/accounts/<email>/access-token", methods=["POST"], endpoint=_mint),
            Rule("/standin/accounts/<email>/merge", methods=["POST"], endpoint=_merge),
            Rule("/standin/accounts/<email>/link", methods=["POST"], endpoint=_link),
            Rule("/standin/accounts/<email>/copy", methods=["POST"], endpoint=_copy),
            Rule("/standin/accounts/<email>/restore", methods=["POST"], endpoint=_restore),
            Rule("/standin/accounts/<email>/undo", methods=["POST"], endpoint=_undo),
            Rule("/standin/accounts/<email>/reword", methods=["POST"], endpoint=_reword),
            Rule("/standin/accounts/<email>/deeds", methods=["POST"], endpoint=_do),
            Rule("/standin/accounts/<email>/long-quota", methods=["POST"], endpoint=_exhaust),
            Rule("/standin/clients", methods=["POST"], endpoint=_add_client),
            Rule("/standin/next-consent", methods=["POST"], endpoint=_prepare_consent),
            Rule("/standin/revoke", methods=["POST"], endpoint=_revoke),
            Rule("/standin/counters", methods=["GET"], endpoint=_counters),
            Rule("/standin/requests", methods=["GET"], endpoint=_requests),
            Rule("/standin/rules", methods=["GET"], endpoint=_rules),
            Rule("/standin/rules", methods=["POST"], endpoint=_change_rules),
            Rule("/standin/faults", methods=["GET"], endpoint=_faults),
            Rule("/standin/faults", methods=["POST"], endpoint=_plan),
            Rule("/standin/faults", methods=["DELETE"], endpoint=_clear),
            Rule("/standin/clock", methods=["POST"], endpoint=_move_clock),
            Rule("/standin/reset", methods=["POST"], endpoint=_start_anew),
        ]
    )


def _decode(request: Request, kind: Any) -> Any:
    return from_json(request.get_data() or b"{}", kind)

"""`wisp_settings`: a WISP and its accounts set up, changed and checked; called by SIMPLer for a user."""

from typing import Annotated, Any, Literal

import msgspec
from flask import Response
from msgspec import Meta

from functions.endpoint import Call, ForWisp, Reply
from functions.problems import problem
from functions.user import GCONTACT, User, require
from shared.domain.model.credentials import Credentials
from shared.domain.model.scope import Scope
from shared.domain.model.wisp import WispSettings
from shared.replace import replace
from shared.usecases.base.documents import to_document
from shared.usecases.wisps.rules import INVALID, Flaw
from shared.usecases.wisps.scope import Scoped, ScopeWish, check_scope, read_scope, save_scope
from shared.usecases.wisps.settings import Checked, Wish, check_settings, read_settings, save_settings
from shared.usecases.wisps.trigger_key import make_key, withdraw_key

_Text = Annotated[str, Meta(min_length=1, max_length=500)]


class Login(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A user of SIMPLer's API; no answer ever holds one."""

    api_username: _Text
    api_password: _Text

    def __repr__(self) -> str:
        """Show neither."""
        return "Login()"


class Body(ForWisp, kw_only=True, frozen=True):
    """The call's body; settings that are left out stay as they are."""

    user: User
    do: Literal[
        "read", "check", "save", "make_key", "withdraw_key", "read_scope", "check_scope", "save_scope"
    ]
    settings: WispSettings = msgspec.field(default_factory=WispSettings)
    credentials: Login | None = None
    revision: Annotated[str, Meta(max_length=100)] = ""
    account: Annotated[str, Meta(max_length=80)] = ""
    scope: Scope | None = None
    before: Scope | None = None


_NO_SCOPE = Flaw("scope", INVALID, "Please give the scope; an empty one holds all customers.")


def handle(call: Call) -> Response:
    """Answer 200 with the settings or what SIMPLer gave; 422 with what is wrong, and nothing is saved."""
    return call.answer(Body, lambda body: _do(call, body))


def _do(call: Call, body: Body) -> Reply | Response:
    require(body.user, GCONTACT)
    if body.do == "make_key":
        return Reply(to_document(make_key(call.services, body.wisp, body.user.told)))
    if body.do == "withdraw_key":
        withdraw_key(call.services, body.wisp, body.user.told)
    if body.do in ("read", "withdraw_key"):
        return Reply(to_document(read_settings(call.services, body.wisp)))
    if body.do in ("read_scope", "check_scope", "save_scope"):
        return _scoped(call, body)
    wish = Wish(
        body.wisp,
        by=body.user.told,
        settings=body.settings,
        credentials=_credentials(body.credentials),
        revision=body.revision,
    )
    if body.do == "check":
        return Reply(to_document(check_settings(call.services, wish)))
    return _saved(call, save_settings(call.services, wish), "found")


def _scoped(call: Call, body: Body) -> Reply | Response:
    """Tell or change what one account holds; a scope that was left out by mistake is no choice of all."""
    if body.do == "read_scope" or body.scope is None:
        looked = read_scope(call.services, body.wisp, body.account)
        is_wrong = body.do != "read_scope"
        return _saved(call, replace(looked, flaws=(_NO_SCOPE,) if is_wrong else ()), "choices")
    wish = ScopeWish(body.wisp, body.account, by=body.user.told, scope=body.scope, before=body.before)
    if body.do == "check_scope":
        return Reply(to_document(check_scope(call.services, wish)))
    return _saved(call, save_scope(call.services, wish), "choices")


def _saved(call: Call, saved: Checked | Scoped, helpful: str) -> Reply | Response:
    """Answer with what counts now, or with what is wrong and what helps to mend it."""
    told = to_document(saved)
    if not saved.flaws:
        return Reply(told)
    members: dict[str, Any] = {"flaws": told["flaws"], helpful: told[helpful]}
    return problem(422, "settings.invalid", saved.flaws[0].message, call.id, **members)


def _credentials(login: Login | None) -> Credentials | None:
    return Credentials(login.api_username, login.api_password) if login else None

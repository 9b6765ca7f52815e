"""Google's authorization endpoint: who the user is, what they allow, and back to the program with a code."""

import re
from collections.abc import Collection
from urllib.parse import urlencode

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from infra.standins.google.consent.asked import Asked, FaultyRequest, read_asked
from infra.standins.google.consent.codes import Code
from infra.standins.google.consent.screens import ask_consent, choose_account
from infra.standins.google.world import NewAccount, World

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def show_consent(request: Request, world: World) -> Response:
    """Answer `GET /o/oauth2/v2/auth`: with a page, or with a redirect when there is nothing to ask.

    Raises:
        FaultyRequest: It cannot be answered.
    """
    asked = read_asked(request.args, world.credentials.clients)
    typed = request.args.get("account", "").strip()
    email = (_known(typed, world) or typed) if typed else _hinted(asked, world)
    if "none" in asked.prompts:
        return _without_asking(asked, email, world)
    if not _ADDRESS.fullmatch(email):
        complaint = "Enter an e-mail address, such as name@example.com." if typed else ""
        return choose_account(asked, sorted(world.accounts), typed, complaint)
    if "consent" in asked.prompts or not _allowed_before(asked, email, world):
        return ask_consent(asked, email)
    return _give_code(asked, email, asked.scopes, world)


def take_decision(request: Request, world: World) -> Response:
    """Answer `POST /o/oauth2/v2/auth`, what the consent page sends; all of it is checked once more.

    Raises:
        FaultyRequest: It is not what the page sends.
    """
    asked = read_asked(request.form, world.credentials.clients)
    given = request.form.get("account", "")
    email = _known(given, world) or given
    ticked = frozenset(request.form.getlist("grant"))
    decision = request.form.get("decision")
    if not (_ADDRESS.fullmatch(email) and decision in {"continue", "cancel"} and ticked <= {*asked.optional}):
        raise FaultyRequest("invalid_request", "This is not what the page sends.", client=asked.client)
    if decision == "cancel":
        return _send_back(asked, error="access_denied")
    granted = [scope for scope in asked.scopes if scope not in asked.optional or scope in ticked]
    if not granted:
        return ask_consent(asked, email, "Tick at least one box, or cancel.")
    return _give_code(asked, email, granted, world)


def _hinted(asked: Asked, world: World) -> str:
    """Return the account that the program says it is about; "" when the user is to choose in any case."""
    return "" if "select_account" in asked.prompts else _known(asked.get("login_hint"), world)


def _known(text: str, world: World) -> str:
    """Return the address of the account with this address, in any case, or this id; "" for none."""
    fitting = (
        email
        for email, account in world.accounts.items()
        if text == account.user_id or text.lower() == email.lower()
    )
    return next(fitting, "")


def _allowed_before(asked: Asked, email: str, world: World) -> bool:
    return frozenset(asked.scopes) <= _standing_scopes(asked, email, world)


def _standing_scopes(asked: Asked, email: str, world: World) -> frozenset[str]:
    grants = world.credentials.standing(email, asked.client_id)
    return frozenset().union(*(grant.scopes for grant in grants))


def _without_asking(asked: Asked, email: str, world: World) -> Response:
    if email in world.accounts and _allowed_before(asked, email, world):
        return _give_code(asked, email, asked.scopes, world)
    return _send_back(asked, error="interaction_required")


def _give_code(asked: Asked, email: str, granted: Collection[str], world: World) -> Response:
    """Note the consent, of a new account if need be, and send the browser back with a code for it."""
    world.add_account(NewAccount(email=email, refresh_tokens=()))
    with_token = _with_refresh_token(asked, email, world)
    included = asked.get("include_granted_scopes") == "true"
    scopes = frozenset(granted) | (_standing_scopes(asked, email, world) if included else frozenset())
    allow = world.credentials.allow if with_token else world.credentials.allow_online
    code = Code(
        grant=allow(email, asked.client_id, scopes),
        redirect_uri=asked.redirect_uri,
        challenge=asked.get("code_challenge"),
        challenge_method=asked.get("code_challenge_method") or "plain",
        nonce=asked.get("nonce"),
    )
    prompt = asked.get("prompt") or "none"
    scope = " ".join(sorted(scopes))
    return _send_back(asked, code=world.codes.issue(code), scope=scope, authuser="0", prompt=prompt)


def _with_refresh_token(asked: Asked, email: str, world: World) -> bool:
    """Return whether a consent gives a refresh token: the first offline one, and every forced one."""
    withheld, world.withhold_refresh_token = world.withhold_refresh_token, False
    first = not world.credentials.standing(email, asked.client_id)
    return asked.offline and not withheld and (first or "consent" in asked.prompts)


def _send_back(asked: Asked, **answer: str) -> Response:
    state = {"state": asked.get("state")} if asked.get("state") else {}
    joint = "&" if "?" in asked.redirect_uri else "?"
    return redirect(f"{asked.redirect_uri}{joint}{urlencode({**state, **answer})}")

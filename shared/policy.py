"""Policy: how callers prove who they are, and who may call which function for which wisp."""

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Annotated, Any

import msgspec

from shared.errors import Denied, Misconfigured
from shared.ports import Clock
from shared.typed import from_json

Verify = Callable[[str, Collection[str]], Mapping[str, Any]]
"""Returns the claims of an ID token that Google has signed for one of the audiences.

Raises `Unauthenticated`, or `RetryLater` if it cannot be verified at the moment.
"""

FOR_EVERY_WISP = frozenset({"operate", "sync_all", "watchdog"})
"""Functions that work for all wisps; a caller limited to some wisps must not call them."""

WHOEVER = "*"
"""In `CALLERS`: everybody whom the platform lets in: the people of a group, whom IAM knows and we do not."""

_FOR_PEOPLE = frozenset({"operate"})
"""Functions that people call by themselves; any other has callers that are known by their addresses."""

_Address = Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9._+-]+@[a-z0-9.-]+|\*)$")]
_Wisps = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]*\*?\Z")]


class Mode(StrEnum):
    """The ways to check a caller's ID token."""

    PLATFORM = "platform"
    """Cloud Run checks it, by IAM, before the request arrives."""
    VERIFY = "verify"
    """This service checks it, with Google's certificates."""
    OPEN = "open"
    """Nobody checks: any caller on this machine may call, and no caller from elsewhere."""


class Grant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rights of one caller.

    Attributes:
        functions: The functions it may call.
        wisps: The wisps it may name, by their ids, or by how these begin: ``ie-*``; None: all.
    """

    functions: frozenset[str]
    wisps: frozenset[_Wisps] | None = None


class Policy(msgspec.Struct, frozen=True):
    """The rules by which a caller may call.

    Attributes:
        mode: Who checks ID tokens.
        clock: The clock by which tokens expire.
        audience: The audiences, separated by commas, one of which a token must be for; ``{function}`` stands
            for the function's name.
        grants: Each caller's rights, by e-mail address, or by `WHOEVER`.
        verify: Checks a token in mode `verify`.
    """

    mode: Mode
    clock: Clock
    audience: str = ""
    grants: Mapping[str, Grant] = msgspec.field(default_factory=dict)
    verify: Verify | None = None

    def audiences(self, function: str) -> tuple[str, ...]:
        """Return the audiences of a function; raise `Misconfigured` if it has none."""
        named = (part.strip().replace("{function}", function) for part in self.audience.split(","))
        found = tuple(filter(None, named))
        if not found:
            raise _wrong("CALLER_AUDIENCE is not set: without it a token for any other service would do")
        return found

    def verified(self, token: str, function: str) -> Mapping[str, Any]:
        """Return the claims of a token that Google has signed for the function; raise as `Verify` does."""
        if self.verify is None:
            raise _wrong("CALLER_MODE is verify, but nothing was given to verify tokens with")
        return self.verify(token, self.audiences(function))

    def grant(self, email: str, function: str) -> Grant:
        """Return the caller's rights; raise `Denied` if they do not include the function."""
        grant = self.grants.get(email) or self.grants.get(WHOEVER)
        if grant is None or function not in grant.functions:
            raise Denied(
                "caller.function",
                f"{email} called {function}, which CALLERS does not allow",
                "This caller may not use this function. Whoever looks after the service can allow it.",
            )
        return grant


def covers(wisps: frozenset[str] | None, wisp: str) -> bool:
    """Return whether a wisp is among those of a grant."""
    if wisps is None or wisp in wisps:
        return True
    return any(each.endswith("*") and wisp.startswith(each[:-1]) for each in wisps)


def check_mode(mode: str, cloud_run: bool) -> Mode:
    """Return the mode that a setting names, if it is safe where the service runs.

    Args:
        mode: The setting's value.
        cloud_run: This is Cloud Run: K_SERVICE, K_REVISION or K_CONFIGURATION is set
            (cloud.google.com/run/docs/container-contract#env-vars).

    Raises:
        Misconfigured: The mode does not exist; or it is `open` on Cloud Run, where everybody could call; or
        it
            is `platform` elsewhere, where nobody has checked the tokens that it trusts.
    """
    if mode not in list(Mode):
        raise _wrong("CALLER_MODE must be platform, verify or open")
    chosen = Mode(mode)
    if chosen is Mode.OPEN and cloud_run:
        raise _wrong("CALLER_MODE must not be open on Cloud Run; set it to platform")
    if chosen is Mode.PLATFORM and not cloud_run:
        raise _wrong(
            "CALLER_MODE may be platform only on Cloud Run; set it to verify, or on one machine to open"
        )
    return chosen


def read_grants(callers: str, mode: Mode) -> Mapping[str, Grant]:
    """Read the grants in the JSON setting CALLERS; an empty one allows nobody.

    Raises:
        Misconfigured: It is not JSON of that shape, or gives a caller limited to some wisps a function that
            works for all wisps; or it lets in whoever comes where the platform does not say who may, or to
            another function than those that people call.
    """
    try:
        grants = from_json(callers or "{}", dict[_Address, Grant])
    except (msgspec.DecodeError, UnicodeError) as error:
        raise _wrong(f"CALLERS is not valid: {error}") from error
    for email, grant in grants.items():
        if grant.wisps is not None and (wide := grant.functions & FOR_EVERY_WISP):
            raise _wrong(f"CALLERS limits {email} to some wisps, but {min(wide)} works for all of them")
    whoever = grants.get(WHOEVER)
    if whoever and (mode is not Mode.PLATFORM or whoever.functions - _FOR_PEOPLE):
        raise _wrong(f"CALLERS may have {WHOEVER} only for operate, and only where CALLER_MODE is platform")
    return grants


def _wrong(message: str) -> Misconfigured:
    return Misconfigured("setting.callers", f"{message}.")

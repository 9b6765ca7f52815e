"""Operations: all that an operator can have done, each by its name, with what it needs.

The function `operate` and the command line of `infra.operator` read this one table. A class tells an operator
by its docstring, and by the descriptions of its members, what it is for.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from shared.domain.model.scope import Scope, ScopeNames
from shared.errors import Trouble
from shared.events import Event, log
from shared.usecases.accounts.restore import pause, restore, resume
from shared.usecases.base.services import Services
from shared.usecases.operations import accounts, doctor, documents, leases, nights, wisps
from shared.usecases.wisps.scope import ScopeWish, check_scope, save_scope
from shared.usecases.wisps.settings import read_settings

_Wisp = Annotated[str, Meta(max_length=64, description="a WISP's id")]
_Account = Annotated[
    str, Meta(max_length=80, description="an account's id, of those that accounts list shows")
]
_Why = Annotated[str, Meta(min_length=1, max_length=500, description="a sentence that people are shown")]
_Go = Annotated[bool, Meta(description="do it; otherwise it is only counted")]


class Operation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do"):
    """Something that an operator asks for."""


class ListAccounts(Operation, frozen=True, tag="accounts list"):
    """A WISP's accounts, and how they are."""

    wisp: _Wisp


class PauseAccount(Operation, frozen=True, kw_only=True, tag="accounts pause"):
    """Let no run write to an account."""

    wisp: _Wisp
    account: _Account
    why: _Why


class RelistAccounts(Operation, frozen=True, kw_only=True, tag="accounts relist"):
    """Let the next run list accounts as a whole: one, a WISP's, or all."""

    wisp: _Wisp = ""
    account: _Account = ""


class RestoreAccount(Operation, frozen=True, kw_only=True, tag="accounts restore"):
    """Bring an account back to what it was before a run, and pause it."""

    wisp: _Wisp
    account: _Account
    before: Annotated[str, Meta(max_length=80, description="the run's id, of those that accounts runs shows")]
    go: _Go = False


class ResumeAccount(Operation, frozen=True, kw_only=True, tag="accounts resume"):
    """Let runs write to an account again."""

    wisp: _Wisp
    account: _Account


class ListRuns(Operation, frozen=True, kw_only=True, tag="accounts runs"):
    """The runs before which an account can be brought back."""

    wisp: _Wisp
    account: _Account


class ScopeAccount(Operation, frozen=True, kw_only=True, tag="accounts scope"):
    """Choose which customers an account holds: those who fit all that is given, or everybody."""

    wisp: _Wisp
    account: _Account
    sites: ScopeNames = ()
    access_points: ScopeNames = ()
    statuses: ScopeNames = ()
    go: _Go = False


class Doctor(Operation, frozen=True, tag="doctor"):
    """All that is wrong, each with the act that mends it."""


class CheckDocuments(Operation, frozen=True, kw_only=True, tag="documents check"):
    """Read the documents of a WISP, or all there are, and name those that cannot be read."""

    wisp: _Wisp = ""


class FreeLease(Operation, frozen=True, kw_only=True, tag="leases free"):
    """Take a lease from a holder that does not end, or mend its record."""

    lease: Annotated[str, Meta(max_length=120, description="its name, of those that leases list shows")]


class ListLeases(Operation, frozen=True, tag="leases list"):
    """The leases that have a holder, and what is wrong with them."""


class SweepLeases(Operation, frozen=True, tag="leases sweep"):
    """Clear away what dead holders and earlier builds left."""


class StartNights(Operation, frozen=True, kw_only=True, tag="nights start"):
    """Start runs for the WISPs that have had no complete one since 05:00, or whose last one was not."""

    time_zone: Annotated[
        str, Meta(max_length=64, description="an IANA name; without it: every time zone")
    ] = ""
    everybody: Annotated[bool, Meta(description="also for those that have had a complete one")] = False


class CheckWisps(Operation, frozen=True, kw_only=True, tag="wisps check"):
    """Call SIMPLer by a WISP's settings, or by every WISP's."""

    wisp: _Wisp = ""


class DeleteWisp(Operation, frozen=True, kw_only=True, tag="wisps delete"):
    """Delete a WISP with everything of it."""

    wisp: _Wisp
    keep_contacts: Annotated[bool, Meta(description="leave the contacts with their users")] = False
    yes: _Go = False


class ListWisps(Operation, frozen=True, tag="wisps list"):
    """All WISPs."""


class ShowWisp(Operation, frozen=True, kw_only=True, tag="wisps show"):
    """A WISP's settings, and who changed them last; no credentials."""

    wisp: _Wisp


def operation_name(operation: type[Operation] | Operation) -> str:
    """Return an operation's name, which its JSON has as ``do``."""
    return str(operation.__struct_config__.tag)


_Act = Callable[[Services, Any, str], Any]

_ACTS: Mapping[type[Operation], _Act] = MappingProxyType(
    {
        ListAccounts: lambda services, asked, _: accounts.list_accounts(services, asked.wisp),
        PauseAccount: lambda services, asked, by: pause(
            services, asked.wisp, asked.account, asked.why, by=by
        ),
        RelistAccounts: lambda services, asked, by: accounts.relist(services, asked.wisp, asked.account, by),
        RestoreAccount: lambda services, asked, by: restore(
            services, asked.wisp, asked.account, asked.before, by=by, go=asked.go
        ),
        ResumeAccount: lambda services, asked, by: resume(services, asked.wisp, asked.account, by=by),
        ListRuns: lambda services, asked, _: accounts.list_runs(services, asked.wisp, asked.account),
        ScopeAccount: lambda services, asked, by: (save_scope if asked.go else check_scope)(
            services,
            ScopeWish(asked.wisp, asked.account, by, Scope(asked.sites, asked.access_points, asked.statuses)),
        ),
        Doctor: lambda services, _, __: doctor.diagnose(services),
        CheckDocuments: lambda services, asked, _: documents.check_documents(services, asked.wisp),
        FreeLease: lambda services, asked, by: leases.free_lease(services, asked.lease, by),
        ListLeases: lambda services, _, __: leases.list_leases(services),
        SweepLeases: lambda services, _, __: leases.sweep_leases(services),
        StartNights: lambda services, asked, _: nights.start_nights(
            services, asked.time_zone, everybody=asked.everybody
        ),
        CheckWisps: lambda services, asked, by: wisps.check_wisps(services, asked.wisp, by),
        DeleteWisp: lambda services, asked, by: wisps.delete(
            services, asked.wisp, keep_contacts=asked.keep_contacts, go=asked.yes, by=by
        ),
        ListWisps: lambda services, _, __: wisps.list_wisps(services),
        ShowWisp: lambda services, asked, _: read_settings(services, asked.wisp),
    }
)

OPERATIONS: Mapping[str, type[Operation]] = MappingProxyType({operation_name(kind): kind for kind in _ACTS})
"""All of them, by their names."""


def run_operation(services: Services, asked: Operation, by: str) -> Any:
    """Do what an operator asks for, and write into the log who it was and what came of it.

    Args:
        services: The ports.
        asked: What is asked for.
        by: The operator, in words that others may read.

    Returns:
        What came of it: values that have a JSON form; None where there is nothing to tell.

    Raises:
        Trouble: It cannot be done.
    """
    given = msgspec.structs.asdict(asked)
    target = given.get("lease") or given.get("before") or given.get("time_zone") or ""
    wisp, account = given.get("wisp", ""), given.get("account", "")
    with audited(operation_name(asked), by, wisp=wisp, account=account, target=target):
        return _ACTS[type(asked)](services, asked, by)


@contextmanager
def audited(do: str, by: str, *, wisp: str = "", account: str = "", target: str = "") -> Iterator[None]:
    """Write into the log that an operator begins something, and once more what came of it.

    Args:
        do: What it is.
        by: The operator, in words that others may read.
        wisp: The wisp that it is about.
        account: Its account.
        target: The lease, run, time zone or secret.
    """
    about = _About(do, by, wisp=wisp, account=account, target=target)
    _log(about, "begun")
    try:
        yield
    except Exception as error:
        _log(about, "failed", error.reason if isinstance(error, Trouble) else "internal")
        raise
    _log(about, "done")


class _About(NamedTuple):
    do: str
    by: str
    wisp: str
    account: str
    target: str


def _log(about: _About, state: str, code: str = "") -> None:
    log(
        Event.OPERATOR_ACTED,
        f"an operator asked for {about.do}: {state}",
        do=about.do,
        by=about.by,
        wisp=about.wisp,
        account=about.account,
        target=about.target,
        state=state,
        code=code,
    )

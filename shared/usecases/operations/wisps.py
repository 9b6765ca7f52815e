"""Wisps as an operator sees them: which there are, whether SIMPLer answers them, and one deleted."""

from collections.abc import Sequence

import msgspec

from shared.domain.model.wisp import WispSettings
from shared.errors import Misconfigured, Trouble
from shared.usecases.accounts.delete_wisp import delete_wisp, left_of
from shared.usecases.base.documents import load_wisp
from shared.usecases.base.services import Services
from shared.usecases.wisps.rules import Flaw
from shared.usecases.wisps.settings import Wish, check_settings


class WispState(msgspec.Struct, frozen=True):
    """A WISP.

    Attributes:
        wisp: Its id.
        name: Its name.
        time_zone: Its time zone.
        accounts: How many Google accounts it has.
        why: Why its settings cannot be read; empty: they can be.
    """

    wisp: str
    name: str
    time_zone: str
    accounts: int
    why: str = ""


class WispChecked(msgspec.Struct, frozen=True):
    """What SIMPLer gave by a WISP's settings, in counts.

    Attributes:
        wisp: Its id.
        records: Records that came; None: SIMPLer was not called, or gave nothing.
        contacts: How many of them are contacts.
        flaws: What is wrong.
        why: Why it could not be checked at all; empty: it was.
    """

    wisp: str
    records: int | None = None
    contacts: int | None = None
    flaws: tuple[Flaw, ...] = ()
    why: str = ""


class WispDeleted(msgspec.Struct, frozen=True):
    """What there was of a WISP, and what became of it.

    Attributes:
        wisp: Its id.
        deleted: It is deleted; otherwise it was only counted.
        accounts: How many Google accounts it had, or were disconnected now.
        documents: How many other documents it had, or were deleted since.
        removed: How many contacts were removed.
    """

    wisp: str
    deleted: bool
    accounts: int
    documents: int
    removed: int = 0


def list_wisps(services: Services) -> Sequence[WispState]:
    """Return all WISPs; what is wrong with one does not hide the others."""
    return [_state(services, id_) for id_, _ in services.state.find("wisps")]


def _state(services: Services, id_: str) -> WispState:
    accounts = len(services.state.find(f"wisps/{id_}/accounts"))
    try:
        wisp = load_wisp(services.state, id_)
    except Misconfigured as unreadable:
        return WispState(id_, "", "", accounts, why=unreadable.message)
    return WispState(id_, wisp.name, wisp.time_zone, accounts)


def check_wisps(services: Services, wisp_id: str, by: str) -> Sequence[WispChecked]:
    """Call SIMPLer by a WISP's settings, or by every WISP's; show no customer."""
    wisps = [wisp_id] if wisp_id else [id_ for id_, _ in services.state.find("wisps")]
    return [_checked(services, wisp, by) for wisp in wisps]


def _checked(services: Services, wisp: str, by: str) -> WispChecked:
    try:
        load_wisp(services.state, wisp)
        checked = check_settings(services, Wish(wisp, by, WispSettings()))
    except Trouble as trouble:
        return WispChecked(wisp, why=trouble.message)
    found = checked.found
    if found is None:
        return WispChecked(wisp, flaws=checked.flaws)
    return WispChecked(wisp, found.records, found.contacts, checked.flaws)


def delete(services: Services, wisp_id: str, *, keep_contacts: bool, go: bool, by: str) -> WispDeleted:
    """Delete a WISP with everything of it, or only count what there is.

    Raises:
        Trouble: As `delete_wisp`.
    """
    if go:
        done = delete_wisp(services, wisp_id, remove=not keep_contacts, by=by)
        return WispDeleted(
            wisp_id, deleted=True, accounts=done.accounts, documents=done.documents, removed=done.removed
        )
    accounts = len(services.state.find(f"wisps/{wisp_id}/accounts"))
    documents = len(left_of(services.state, wisp_id))
    return WispDeleted(wisp_id, deleted=False, accounts=accounts, documents=documents)

"""Acts: what people did for a wisp, its settings included, newest first."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from shared.domain.model.act import Act, ActKind
from shared.domain.model.schedule import moment
from shared.domain.model.wisp_history import Changed, SettingChange
from shared.ports import StateStore
from shared.usecases.base.documents import load_accounts, load_acts, load_history, load_wisp
from shared.usecases.base.ledger_store import load_names
from shared.usecases.base.services import Services

MOST_ACTS = 100
"""Acts that are told, besides those of which people do many."""

MOST_OF_MANY: Mapping[str, int] = {"pressed": 50, "outage_listed": 20}
"""How many are told of what people do often: press customers' buttons, and look for the mast that is down."""

_FARTHEST = 2_000
"""Acts that are read to find so many."""

MOST_NAMED = 20
"""Customers who are told with their names: each may take a reading of its own."""

_OF_A_CUSTOMER = ("pressed", "dismissed")


class Told(msgspec.Struct, frozen=True):
    """One thing that somebody did.

    Attributes:
        at: When, ISO 8601, UTC.
        by: Who, in words that others may read.
        what: What they did.
        account: The address of the account, where it is about one.
        about: The run or the customer, by its id, where it is about one.
        detail: What came of it, or why, in a sentence; or empty.
        changed: The settings that were changed.
        name: Of the customer, where it is about one of the last; or empty.
    """

    at: str
    by: str
    what: ActKind | Literal["changed", "set_up"]
    account: str = ""
    about: str = ""
    detail: str = ""
    changed: tuple[Changed, ...] = ()
    name: str = ""


def acts_of(services: Services, wisp_id: str) -> Sequence[Told]:
    """Return the last things that people did, newest first; raise `Misconfigured` for no wisp."""
    wisp = load_wisp(services.state, wisp_id)
    acts = _last(services.state, wisp.id)
    changes = load_history(services.state, wisp.id).changes
    names = _names(services.state, wisp.id, [act.about for act in acts if act.what in _OF_A_CUSTOMER])
    told = [
        Told(
            at=act.started,
            by=act.by,
            what=act.what,
            account=act.account,
            about=act.about,
            detail=act.detail,
            name=names.get(act.about, "") if act.what in _OF_A_CUSTOMER else "",
        )
        for act in acts
    ]
    told += [_changed(change) for change in changes]
    told.sort(key=lambda each: moment(each.at), reverse=True)
    shown = [each for each in told if each.what not in MOST_OF_MANY][:MOST_ACTS]
    for kind, most in MOST_OF_MANY.items():
        shown += [each for each in told if each.what == kind][:most]
    return sorted(shown, key=lambda each: moment(each.at), reverse=True)


def _last(state: StateStore, wisp: str) -> Sequence[Act]:
    """Read acts as far back as it takes to have `MOST_ACTS` besides those of which people do many."""
    for newest in (MOST_ACTS, _FARTHEST):
        acts = load_acts(state, wisp, newest=newest)
        if len(acts) < newest or sum(act.what not in MOST_OF_MANY for act in acts) >= MOST_ACTS:
            break
    return acts


def _names(state: StateStore, wisp: str, customers: Sequence[str]) -> Mapping[str, str]:
    """Return the names of the last customers, as far as the accounts' ledgers know them."""
    found: dict[str, str] = {}
    last = set(list(dict.fromkeys(customers))[:MOST_NAMED])
    for account in load_accounts(state, wisp):
        if left := last - found.keys():
            found |= load_names(state, account.id, left)
    return found


def _changed(change: SettingChange) -> Told:
    """Tell of a change of settings; of a new wisp nothing was anything before."""
    is_new = any(each.setting == "name" and not each.before for each in change.settings)
    if is_new:
        return Told(change.at, change.by, "set_up")
    return Told(change.at, change.by, "changed", changed=change.settings)

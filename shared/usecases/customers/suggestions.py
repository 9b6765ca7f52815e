"""Suggestions as people look them up: what users wrote in place of SIMPLer's values; dismisses one."""

import msgspec

from shared.domain.contact.link import link_to
from shared.domain.model.act import Act
from shared.domain.model.suggestion import KEPT_FOR, Dismissal, Suggestion
from shared.domain.model.wisp import Wisp
from shared.ports import Put
from shared.usecases.base.documents import act_put, load_wisp, read_accounts, readable, to_document
from shared.usecases.base.services import Services

MOST_TOLD = 500
"""Suggestions that a call is told of; the count includes the others."""


class OpenSuggestion(msgspec.Struct, frozen=True):
    """A value that a user wrote in place of SIMPLer's.

    Attributes:
        id: By which it is dismissed; another one when the user's words change.
        customer: The customer's id.
        name: Their name as contacts show it.
        link: The customer's record in SIMPLer; empty where the settings name none.
        field: Google's name of the field.
        title: Of a row, its title; otherwise empty.
        simpler: What SIMPLer had when this was seen last; empty: nothing.
        theirs: What the user wrote instead; empty: they removed it.
        account: The id of the account in which they did.
        email: Its address.
        since: When these words were seen first, ISO 8601, UTC.
        last: When they were seen last, likewise.
        times: How often the value was changed, as far as it is known.
    """

    id: str
    customer: str
    name: str
    link: str
    field: str
    title: str
    simpler: str
    theirs: str
    account: str
    email: str
    since: str
    last: str
    times: int


class Suggestions(msgspec.Struct, frozen=True):
    """The suggestions that nobody has dismissed.

    Attributes:
        count: How many there are.
        suggestions: Those that were seen last, newest first, `MOST_TOLD` at most.
    """

    count: int
    suggestions: list[OpenSuggestion]


def suggestions(services: Services, wisp_id: str) -> Suggestions:
    """Return a wisp's open suggestions; what cannot be read is left out.

    Raises:
        Misconfigured: There is no such wisp.
    """
    wisp = load_wisp(services.state, wisp_id)
    found = open_suggestions(services, wisp)
    return Suggestions(len(found), found[:MOST_TOLD])


def open_suggestions(services: Services, wisp: Wisp) -> list[OpenSuggestion]:
    """Return all of a wisp's open suggestions, those that were seen last first."""
    state, now = services.state, services.clock.now()
    path = f"wisps/{wisp.id}/suggestions"
    found, _ = readable(state.find(path), Suggestion, path)
    kept = {each.dismissal_of(id_): each for id_, each in found.items() if each.is_kept(now)}
    if not kept:
        return []
    path = f"wisps/{wisp.id}/dismissed"
    dismissals, _ = readable(state.find(path), Dismissal, path)
    dismissed = {id_ for id_, each in dismissals.items() if each.is_kept(now)}
    accounts, broken = read_accounts(state, wisp.id)
    emails = {each.id: each.email for each in accounts} | {each.id: each.email for each in broken}
    told = [
        OpenSuggestion(
            id=id_,
            customer=each.customer,
            name=each.name,
            link=link_to(wisp.simpler_url, wisp.simpler_profile, each.customer),
            field=each.field,
            title=each.title,
            simpler=each.simpler,
            theirs=each.theirs,
            account=each.account,
            email=emails.get(each.account, each.account),
            since=each.since,
            last=each.last,
            times=each.times,
        )
        for id_, each in kept.items()
        if id_ not in dismissed
    ]
    return sorted(told, key=lambda each: (each.last, each.id), reverse=True)


def dismiss(services: Services, wisp_id: str, id_: str, by: str) -> bool:
    """Have nobody see a suggestion any more, and record who wanted that.

    The user's words count: if they have changed since somebody looked, nothing is dismissed.

    Returns:
        Whether it was open.

    Raises:
        Misconfigured: There is no such wisp.
    """
    wisp = load_wisp(services.state, wisp_id)
    found = next((each for each in open_suggestions(services, wisp) if each.id == id_), None)
    if found is None:
        return False
    now = services.clock.now()
    at = now.isoformat()
    services.state.write(
        Put(
            f"wisps/{wisp.id}/dismissed/{found.id}",
            to_document(Dismissal(found.account, by, at)),
            now + KEPT_FOR,
        ),
        act_put(wisp.id, now, Act(at, by, "dismissed", found.email, about=found.customer)),
    )
    return True

"""Scope: which customers go into one account; chosen, shown what that does, and saved.

It is chosen here too for an account that is still to be connected, before its first fill.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import accumulate

import msgspec
from flask import Response, abort, make_response, request

from functions.console.pages import notice
from functions.console.pages.notice import Notice
from functions.console.pages.wording import scope as told
from functions.console.web.fitting import weight
from functions.console.web.render import on_to, render
from functions.console.web.visit import Visit
from shared.domain.contact.text import cut, folded
from shared.domain.model.account import MOST_CONTACTS, Account
from shared.domain.model.scope import EVERYBODY, Scope
from shared.errors import Misconfigured, RetryLater, StopRun
from shared.typed import from_plain
from shared.usecases.customers.known_list import known_list
from shared.usecases.wisps.scope import (
    Choice,
    Scoped,
    ScopeWish,
    check_scope,
    offered,
    save_scope,
)

MOST_BOXES = 100
"""Names of a kind that have a box, those of the most contacts, by their names; others are typed."""

OCTETS = 21_000
"""Octets that all boxes take, and the names that are chosen besides."""

MOST_CHOSEN = 13_000
"""Octets of the names that may be chosen here: the form carries them from page to page."""

OCTETS_A_BOX = 150
"""Octets that a box takes besides its name, which it has twice: as its value, and for people."""

LONGEST_BESIDE_BOX = 80
"""Characters of a name that people see beside its box."""

LONGEST_TOLD = 300
"""Characters of a scope in a notice: browsers drop a cookie of more than 4,096 bytes (RFC 6265, 6.1)."""

_PARTS = {
    "sites": ("Sites", "Whichever site they are at, where none is chosen."),
    "access_points": ("Access points", "Whichever access point they use, where none is chosen."),
    "statuses": ("Statuses", "Whichever status they have, where none is chosen."),
}
"""The parts of a scope, with what the page says of each."""


_NOTHING_CHOSEN = "Nothing is chosen yet."
_TOO_MUCH_CHOSEN = (
    "These names are too long, or too many, to choose all of them at once: please choose fewer."
)


class _Part(msgspec.Struct, frozen=True):
    """A part of the form.

    Attributes:
        name: As a scope calls it.
        title: For people.
        hint: What it means that nothing is chosen.
        boxes: What can be chosen, and whether it is.
        others: Names that are chosen and have no box, one a line.
        is_long: There are more names than boxes.
    """

    name: str
    title: str
    hint: str
    boxes: Sequence[tuple[Choice, bool]]
    others: str
    is_long: bool


def show(visit: Visit, account: str) -> Response:
    """Show which customers the account holds, and what else could be chosen."""
    return _page(visit, _as_it_is(visit, _known(visit, account)))


def propose(visit: Visit, account: str) -> Response:
    """Show what a choice would do; save it once somebody has seen that."""
    known, asked = _known(visit, account), asked_scope()
    if request.form.get("before", "") != _written(known.scope) and asked != known.scope:
        return _changed(visit, account, known.scope)
    if asked is None:
        return _page(visit, _as_it_is(visit, known), [_TOO_MUCH_CHOSEN])
    wish = ScopeWish(visit.wisp.id, known.id, visit.session.user.told, asked, before=known.scope)
    try:
        if "save" in request.form:
            found = save_scope(visit.services, wish)
        else:
            found = check_scope(visit.services, wish)
    except Misconfigured as changed:
        if changed.reason != "settings.changed":
            raise
        return _changed(visit, account, _known(visit, account).scope)
    if found.flaws:
        return _page(visit, found, [flaw.message for flaw in found.flaws])
    if found.saved or found.scope == found.before:
        said = (
            f"From the next run on it holds {cut(told(found.scope), LONGEST_TOLD)}."
            if found.saved
            else "Nothing was changed."
        )
        return _on(visit, "account", account, Notice(said))
    return make_response(
        render("scope_effect.html", visit, found=found, before=_written(found.before), parts_of=_PARTS)
    )


def ask_first(visit: Visit) -> Response:
    """Ask which customers an account is to hold that is still to be connected: all, unless somebody chooses.

    While SIMPLer cannot be read there is no choice to be shown, and an account can be connected all the same.
    """
    try:
        return _first(visit, _offered(visit, _new(visit), EVERYBODY))
    except (StopRun, RetryLater, Misconfigured) as trouble:
        return _first(visit, None, flaws=[trouble.user_message])


def propose_first(visit: Visit) -> Response:
    """Tell how many customers a choice has the account hold, with the way to Google.

    Whoever would rather choose others (``again``) finds what they had chosen as they left it.
    """
    asked = asked_scope()
    found = _offered(visit, _new(visit), asked or EVERYBODY)
    if asked is None:
        flaws = [_TOO_MUCH_CHOSEN]
    else:
        flaws = [flaw.message for flaw in found.flaws] if asked != EVERYBODY else [_NOTHING_CHOSEN]
    if flaws or "again" in request.form:
        return _first(visit, found, flaws, 422 if flaws else 200)
    return make_response(
        render("first_scope_effect.html", visit, found=found, parts_of=_PARTS, room=MOST_CONTACTS)
    )


def _as_it_is(visit: Visit, known: Account) -> Scoped:
    """Return what can be chosen and what is; nothing is ticked of more than a page holds."""
    return _offered(visit, known, known.scope if _fits(known.scope) else EVERYBODY)


def _fits(scope: Scope) -> bool:
    return _chosen_octets(scope) <= MOST_CHOSEN


def _chosen_octets(scope: Scope) -> int:
    return sum(weight(name) + 1 for _, names in scope.parts() for name in names)


def _new(visit: Visit) -> Account:
    """Return what stands for an account that is still to be connected."""
    return Account("", visit.wisp.id, email="", google_id="", secret="")


def _offered(visit: Visit, account: Account, scope: Scope) -> Scoped:
    known = known_list(visit.services, visit.wisp, anew="anew" in request.args)
    return offered(visit.services, account, scope, listing=known.value.listing, at=known.at)


def _first(visit: Visit, found: Scoped | None, flaws: Sequence[str] = (), code: int = 200) -> Response:
    form = list(_form(found)) if found else []
    return make_response(
        render(
            "first_scope.html",
            visit,
            found=found,
            form=form,
            flaws=flaws,
            room=MOST_CONTACTS,
            longest=LONGEST_BESIDE_BOX,
        ),
        code,
    )


def _page(visit: Visit, found: Scoped, flaws: Sequence[str] = ()) -> Response:
    html = render(
        "scope.html",
        visit,
        found=found,
        before=_written(found.before),
        form=list(_form(found)),
        longest=LONGEST_BESIDE_BOX,
        fits=_fits(found.before),
        flaws=flaws,
        notice=notice.left(request, visit),
    )
    response = make_response(html, 422 if flaws else 200)
    notice.clear(response, visit)
    return response


def _form(found: Scoped) -> Iterator[_Part]:
    """Yield the parts, each with what can be chosen and what is."""
    left = OCTETS - _chosen_octets(found.scope)
    for number, (name, (title, hint)) in enumerate(_PARTS.items()):
        choices: tuple[Choice, ...] = getattr(found.choices, name)
        chosen = {folded(each): each for each in getattr(found.scope, name)}
        share = left // (len(_PARTS) - number)
        shown = sorted(_boxes(choices, share), key=lambda each: each.name.casefold())
        left -= sum(_octets(each) for each in shown)
        boxes = [(each, chosen.pop(folded(each.name), None) is not None) for each in shown]
        yield _Part(
            name,
            title,
            hint,
            boxes,
            others="\n".join(chosen.values()),
            is_long=len(choices) > len(boxes),
        )


def _boxes(choices: Sequence[Choice], octets: int) -> Sequence[Choice]:
    """Return those that have a box: `MOST_BOXES`, or fewer where their names are long."""
    sums = accumulate(map(_octets, choices[:MOST_BOXES]))
    return choices[: sum(taken <= octets for taken in sums)]


def _octets(choice: Choice) -> int:
    return OCTETS_A_BOX + weight(choice.name) + weight(choice.name[:LONGEST_BESIDE_BOX])


def asked_scope() -> Scope | None:
    """Return what was chosen: boxes, and names that were typed one a line.

    None: more names, or longer ones, than can be chosen on a page.
    """
    given = {name: [*request.form.getlist(name), *_lines(f"more_{name}")] for name in _PARTS}
    try:
        chosen = from_plain({name: [each for each in names if each] for name, names in given.items()}, Scope)
    except msgspec.ValidationError:
        return None
    return chosen if _fits(chosen) else None


def _lines(field: str) -> list[str]:
    return [line for line in map(str.strip, request.form.get(field, "").splitlines()) if line]


def _written(scope: Scope) -> str:
    """Return what the form carries of a scope, to know it again."""
    return sha256(msgspec.json.encode(scope)).hexdigest()[:16]


def _changed(visit: Visit, account: str, scope: Scope) -> Response:
    """Say what was chosen meanwhile, perhaps by the reader in another window, and show what counts now."""
    now = cut(scope.told(), LONGEST_TOLD)
    said = f"What this account holds was changed meanwhile: {now}. Please choose again."
    return _on(visit, "scope", account, Notice(said, "warn"))


def _on(visit: Visit, page: str, account: str, said: Notice) -> Response:
    response = on_to(page, account=account)
    notice.leave(response, visit, said)
    return response


def _known(visit: Visit, account: str) -> Account:
    return visit.account(account) or abort(404)

"""Customers: looks one up, shows how they stand in each account, and lets people act on it."""

from collections.abc import Mapping

from flask import Response, make_response, redirect, request, url_for

from functions.console.pages import notice
from functions.console.pages.health import Badge, Tone
from functions.console.pages.notice import Notice
from functions.console.pages.wording import RESULTS, STANDINGS, many, named
from functions.console.web.fitting import part_of
from functions.console.web.render import on_to, render
from functions.console.web.visit import Visit
from shared.domain.model.run import CustomerOutcome
from shared.domain.sync.standing import Standing
from shared.usecases.customers.email_vcard import MOST_AT_ONCE, ListSent, Sent, email_vcard, email_vcards
from shared.usecases.customers.press import Pressed, sync_customer
from shared.usecases.customers.search import LONGEST_QUERY, search
from shared.usecases.runs.customer_status import customer_status

_TONES: Mapping[Standing, Tone] = {
    "current": "good",
    "kept": "plain",
    "former": "plain",
    "absent": "plain",
    "outside": "plain",
    "unknown": "plain",
}
"""The colour of how a customer stands; anything else is a warning."""

OCTETS = 24_000
"""Octets that the customers who were found take on the page."""

MOST_ACCOUNTS = 15
"""Accounts on a page of a customer's; those that somebody should look at come first."""

_MOST_REASONS = 3
"""Accounts whose failure a notice tells; the page below tells them all."""


def show(visit: Visit) -> Response:
    """Show the field to type into, and what was found; an id leads to its customer at once."""
    query = _asked("q").strip()
    found = search(visit.services, visit.wisp.id, query, anew=bool(_asked("anew"))) if query else None
    if found and found.matches and found.matches[0].customer == found.query:
        return make_response(redirect(url_for("customer", id=found.query), 303))
    left = notice.left(request, visit)
    shown = render("customers.html", visit, found=found, longest=LONGEST_QUERY, octets=OCTETS, notice=left)
    response = make_response(shown)
    notice.clear(response, visit)
    return response


def one(visit: Visit) -> Response:
    """Show one customer, with the notice that the previous step left."""
    told = customer_status(visit.services, visit.wisp.id, _asked("id"))
    shown = notice.left(request, visit)
    badges = {each.account: _badge(each.state) for each in told.accounts}
    ranked = sorted(told.accounts, key=lambda each: badges[each.account].tone != "warn")
    part = part_of(ranked, MOST_ACCOUNTS, _asked("part"))
    response = make_response(
        render("customer.html", visit, told=told, part=part, badges=badges, notice=shown)
    )
    notice.clear(response, visit)
    return response


def press(visit: Visit) -> Response:
    """Synchronise the customer now, as their button in SIMPLer does."""
    customer = request.form.get("customer", "")
    pressed = sync_customer(visit.services, visit.wisp.id, customer, visit.session.user.told)
    return _back(visit, customer, _pressed(pressed))


def mail(visit: Visit) -> Response:
    """Mail the customer's vCard to the user who asks."""
    customer, to = request.form.get("customer", ""), visit.session.user.email
    sent = email_vcard(visit.services, visit.wisp.id, customer, to=to, request=visit.call.id)
    return _back(visit, customer, Notice(_sent(sent)))


def mail_several(visit: Visit) -> Response:
    """Mail the vCards of the customers who are ticked, in one mail, to the user who asks."""
    ticked, to = request.form.getlist("customer"), visit.session.user.email
    if 0 < len(ticked) <= MOST_AT_ONCE:
        told = _several_sent(
            email_vcards(visit.services, visit.wisp.id, ticked, to=to, request=visit.call.id)
        )
    else:
        told = Notice(f"Please tick 1 to {MOST_AT_ONCE} customers. Nothing was sent.", "warn")
    response = on_to("customers", q=request.form.get("q", ""))
    notice.leave(response, visit, told)
    return response


def _back(visit: Visit, customer: str, told: Notice) -> Response:
    response = on_to("customer", id=customer)
    notice.leave(response, visit, told)
    return response


def _badge(standing: Standing) -> Badge:
    return Badge(named(STANDINGS, standing), _TONES.get(standing, "warn"))


def _asked(name: str) -> str:
    return request.args.get(name, "")


def _pressed(pressed: Pressed) -> Notice:
    if pressed.state == "taken_in":
        return Notice("A run is on, and takes this customer in. Please look again in a moment.")
    failed = [outcome for outcome in pressed.accounts if outcome.result == "failed"]
    text = " ".join((_done(pressed.accounts), *(_why(outcome) for outcome in failed[:_MOST_REASONS])))
    return Notice(text, "warn" if failed else "good")


def _done(outcomes: list[CustomerOutcome]) -> str:
    """Say what was done in how many accounts, each kind once."""
    kinds = dict.fromkeys(outcome.result for outcome in outcomes)
    counts = {kind: sum(outcome.result == kind for outcome in outcomes) for kind in kinds}
    done = ", ".join(f"{named(RESULTS, kind)} in {many(n, 'account')}" for kind, n in counts.items())
    return f"Nothing was done: it {done}." if [*kinds] == ["failed"] else f"Done: {done}."


def _why(outcome: CustomerOutcome) -> str:
    again = " It is tried again by itself." if outcome.again else ""
    return f"{outcome.email}: {outcome.reason}{again}"


def _sent(sent: Sent) -> str:
    if sent.state == "already_sent":
        return f"The vCard was sent to {sent.to} a moment ago already."
    return f"The vCard is on its way to {sent.to}."


def _several_sent(sent: ListSent) -> Notice:
    vcards, missing = many(len(sent.customers), "vCard"), sent.not_sent[:_MOST_REASONS]
    if sent.state == "already_sent":
        done = f"The same {vcards} went to {sent.to} a moment ago already."
    else:
        done = f"{vcards} in one mail: on the way to {sent.to}, with a page to print."
    more = len(sent.not_sent) - len(missing)
    told = [f"Not sent: {each.customer[:40]}: {each.reason}" for each in missing]
    told += [f"And {more} more."] if more else []
    return Notice(" ".join([done, *told]), "warn" if told else "good")

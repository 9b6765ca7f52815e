"""Customer pages: the list, a customer with two buttons, vCards of several, outages, suggestions."""

from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from infra.standins.simpler.form import FIELDS, STATUSES, changes, matches, shown
from infra.standins.simpler.state import State
from infra.standins.simpler.website import Site, Told, Tone, tell

PAGE = 50
"""Customers on a page."""


def add_customer_pages(pages: Blueprint, state: State, site: Site) -> None:
    """Add them to SIMPLer's pages."""
    _add_list(pages, state)
    _add_editing(pages, state, site)
    _add_buttons(pages, state, site)


def _add_list(pages: Blueprint, state: State) -> None:
    @pages.get("/customers/")
    def customers() -> str:
        query, number = request.args.get("q", ""), max(1, request.args.get("page", 1, type=int))
        found = [record for record in state.customers.all() if matches(record, query)]
        rows = [_row(record) for record in found[(number - 1) * PAGE : number * PAGE]]
        last = max(1, -(-len(found) // PAGE))
        return render_template(
            "simpler/customers.html", rows=rows, query=query, count=len(found), number=number, last=last
        )

    @pages.get("/customers/<customer>")
    def customer(customer: str) -> str:
        record = _record(state, customer)
        return render_template("simpler/customer.html", id=customer, record=shown(record), fields=FIELDS)


def _add_editing(pages: Blueprint, state: State, site: Site) -> None:
    @pages.route("/customers/new", methods=["GET", "POST"])
    def add() -> str | AnyResponse:
        record = {"status": "current", "country": "Ireland"}
        if request.method == "GET":
            return _form("", record)
        number = state.customers.new_id()
        state.customers.add({"customerid": number, **shown(record), **changes(record, request.form)})
        site.triggers.fire(str(number))
        return _saved(str(number), "The customer was added.")

    @pages.route("/customers/<customer>/edit", methods=["GET", "POST"])
    def edit(customer: str) -> str | AnyResponse:
        record = _record(state, customer)
        if request.method == "GET":
            return _form(customer, record)
        state.customers.patch(customer, changes(record, request.form))
        site.triggers.fire(customer)
        return _saved(customer, "The customer was saved.")

    @pages.route("/customers/<customer>/delete", methods=["GET", "POST"])
    def delete(customer: str) -> str | AnyResponse:
        record = _record(state, customer)
        if request.method == "GET":
            return render_template("simpler/delete.html", id=customer, record=shown(record))
        state.customers.delete(customer)
        flash("The customer was deleted.", "good")
        return redirect(url_for("simpler.customers"), 303)


def _add_buttons(pages: Blueprint, state: State, site: Site) -> None:
    @pages.post("/customers/<customer>/sync")
    def sync_customer(customer: str) -> AnyResponse:
        _record(state, customer)
        tell(lambda: _pressed(site.backend.ask("sync_customer", g.user, customer=customer)))
        return redirect(url_for("simpler.customer", customer=customer), 303)

    @pages.post("/customers/<customer>/status")
    def customer_status(customer: str) -> AnyResponse:
        _record(state, customer)
        tell(lambda: _standing(site.backend.ask("customer_status", g.user, customer=customer)))
        return redirect(url_for("simpler.customer", customer=customer), 303)

    @pages.post("/customers/<customer>/vcard")
    def vcard(customer: str) -> AnyResponse:
        _record(state, customer)
        tell(lambda: _sent(site.backend.ask("email_vcard", g.user, customer=customer)))
        return redirect(url_for("simpler.customer", customer=customer), 303)

    @pages.post("/customers/vcards")
    def vcards() -> AnyResponse:
        ticked = request.form.getlist("customer")
        tell(lambda: _list_sent(site.backend.ask("email_vcard", g.user, customers=ticked)))
        return redirect(url_for("simpler.customers"), 303)

    @pages.get("/customers/outage")
    def outage() -> str:
        site_, ap = request.args.get("site"), request.args.get("ap", "").strip()
        place = {} if site_ is None else {"site": site_} | ({"ap": ap} if ap else {})
        told = site.backend.ask("outage_list", g.user, **place)
        return render_template("simpler/outage.html", told=told, site=site_, ap=ap)

    @pages.get("/customers/suggestions")
    def suggestions() -> str:
        told = site.backend.ask("suggestions", g.user)
        return render_template("simpler/suggestions.html", told=told)

    @pages.get("/customers/<customer>/vcard")
    def vcard_file(customer: str) -> Response:
        content, disposition = site.backend.vcard(g.user, customer)
        return Response(content, content_type="text/vcard", headers={"Content-Disposition": disposition})


def _record(state: State, customer: str) -> Any:
    record = state.customers.get(customer)
    if record is None:
        abort(404, f"SIMPLer has no customer {customer}.")
    return record


def _row(record: Any) -> dict[str, str]:
    if not isinstance(record, dict):
        return {"id": "", "name": str(record)}
    number = record.get("customerid")
    return {**shown(record), "id": "" if number is None else str(number)}


def _form(customer: str, record: Any) -> str:
    return render_template(
        "simpler/edit.html", id=customer, record=shown(record), fields=FIELDS, statuses=STATUSES
    )


def _saved(customer: str, sentence: str) -> AnyResponse:
    flash(sentence, "good")
    return redirect(url_for("simpler.customer", customer=customer), 303)


def _pressed(answer: dict[str, Any]) -> Told:
    """Tell what came of a press, in the tone of the worst account."""
    if answer["state"] == "taken_in":
        return Told("A run is on; it takes this customer in before it ends.")
    results = {account["result"] for account in answer["accounts"]}
    tone: Tone = "problem" if "failed" in results else "warning" if "skipped" in results else "good"
    return Told("Google Contacts: " + (" ".join(map(_done, answer["accounts"])) or _NO_ACCOUNT), tone)


_RESULTS = {
    "created": "the contact was created",
    "updated": "the contact was updated",
    "unchanged": "the contact is up to date",
    "removed": "the contact was removed",
    "skipped": "no contact",
    "failed": "this did not work",
}
"""What became of a customer in an account, in SIMPLer's own words."""


_NO_ACCOUNT = "no Google account is connected yet."


_STANDINGS = {
    "current": "up to date",
    "outdated": "not up to date",
    "missing": "not there yet",
    "absent": "not there",
}
"""How a customer stands in an account, in SIMPLer's own words; the service's sentence tells the rest."""


def _standing(answer: dict[str, Any]) -> Told:
    told = [answer["reason"], *map(_in_account, answer["accounts"])]
    return Told("Google Contacts: " + (" ".join(filter(None, told)) or _NO_ACCOUNT))


def _in_account(account: dict[str, Any]) -> str:
    since = f", there since {account['since'][:10]}" if account["is_there"] and account["since"] else ""
    state = _STANDINGS.get(account["state"], account["state"])
    return f"{account['email']}: {state}{since}. {account['reason']}".rstrip()


def _done(account: dict[str, Any]) -> str:
    done = f"{account['email']}: {_RESULTS[account['result']]}."
    again = "It is tried again by itself." if account["again"] else ""
    why = account["reason"] if account["result"] in ("skipped", "failed") else ""
    return " ".join(filter(None, (done, why, again)))


def _sent(answer: dict[str, Any]) -> Told:
    if answer["state"] == "already_sent":
        return Told(f"The vCard was sent to {answer['to']} a moment ago already.")
    return Told(f"The vCard is on its way to {answer['to']}.")


def _list_sent(answer: dict[str, Any]) -> Told:
    missing = "; ".join(f"{each['customer']}: {each['reason']}" for each in answer["not_sent"])
    count = len(answer["customers"])
    again = " a moment ago already" if answer["state"] == "already_sent" else ""
    vcards = "1 vCard was" if count == 1 else f"{count} vCards were"
    told = f"{vcards} sent to {answer['to']}{again}."
    return Told(f"{told} Not sent: {missing}" if missing else told)

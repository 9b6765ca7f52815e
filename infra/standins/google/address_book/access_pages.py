"""Access pages: the programs that may use an account, as its owner sees them, and taking that back."""

from collections.abc import Callable

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from infra.standins.google.world import World


def add_access_pages(pages: Blueprint, world: Callable[[], World]) -> None:
    """Add them to the address book."""

    @pages.get("/<email>/access")
    def access() -> str:
        known = world().credentials
        clients = {id_: client for id_, client in known.clients.items() if known.standing(g.email, id_)}
        return render_template("contacts/access.html", clients=clients)

    @pages.post("/<email>/access")
    def end_access() -> Response:
        known = world().credentials
        for grant in known.standing(g.email, request.form.get("client", "")):
            known.revoke(grant.refresh_token or "")
        return redirect(url_for("contacts.access"), 303)

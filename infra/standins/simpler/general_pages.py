"""General pages: "Synchronize Google Contacts" with its progress, the users, the Google accounts."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from infra.standins.simpler.backend import Refused
from infra.standins.simpler.website import Site, Told, tell

STATES = {
    "connected": "Connected",
    "reconnect": "Needs to be connected again",
    "paused": "Paused",
    "disconnecting": "Being disconnected",
    "broken": "Broken",
    "waiting": "Waiting to begin",
    "running": "Running",
    "complete": "Complete",
    "partial": "Not everything done",
    "unfinished": "Continues later",
    "failed": "Failed",
    "superseded": "Taken over by another run",
    "interrupted": "Interrupted",
}
"""The service's codes for how accounts and runs are, in people's words."""


def add_general_pages(pages: Blueprint, site: Site) -> None:
    """Add them to SIMPLer's pages."""

    @pages.get("/customers/general")
    def general() -> str:
        return render_template("simpler/general.html", **_panel(site))

    @pages.get("/customers/general/panel")
    def panel() -> str:
        return render_template("simpler/panel.html", **_panel(site))

    @pages.post("/customers/general/sync")
    def start_sync() -> AnyResponse:
        tell(lambda: _started(site.backend.ask("start_sync", g.user)))
        return redirect(url_for("simpler.general"), 303)

    @pages.get("/users/")
    def users() -> str:
        return render_template("simpler/users.html", users=site.users.all())

    @pages.post("/users/")
    def set_right() -> AnyResponse:
        site.users.set_right(request.form.get("user", ""), granted="granted" in request.form)
        return redirect(url_for("simpler.users"), 303)

    @pages.get("/users/google-accounts")
    def google_accounts() -> AnyResponse:
        return redirect(site.backend.ask("console_link", g.user)["url"], 303)


def _status(site: Site) -> dict[str, Any]:
    """Return the service's answer, or one of SIMPLer's own when there is none."""
    try:
        return site.backend.ask("sync_status", g.user)
    except Refused as refused:
        message = {"available": False, "message": refused.sentence}
        return {**message, "running": None, "last_runs": [], "accounts": []}


def _started(_: dict[str, Any]) -> Told:
    """Say nothing more: the page shows the run itself."""
    return Told()


def _panel(site: Site) -> dict[str, Any]:
    return {"status": _status(site), "states": STATES}

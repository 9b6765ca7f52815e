"""Settings pages: "Google Contacts", where a WISP is set up with the service and its settings are changed."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from infra.standins.simpler.backend import Refused
from infra.standins.simpler.form import Field
from infra.standins.simpler.website import Site

FIELDS = (
    Field("name", "Name in the label"),
    Field("country", "Country, as two capitals"),
    Field("time_zone", "Time zone"),
    Field("name_template", "Name of a contact"),
    Field("simpler_url", "Address of SIMPLer's API", wide=True),
    Field("simpler_operator", "Operator"),
    Field("leavers", "Contacts of those who leave", "leavers"),
    Field("statuses", "Statuses of customers who are contacts, with commas", wide=True),
    Field("mail_domains", "vCards only into these mail domains, with commas", wide=True),
    Field("notify", "Mail notices to, with commas", wide=True),
)
"""The settings that the page shows, in the service's names; others stay as they are."""

_LISTS = {"statuses", "mail_domains", "notify"}


def add_settings_pages(pages: Blueprint, site: Site) -> None:
    """Add them to SIMPLer's pages."""

    @pages.get("/settings/google-contacts")
    def google_contacts() -> str:
        known = _known(site)
        return _page(_shown(known.get("settings", {})), known)

    @pages.post("/settings/google-contacts")
    def save_google_contacts() -> AnyResponse | str:
        do = "save" if "save" in request.form else "check"
        try:
            done = site.backend.ask("wisp_settings", g.user, do=do, **_wish(request.form))
        except Refused as refused:
            flash(refused.sentence, "problem")
            problem = {"flaws": refused.members.get("flaws", []), "found": refused.members.get("found")}
            return _page(dict(request.form), _known(site) | problem)
        if done["saved"]:
            flash("The settings are saved.", "good")
            return redirect(url_for("simpler.google_contacts"), 303)
        return _page(dict(request.form), _known(site) | done)

    @pages.post("/settings/google-contacts/trigger")
    def save_trigger() -> AnyResponse | str:
        do = "withdraw_key" if "withdraw" in request.form else "make_key"
        answer = site.backend.ask("wisp_settings", g.user, do=do)
        site.triggers.action = ""
        if do == "make_key":
            address = site.backend.functions.replace("{function}", "customer_changed")
            parameters = f"wisp={site.backend.wisp}&customer=%CUSTOMERID%&key={answer['key']}"
            site.triggers.action = f"POST {address}/ {parameters}"
        known = _known(site)
        return _page(_shown(known.get("settings", {})), known | {"action": site.triggers.action})


def _known(site: Site) -> dict[str, Any]:
    """Return what the service has; nothing of a WISP that is not set up yet."""
    try:
        return site.backend.ask("wisp_settings", g.user, do="read")
    except Refused as refused:
        if refused.status != 404:  # noqa: PLR2004  the service knows no such WISP
            raise
        return {"revision": "", "changes": []}


def _page(form: Mapping[str, str], known: Mapping[str, Any]) -> str:
    """Return the form as somebody typed it, and what came of a check."""
    flaws = known.get("flaws", [])
    by_setting = {flaw["setting"]: flaw["message"] for flaw in flaws}
    return render_template("simpler/settings.html", fields=FIELDS, form=form, known=known, flaws=by_setting)


def _shown(settings: Mapping[str, Any]) -> dict[str, str]:
    return {
        field.name: ", ".join(value) if isinstance(value, list) else str(value)
        for field in FIELDS
        if (value := settings.get(field.name)) is not None
    }


def _wish(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings that the form has; of a new WISP what is left empty is the service's to choose."""
    given = {field.name: form[field.name].strip() for field in FIELDS if field.name in form}
    settings = {name: _listed(text) if name in _LISTS else text for name, text in given.items()}
    needed = {name: value for name, value in settings.items() if value or form.get("revision")}
    login = {name: form.get(name, "") for name in ("api_username", "api_password")}
    wish: dict[str, Any] = {"settings": needed, "revision": form.get("revision", "")}
    return wish | ({"credentials": login} if all(login.values()) else {})


def _listed(text: str) -> list[str]:
    return [part for part in map(str.strip, text.split(",")) if part]

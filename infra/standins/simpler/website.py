"""Website: SIMPLer's web pages as a whole: who is signed in, and the pages' common parts."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    Flask,
    Response,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from infra.standins.simpler.backend import Backend, Refused
from infra.standins.simpler.triggers import Triggers
from infra.standins.simpler.users import GCONTACT, User, Users, staff
from infra.standins.web.pages import new_pages, problem_page

Tone = Literal["good", "warning", "problem"]
"""How a page says something."""

COOKIE = "standin-simpler"


@dataclass(frozen=True, slots=True)
class Site:
    """The needs of SIMPLer's pages beside its customers.

    Attributes:
        backend: For calling the service.
        wisp: The WISP's name.
        users: Its staff.
        time_zone: In which times are shown.
        start_page: Where all of the stand-ins are found.
        key: Signs the session's cookie.
        triggers: What is done when a customer was edited.
    """

    backend: Backend
    wisp: str
    users: Users = field(default_factory=lambda: staff("wisp.example"))
    time_zone: str = "Europe/Dublin"
    start_page: str = ""
    key: str = field(default_factory=secrets.token_hex)
    triggers: Triggers = field(default_factory=Triggers)

    def signed_in(self) -> User | None:
        """Return who is signed in, by the session."""
        return self.users.get(session.get("user", ""))


def set_up_session(app: Flask, site: Site) -> None:
    """Let an application read and write SIMPLer's session. Cookies of a host are seen on all its ports."""
    app.secret_key = site.key
    app.config.update(SESSION_COOKIE_NAME=COOKIE, SESSION_COOKIE_SAMESITE="Lax")


def site_pages(site: Site) -> Blueprint:
    """Return SIMPLer's pages without customers: signing in, and what all pages share."""
    pages = new_pages("simpler", __name__)
    zone = ZoneInfo(site.time_zone)
    pages.add_app_template_filter(lambda when: _local(when, zone), "local")
    pages.register_error_handler(Refused, _refused)

    @pages.before_request
    def know_user() -> AnyResponse | None:
        g.user = site.signed_in()
        open_to_all = request.endpoint in ("simpler.sign_in", "simpler.enter")
        return None if g.user or open_to_all else redirect(url_for("simpler.sign_in"))

    @pages.context_processor
    def common() -> dict[str, Any]:
        return {"user": g.get("user"), "wisp": site.wisp, "GCONTACT": GCONTACT}

    @pages.get("/")
    def home() -> AnyResponse:
        return redirect(url_for("simpler.customers"))

    @pages.get("/sign-in")
    def sign_in() -> str:
        return render_template("simpler/sign_in.html", users=site.users.all())

    @pages.post("/sign-in")
    def enter() -> AnyResponse:
        session.clear()
        session["user"] = request.form.get("user", "")
        return redirect(url_for("simpler.customers"), 303)

    return pages


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a button.

    Attributes:
        sentence: What the next page says; empty where the page shows it anyhow.
        tone: How it says that.
    """

    sentence: str = ""
    tone: Tone = "good"


def tell(action: Callable[[], Told]) -> None:
    """Do what a button stands for; what it says, if anything, is told on the next page."""
    try:
        told = action()
        if told.sentence:
            flash(told.sentence, told.tone)
    except Refused as refused:
        flash(refused.sentence, "problem")


def _refused(refused: Refused) -> Response:
    return problem_page("Not possible", refused.sentence, refused.status)


def _local(when: float | str, zone: ZoneInfo) -> str:
    """Return a time, in seconds since 1970 or ISO 8601, as SIMPLer shows it."""
    moment = datetime.fromtimestamp(when, zone) if isinstance(when, float | int) else None
    moment = moment or datetime.fromisoformat(str(when)).astimezone(zone)
    return f"{moment:%d %b %Y, %H:%M:%S}"

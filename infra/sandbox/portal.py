"""Portal: the start page, from which everything in the sandbox is found."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, render_template, request

from infra.standins.simpler.website import Site, set_up_session
from infra.standins.web.pages import add_pages, new_pages
from shared.usecases.operations.operation import OPERATIONS


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses at which people find the parts."""

    simpler: str
    google: str
    mail: str


def portal(links: Links, site: Site, night: Callable[[], bool], operate: Callable[[str], str]) -> Flask:
    """Return the application.

    Args:
        links: Where people find the parts.
        site: SIMPLer's, whose session tells who is signed in.
        night: Lets it be 05:00; whether a run was started, which is once a day.
        operate: Calls the function of that name as an operator, with a body; gives its answer.
    """
    app = Flask(__name__, static_folder=None)
    set_up_session(app, site)
    pages = new_pages("portal", __name__)

    @pages.get("/")
    def start() -> str:
        return render_template("portal/start.html", links=links, user=site.signed_in(), wisp=site.wisp)

    @pages.post("/night")
    def let_it_be_five() -> str:
        return render_template("portal/night.html", links=links, started=night())

    @pages.get("/operator")
    def operator() -> str:
        return _operator('{"do": "doctor"}', "")

    @pages.post("/operator")
    def have_done() -> str:
        asked = request.form.get("asked", "")
        return _operator(asked, operate(asked))

    add_pages(app, pages)
    return app


def _operator(asked: str, answer: str) -> str:
    operations = [(name, (kind.__doc__ or "").strip()) for name, kind in OPERATIONS.items()]
    return render_template("portal/operator.html", asked=asked, answer=answer, operations=operations)

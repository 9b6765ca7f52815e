"""Guide: the help pages, which anybody may open: on a phone, nobody has come from SIMPLer."""

from flask import Response, make_response, request, url_for

from functions.console.web.render import render
from functions.console.web.visit import Visit, call_of, place_of, visit_of
from shared.domain.contact.qr import qr_picture
from shared.domain.model.schedule import NIGHT
from shared.domain.model.wisp import LABEL_PREFIX
from shared.errors import Trouble


def show() -> Response:
    """Tell staff what goes into Google, when a phone shows it, and how to set one up."""
    return _page("help.html")


def for_administrators() -> Response:
    """Tell SIMPLer's administrators who may do what, and what to do when something is wrong."""
    return _page("administrators.html")


def code() -> Response:
    """Return the QR code that leads a phone to the help page."""
    picture = qr_picture(_address())
    return Response(picture.png, content_type="image/png")


def _page(template: str) -> Response:
    visit = _visit()
    label = visit.wisp.label if visit else f"{LABEL_PREFIX}…"
    shown = {"label": label, "night": f"{NIGHT:%H:%M}", "address": _address()}
    return make_response(render(template, visit, **shown))


def _address() -> str:
    """Return the public address of the help page."""
    return f"{place_of(call_of(request)).origin}{url_for('help')}"


def _visit() -> Visit | None:
    """Return who has come from SIMPLer; None for anybody else."""
    try:
        return visit_of(request)
    except Trouble:
        return None

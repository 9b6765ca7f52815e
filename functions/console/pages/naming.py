"""Naming: what a name template makes of some customers, as a part of the settings' page while it is typed."""

from flask import Response, make_response, request

from functions.console.web.render import render
from functions.console.web.visit import Visit
from shared.domain.contact.name import check_template
from shared.errors import Trouble
from shared.usecases.customers.naming import names_by

_FLAW = "wisp.name_template"
_WAITED = "simpler.reading"
_LONGEST = 500
"""Characters of a template, as the settings have it."""

_READING = "Your customers are being read, which takes SIMPLer long. They can be shown once that is done."
"""It is another question that waits for SIMPLer, so the next one may be asked as well."""

_UNREAD = "Your customers cannot be shown at the moment, because SIMPLer's list could not be read."


def show(visit: Visit) -> Response:
    """Return the names, or what is wrong with the template.

    Where SIMPLer could not be read the page says so once more with each question (``unread``): then it is not
    asked again for every key that is pressed.
    """
    shown: dict[str, object] = {"names": {}, "flaw": "", "unread": "", "reading": ""}
    template = request.args.get("template", "")[:_LONGEST]
    try:
        if "unread" in request.args:
            check_template(template)
            shown["unread"] = _UNREAD
        else:
            shown["names"] = names_by(visit.services, visit.wisp.id, template)
    except Trouble as trouble:
        told = {_FLAW: {"flaw": trouble.user_message}, _WAITED: {"reading": _READING}}
        shown |= told.get(trouble.reason, {"unread": _UNREAD})
    return make_response(render("names.html", visit, **shown))

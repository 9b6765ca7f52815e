"""Visit: one request of a person at the console, with the wisp and the services that it needs."""

import msgspec
from flask import Request

from functions.console.web import cookies
from functions.console.web.place import Place
from functions.console.web.session import ConsoleSession, unseal
from functions.endpoint import Call
from functions.user import GCONTACT, require
from shared.domain.contact.link import home_of, link_to
from shared.domain.model.account import Account
from shared.domain.model.wisp import Wisp
from shared.usecases.base.documents import load_accounts, load_wisp
from shared.usecases.base.services import Services

CALL = "simpler_contacts.call"
"""The WSGI environment's key for the call that is being answered."""


class Visit(msgspec.Struct, frozen=True):
    """A request with a session.

    Attributes:
        call: The call that is being answered.
        session: Who asks.
        wisp: The session's wisp.
    """

    call: Call
    session: ConsoleSession
    wisp: Wisp

    @property
    def services(self) -> Services:
        """The ports."""
        return self.call.services

    @property
    def simpler(self) -> str:
        """Address at which the person finds SIMPLer; empty where the settings name none."""
        return home_of(self.wisp.simpler_url, self.wisp.simpler_profile)

    def record(self, customer: str) -> str:
        """Return the link to a customer's record in SIMPLer; empty where the settings name none."""
        return link_to(self.wisp.simpler_url, self.wisp.simpler_profile, customer) if customer else ""

    def account(self, account: str) -> Account | None:
        """Return one of this wisp's accounts; None if the wisp has no such account."""
        accounts = load_accounts(self.services.state, self.wisp.id)
        return next((found for found in accounts if found.id == account), None)


def call_of(request: Request) -> Call:
    """Return the call that a request to the console's Flask application belongs to."""
    call: Call = request.environ[CALL]
    return call


def place_of(call: Call) -> Place:
    """Return where browsers find the console."""
    return Place(call.services.console_url)


def visit_of(request: Request) -> Visit:
    """Return a request's visit.

    Raises:
        Denied: Its session has ended or never existed, or its user lacks the right.
    """
    call = call_of(request)
    cookie = cookies.get(request, place_of(call), cookies.SESSION)
    session = unseal(cookie, call.services.signed())
    require(session.user, GCONTACT)
    return Visit(call, session, load_wisp(call.services.state, session.wisp))

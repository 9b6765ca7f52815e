"""Seed: what is there before anybody does anything: a WISP that is set up, and people's Google accounts."""

from infra.sandbox.installed import CLIENT, OPERATOR, connect_account, store_wisp
from infra.sandbox.settings import DOMAIN, WISP
from infra.standins.google import GoogleStandIn, NewAccount
from infra.standins.google.user import User
from infra.standins.google.world import NewClient
from shared.domain.model.wisp import Wisp
from shared.usecases.base.services import Services
from shared.usecases.runs.run import SyncWisp, sync_wisp

OFFICE = f"office@{DOMAIN}"
ACCOUNTS = (OFFICE, f"van1@{DOMAIN}", "mary.at.home@mail.example")

_OWN = (
    ("Aoife", "Murphy", "+353 85 555 0101", "Sister. Birthday in May."),
    ("Dr", "O'Sullivan", "+353 21 555 0102", "Dentist, opposite the bank."),
    ("Tower", "Rentals", "+353 21 555 0103", "Ask for Declan."),
    ("Pádraig", "Ó Sé", "+353 87 555 0104", ""),
    ("Taxi", "Blarney", "+353 21 555 0105", ""),
)


def set_up_wisp(services: Services, simpler: str) -> Wisp:
    """Store the WISP, as an operator does once."""
    wisp = Wisp(
        WISP,
        "Cork Wireless",
        "IE",
        "Europe/Dublin",
        f"{simpler}/restapi/",
        OPERATOR,
        "simpler-cork",
        simpler_profile={
            "listing": {"paging": {"style": "page"}},
            "link": "http://{server}/customers/{id}",
        },
        notify=(OFFICE,),
    )
    store_wisp(services, wisp)
    return wisp


def open_accounts(google: GoogleStandIn, address: str, console: str) -> None:
    """Open three Google accounts, two with contacts of their owners, and make our program known."""
    google.world.add_client(
        NewClient(
            **CLIENT,
            redirect_uris=(f"{console}/oauth/callback",),
            name="SIMPLer's Google Contacts integration",
        )
    )
    for email in ACCOUNTS:
        google.world.add_account(NewAccount(email, refresh_tokens=(), region="IE"))
    for email in ACCOUNTS[:2]:
        _fill(User.of(address, email))


def connect(services: Services, google: str, wisp: Wisp) -> None:
    """Connect the office's account without a browser, and let a night's run fill it."""
    connect_account(services, google, wisp.id, OFFICE)
    sync_wisp(services, SyncWisp(wisp.id))


def _fill(user: User) -> None:
    """Add the owner's own contacts, which the service leaves alone."""
    for given, family, number, note in _OWN:
        user.add(
            names=[{"givenName": given, "familyName": family}],
            phoneNumbers=[{"value": number, "type": "mobile"}],
            biographies=[{"value": note, "contentType": "TEXT_PLAIN"}],
        )

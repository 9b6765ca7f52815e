"""Seed: what is there before anybody does anything: a WISP that is set up, and people's Google accounts."""

from infra.sandbox.installed import CLIENT, OPERATOR, connect_account, store_secrets
from infra.sandbox.settings import DOMAIN, WISP
from infra.standins.google import GoogleStandIn, NewAccount
from infra.standins.google.user import User
from infra.standins.google.world import NewClient
from infra.standins.simpler.standin import SimplerStandIn
from shared.domain.model.credentials import Credentials
from shared.domain.model.wisp import Wisp, WispSettings
from shared.usecases.base.documents import load_wisp
from shared.usecases.base.services import Services
from shared.usecases.runs.run import SyncWisp, sync_wisp
from shared.usecases.wisps.settings import Wish, save_settings

OFFICE = f"office@{DOMAIN}"
ACCOUNTS = (OFFICE, f"van1@{DOMAIN}", "mary.at.home@mail.example")

_OWN = (
    ("Aoife", "Murphy", "+353 85 555 0101", "Sister. Birthday in May."),
    ("Dr", "O'Sullivan", "+353 21 555 0102", "Dentist, opposite the bank."),
    ("Tower", "Rentals", "+353 21 555 0103", "Ask for Declan."),
    ("Pádraig", "Ó Sé", "+353 87 555 0104", ""),
    ("Taxi", "Blarney", "+353 21 555 0105", ""),
)


def set_up_wisp(services: Services, simpler: SimplerStandIn) -> Wisp:
    """Set the WISP up, as SIMPLer's page "Google Contacts" does: SIMPLer has to answer."""
    store_secrets(services)
    profile = {"listing": {"paging": {"style": "page"}}, "link": "http://{server}/customers/{id}"}
    settings = WispSettings(
        name="Cork Wireless",
        country="IE",
        time_zone="Europe/Dublin",
        simpler_url=f"{simpler.address}/restapi/",
        simpler_operator=OPERATOR,
        simpler_profile=profile,
        notify=(OFFICE,),
    )
    login = Credentials(simpler.state.api_username, simpler.state.api_password)
    saved = save_settings(services, Wish(WISP, "the sandbox", settings, login))
    assert saved.saved, saved.flaws
    return load_wisp(services.state, WISP)


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

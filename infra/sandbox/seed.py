"""Seed: what is there before anybody does anything: a WISP that is set up, and people's Google accounts."""

import msgspec

from infra.sandbox.settings import DOMAIN, WISP
from infra.standins.google import GoogleStandIn, NewAccount
from infra.standins.google.user import User
from infra.standins.google.world import NewClient
from infra.standins.simpler.state import State
from shared.domain.model.account import Account
from shared.domain.model.wisp import Wisp
from shared.usecases.base.documents import account_put, wisp_put
from shared.usecases.base.services import Services
from shared.usecases.runs.run import SyncWisp, sync_wisp

OFFICE = f"office@{DOMAIN}"
ACCOUNTS = (OFFICE, f"van1@{DOMAIN}", "mary.at.home@mail.example")

_CLIENT = NewClient("sandbox-client", "sandbox-secret", (), "SIMPLer's Google Contacts integration")
_OWN = (
    ("Aoife", "Murphy", "+353 85 555 0101", "Sister. Birthday in May."),
    ("Dr", "O'Sullivan", "+353 21 555 0102", "Dentist, opposite the bank."),
    ("Tower", "Rentals", "+353 21 555 0103", "Ask for Declan."),
    ("Pádraig", "Ó Sé", "+353 87 555 0104", ""),
    ("Taxi", "Blarney", "+353 21 555 0105", ""),
)


def set_up_wisp(services: Services, simpler: str, state: State) -> Wisp:
    """Do what an operator does once: store the WISP's settings, and all secrets but the accounts'."""
    wisp = Wisp(
        WISP,
        "Cork Wireless",
        "IE",
        "Europe/Dublin",
        f"{simpler}/restapi/",
        state.operator,
        "simpler-cork",
        simpler_profile={
            "listing": {"paging": {"style": "page"}},
            "link": "http://{server}/customers/{id}",
        },
        notify=(OFFICE,),
    )
    keys = {"api_username": state.api_username, "api_password": state.api_password}
    client = {"client_id": _CLIENT.client_id, "client_secret": _CLIENT.client_secret}
    services.secrets.put(wisp.simpler_secret, msgspec.json.encode(keys).decode())
    services.secrets.put("oauth-client", msgspec.json.encode(client).decode())
    services.secrets.put("sendgrid-key", "SG.sandbox")
    services.state.write(wisp_put(wisp))
    return wisp


def open_accounts(google: GoogleStandIn, address: str, console: str) -> None:
    """Open three Google accounts, two with contacts of their owners, and make our program known."""
    google.world.add_client(msgspec.structs.replace(_CLIENT, redirect_uris=(f"{console}/oauth/callback",)))
    for email in ACCOUNTS:
        google.world.add_account(NewAccount(email, refresh_tokens=(), region="IE"))
    for email in ACCOUNTS[:2]:
        _fill(User.of(address, email))


def connect(google: GoogleStandIn, services: Services, wisp: Wisp) -> None:
    """Connect the office's account without a browser, and let a night's run fill it."""
    consent = NewAccount(OFFICE, _CLIENT.client_id, _CLIENT.client_secret)
    token = google.world.add_account(consent)[0].refresh_token
    id_ = f"{wisp.id}-1"
    google_id = google.world.accounts[OFFICE].user_id
    account = Account(id_, wisp.id, OFFICE, google_id, f"google-account-{id_}")
    services.secrets.put(account.secret, token or "")
    services.state.write(account_put(account))
    sync_wisp(services, SyncWisp(wisp.id))


def _fill(user: User) -> None:
    """Add the owner's own contacts, which the service leaves alone."""
    for given, family, number, note in _OWN:
        user.add(
            names=[{"givenName": given, "familyName": family}],
            phoneNumbers=[{"value": number, "type": "mobile"}],
            biographies=[{"value": note, "contentType": "TEXT_PLAIN"}],
        )

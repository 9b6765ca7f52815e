"""Settings of the sandbox: the environment of the functions, and who may call them."""

from pathlib import Path

import msgspec

from infra.sandbox.addresses import Ports, address

WISP = "cork"
DOMAIN = "corkwireless.example"
SIMPLER = f"simpler-backend@{DOMAIN}"
SCHEDULER = f"scheduler@{DOMAIN}"
OPERATOR = f"olga@{DOMAIN}"

PLENTY = "reads=6000,writes=6000,others=6000,groups=6000,day=1000000"
"""Quotas of a stand-in that enforces none, so that nobody waits for a minute to pass."""

_CALLERS = {
    SIMPLER: {
        "functions": [
            "start_sync",
            "sync_status",
            "preview_sync",
            "sync_customer",
            "customer_status",
            "suggestions",
            "outage_list",
            "email_vcard",
            "console_link",
            "wisp_settings",
        ],
    },
    SCHEDULER: {"functions": ["sync_all", "watchdog"]},
    OPERATOR: {"functions": ["operate"]},
}


def functions_address(ports: Ports) -> str:
    """Return the address of each function, with ``{function}`` for its name."""
    return f"{address(ports.functions)}/{{function}}"


def console_address(ports: Ports) -> str:
    """Return the address where people's browsers find the console."""
    return f"{address(ports.functions)}/console"


def environment(folder: Path, ports: Ports) -> dict[str, str]:
    """Return the variables with which the functions run here; README.md tells what each means."""
    google = address(ports.google)
    return {
        "STATE_URL": f"sqlite:///{folder}/state.db",
        "SECRETS_URL": f"vault:///{folder}/vault",
        "TASKS_URL": "inline://",
        "PEOPLE_API_ENDPOINT": google,
        "PEOPLE_QUOTA": PLENTY,
        "OAUTH_AUTH_URI": f"{google}/o/oauth2/v2/auth",
        "OAUTH_TOKEN_URI": f"{google}/token",
        "OAUTH_REVOKE_URI": f"{google}/revoke",
        "SENDGRID_ENDPOINT": address(ports.mail),
        "MAIL_FROM": f"Cork Wireless <simpler@{DOMAIN}>",
        "CONSOLE_URL": console_address(ports),
        "CALLER_MODE": "verify",
        "CALLER_AUDIENCE": functions_address(ports),
        "CALLERS": msgspec.json.encode(_CALLERS).decode(),
        "GOOGLE_CERTS_URL": f"{address(ports.identity)}/oauth2/v1/certs",
    }

"""Settings: the only reader of the environment."""

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields

from shared.errors import Misconfigured
from shared.loopback import is_private

_OF_CLOUD_RUN = ("K_SERVICE", "K_REVISION", "K_CONFIGURATION")


def _setting(meaning: str, default: str | None = None, *, address: bool = False) -> str:
    """Describe a setting.

    Args:
        meaning: What it says, for the documentation.
        default: Its value when it is not given; None: it must be given.
        address: Whether it is an address to which secrets or customers' data go.
    """
    metadata = {"meaning": meaning, "address": address}
    value: str = field(metadata=metadata) if default is None else field(default=default, metadata=metadata)
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of an installation, each read from the environment variable of its name in capitals."""

    state_url: str = _setting(
        "Where state and leases are: `firestore://PROJECT/DATABASE` or `sqlite:///FILE`"
    )
    secrets_url: str = _setting("Where secrets are: `secretmanager://PROJECT` or `vault:///FOLDER`")
    tasks_url: str = _setting(
        "What hands work on: `cloudtasks://PROJECT/LOCATION/QUEUE`, or `inline://` within the process",
        "inline://",
    )
    urgent_tasks_url: str = _setting(
        "What hands on work that somebody waits for: `cloudtasks://PROJECT/LOCATION/QUEUE`; empty: as"
        " `TASKS_URL`",
        "",
    )
    people_api_endpoint: str = _setting("Google's People API", "https://people.googleapis.com/", address=True)
    people_quota: str = _setting(
        "Google's quotas for each account, a minute (`day`: a day), as the Cloud console tells them",
        "reads=60,writes=30,others=30,groups=90,day=100000",
    )
    oauth_auth_uri: str = _setting(
        "Google's consent page", "https://accounts.google.com/o/oauth2/v2/auth", address=True
    )
    oauth_token_uri: str = _setting(
        "Google's token endpoint", "https://oauth2.googleapis.com/token", address=True
    )
    oauth_revoke_uri: str = _setting(
        "Google's endpoint that ends a consent", "https://oauth2.googleapis.com/revoke", address=True
    )
    oauth_client: str = _setting("Name of the secret with the OAuth client's id and secret", "oauth-client")
    console_url: str = _setting(
        "Public address of the function `console`, without a slash at its end; empty: no console",
        "",
        address=True,
    )
    signing_key: str = _setting(
        "Name of the secret with the key of links and sessions; it is made when missing", "signing-key"
    )
    sendgrid_endpoint: str = _setting("SendGrid's API", "https://api.sendgrid.com", address=True)
    sendgrid_key: str = _setting("Name of the secret with SendGrid's API key", "sendgrid-key")
    mail_from: str = _setting("Verified sender of mail: `NAME <ADDRESS>`; empty: no mail is sent", "")
    mail_reply_to: str = _setting("Where answers to mail go; empty: to the sender", "")
    secret_manager_endpoint: str = _setting(
        "`host:port` of another Secret Manager, without TLS; loopback only", ""
    )
    secret_locations: str = _setting(
        "Regions in which secrets are kept, with commas, each alone or as `REGION=KEY` with the Cloud KMS key"
        " that encrypts them there; empty: Google chooses",
        "",
    )
    cloud_tasks_endpoint: str = _setting(
        "Google's Cloud Tasks API", "https://cloudtasks.googleapis.com/", address=True
    )
    functions_url: str = _setting(
        "Where tasks find our functions: a URL with `{function}`, or `{service}` for hyphens",
        "",
        address=True,
    )
    caller_mode: str = _setting("Who checks callers' ID tokens: `platform`, `verify` or `open`", "platform")
    caller_audience: str = _setting("Audiences of ID tokens, with commas; `{function}` is filled in", "")
    callers: str = _setting("Who may call what, as JSON: docs/callers.md; empty: nobody", "")
    google_certs_url: str = _setting(
        "Google's certificates, for `verify` and for connecting accounts",
        "https://www.googleapis.com/oauth2/v1/certs",
        address=True,
    )
    tasks_service_account: str = _setting("The service account as which tasks call our functions", "")
    google_cloud_project: str = _setting("The project in which log lines name their trace", "")

    cloud_run: bool = False
    """True on Cloud Run, which sets variables of its own (Cloud Run, container contract)."""
    revision: str = ""
    """Cloud Run's name of the revision that runs; empty elsewhere."""

    def __post_init__(self) -> None:
        """Refuse an address that others could listen to; raise `Misconfigured` that names the setting."""
        for f in fields(self):
            value = getattr(self, f.name)
            if f.metadata.get("address") and value and not is_private(value):
                raise Misconfigured(
                    "setting.invalid",
                    f"{f.name.upper()} must begin with https://, since secrets and customers' data go there;"
                    " http:// is for this machine itself",
                )

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the settings of this process."""
        return cls.read(os.environ)

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings from these variables.

        Raises:
            Misconfigured: One is missing, or sends secrets or customers' data where others could listen.
        """
        settings = [f for f in fields(cls) if "meaning" in f.metadata]
        given = {f.name: environment[f.name.upper()] for f in settings if environment.get(f.name.upper())}
        for f in settings:
            if f.default is MISSING and f.name not in given:
                meaning = f.metadata["meaning"]
                raise Misconfigured("setting.missing", f"{f.name.upper()} is not set. {meaning}.")
        if (emulator := environment.get("FIRESTORE_EMULATOR_HOST")) and not is_private(f"http://{emulator}"):
            raise Misconfigured(
                "setting.invalid",
                "FIRESTORE_EMULATOR_HOST must be on this machine: Google's client sends it all documents,"
                " without TLS",
            )
        revision = environment.get("K_REVISION", "")
        return cls(**given, cloud_run=any(map(environment.get, _OF_CLOUD_RUN)), revision=revision)

"""The composition root: chooses and builds the adapters, once per instance, at their first use.

It imports each adapter where it chooses it, so that a function loads only the libraries that it uses.
"""

# ruff: noqa: PLC0415  see above: imports are inside functions on purpose

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from shared.adapters.local.clock import SystemClock
from shared.config import Settings
from shared.domain.model.account import Account
from shared.domain.model.credentials import Credentials
from shared.domain.model.quota import Limits, read_limits
from shared.domain.model.wisp import Wisp
from shared.errors import Misconfigured
from shared.lazy import LazySecrets, LazyTasks
from shared.log_lines import configure_logging
from shared.once import ALONE, Once
from shared.policy import Mode, Policy, Verify, check_mode, read_grants
from shared.ports import (
    Clock,
    Consent,
    ContactBook,
    CustomerSource,
    Document,
    Gate,
    LeaseStore,
    Mailer,
    Platform,
    SecretStore,
    StateStore,
    TaskQueue,
)
from shared.signed import Signed
from shared.usecases.base.services import Services

T = TypeVar("T")

TIMEOUT = 60.0
"""Seconds of silence after which we give a request to Google up, unless it sets its own limit."""


def _start_log() -> None:
    """Configure logging, even if the settings are wrong, so that this error is logged too."""
    try:
        settings = Settings.from_environment()
    except Misconfigured:
        configure_logging()
    else:
        configure_logging(settings.google_cloud_project, settings.revision)


def import_stores() -> None:
    """Import the client of the state's database ahead of its first use; open nothing, and raise nothing."""
    with suppress(Misconfigured):  # the first call says what is wrong
        if urlsplit(Settings.from_environment().state_url).scheme == "firestore":
            from shared.adapters.google.firestore import leases, state  # noqa: F401  for its own sake


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    secrets: SecretStore | None = None,
    tasks: TaskQueue | None = None,
) -> Services:
    """Build the services that the settings name; raise `Misconfigured` if a setting is wrong.

    Args:
        settings: What to use.
        clock: Instead of the machine's.
        secrets: Instead of those that the settings name, for whatever reads secrets.
        tasks: Instead of the queue that the settings name.
    """

    def built() -> Services:
        return made

    quotas, clock = limits(settings), clock or SystemClock()
    state, leases = _stores(settings, clock)
    secrets = secrets or _secrets(settings)
    # Last, because a queue's threads would stay behind if a later setting were wrong.
    tasks = tasks or _tasks(settings, clock, built)
    made = Services(
        clock=clock,
        state=state,
        leases=leases,
        secrets=secrets,
        tasks=tasks,
        mailer=partial(_mailer, settings, secrets, clock),
        source=partial(_source, secrets, clock),
        trial=partial(_trial, secrets, clock),
        book=partial(book, settings, secrets, clock),
        consent=Once(partial(consent, settings, secrets, clock)),
        signed=Once(partial(Signed, secrets, settings.signing_key, clock)),
        limits=quotas,
        console_url=settings.console_url,
        platform=_platform(settings),
        own_secrets=_own_secrets(settings),
    )
    return made


def limits(settings: Settings) -> Limits:
    """Read Google's quotas for each account; raise `Misconfigured` if the setting cannot be read."""
    try:
        return read_limits(settings.people_quota)
    except ValueError as error:
        example = "reads=60,writes=30,others=30,groups=90,day=100000"
        raise Misconfigured("setting.invalid", f"PEOPLE_QUOTA must be like {example}") from error


def policy_of(settings: Settings) -> Policy:
    """Return who may call, by the settings; raise `Misconfigured` if anybody at all could."""
    clock = SystemClock()
    mode = check_mode(settings.caller_mode, settings.cloud_run)
    grants = read_grants(settings.callers, mode)
    verify = _verifier(settings, clock) if mode is Mode.VERIFY else None
    return Policy(mode, clock, settings.caller_audience, grants=grants, verify=verify)


def _verifier(settings: Settings, clock: Clock) -> Verify:
    from shared.adapters.google.certificates import GoogleCertificates
    from shared.adapters.google.id_tokens import GoogleIdentity

    return GoogleIdentity(GoogleCertificates(settings.google_certs_url, clock)).verify


def _choose(setting: str, url: str, kinds: Mapping[str, Callable[[SplitResult], T]]) -> T:
    parts = urlsplit(url)
    if parts.scheme not in kinds:
        known = " or ".join(f"{kind}://…" for kind in kinds)
        raise Misconfigured("setting.invalid", f"{setting} must be {known}, and is {parts.scheme}://…")
    return kinds[parts.scheme](parts)


def _path(url: SplitResult) -> Path:
    """Return the path in ``sqlite:///FILE``: what follows the third slash; an absolute path adds a fourth."""
    return Path(url.path.removeprefix("/"))


def _stores(settings: Settings, clock: Clock) -> tuple[StateStore, LeaseStore]:
    def firestore(url: SplitResult) -> tuple[StateStore, LeaseStore]:
        from shared.adapters.google.firestore.client import open_firestore
        from shared.adapters.google.firestore.leases import FirestoreLeases
        from shared.adapters.google.firestore.state import FirestoreState

        client = open_firestore(url.netloc, url.path.strip("/") or "(default)")
        return FirestoreState(client, clock), FirestoreLeases(client, clock)

    def sqlite(url: SplitResult) -> tuple[StateStore, LeaseStore]:
        from shared.adapters.local.sqlite.database import Database
        from shared.adapters.local.sqlite.leases import SqliteLeases
        from shared.adapters.local.sqlite.state import SqliteState

        database = Database(_path(url))
        return SqliteState(database, clock), SqliteLeases(database, clock)

    return _choose("STATE_URL", settings.state_url, {"firestore": firestore, "sqlite": sqlite})


def _secrets(settings: Settings) -> SecretStore:
    def secret_manager(url: SplitResult) -> SecretStore:
        def opened() -> SecretStore:
            from shared.adapters.google.secret_manager import open_secret_manager

            return open_secret_manager(url.netloc, settings.secret_manager_endpoint, locations)

        locations = [place.strip() for place in settings.secret_locations.split(",") if place.strip()]
        return LazySecrets(opened)

    def vault(url: SplitResult) -> SecretStore:
        from shared.adapters.local.vault import Vault

        return Vault(_path(url))

    return _choose("SECRETS_URL", settings.secrets_url, {"secretmanager": secret_manager, "vault": vault})


def _tasks(settings: Settings, clock: Clock, services: Callable[[], Services]) -> TaskQueue:
    def cloud_tasks(url: SplitResult) -> TaskQueue:
        def opened() -> TaskQueue:
            from shared.adapters.google.cloud_tasks import TaskTarget, open_cloud_tasks

            target = TaskTarget(settings.functions_url, settings.tasks_service_account)
            return open_cloud_tasks(queue, target, clock, settings.cloud_tasks_endpoint, urgent=urgent)

        queue = _queue("TASKS_URL", url)
        urgent = _queue("URGENT_TASKS_URL", urlsplit(settings.urgent_tasks_url or settings.tasks_url))
        if not (settings.functions_url and settings.tasks_service_account):
            needs = "FUNCTIONS_URL and TASKS_SERVICE_ACCOUNT must be given with TASKS_URL"
            raise Misconfigured("setting.invalid", needs)
        return LazyTasks(opened)

    def inline(_: SplitResult) -> TaskQueue:
        from shared.adapters.local.inline_tasks import InlineTasks

        return InlineTasks(partial(perform, services), clock)

    return _choose("TASKS_URL", settings.tasks_url, {"cloudtasks": cloud_tasks, "inline": inline})


def _platform(settings: Settings) -> Callable[[], Platform] | None:
    """Return what finds the cloud's own state; None where tasks are done in this process."""
    urls = [urlsplit(url) for url in (settings.tasks_url, settings.urgent_tasks_url) if url]
    if urls[0].scheme != "cloudtasks":
        return None

    def opened() -> Platform:
        from shared.adapters.google.platform import open_google_cloud

        return open_google_cloud([_queue("TASKS_URL", url) for url in urls])

    return Once(opened)


def _own_secrets(settings: Settings) -> Mapping[str, str]:
    """Return the service's own secrets that are needed."""
    needed = {
        "OAuth client": settings.oauth_client,
        "mail": settings.sendgrid_key if settings.mail_from else "",
        "links and sessions": settings.signing_key,
    }
    return {use: name for use, name in needed.items() if name}


def _queue(setting: str, url: SplitResult) -> str:
    """Return the name by which Cloud Tasks knows a queue."""
    location, _, queue = url.path.strip("/").partition("/")
    if not (url.scheme == "cloudtasks" and url.netloc and location and queue):
        raise Misconfigured("setting.invalid", f"{setting} must be cloudtasks://PROJECT/LOCATION/QUEUE")
    return f"projects/{url.netloc}/locations/{location}/queues/{queue}"


def _mailer(settings: Settings, secrets: SecretStore, clock: Clock) -> Mailer:
    with ALONE:
        from shared.adapters.sendgrid import SendGridMailer

    if not settings.mail_from:
        raise Misconfigured("setting.missing", "MAIL_FROM is not set; it must be a verified sender")
    return SendGridMailer(
        secrets,
        settings.sendgrid_key,
        settings.mail_from,
        clock,
        reply_to=settings.mail_reply_to,
        endpoint=settings.sendgrid_endpoint,
    )


def consent(settings: Settings, secrets: SecretStore, clock: Clock) -> Consent:
    """Build Google's consent; raise `Misconfigured` if one of Google's addresses cannot be used."""
    from shared.adapters.google.certificates import GoogleCertificates
    from shared.adapters.google.consent import Endpoints, GoogleConsent
    from shared.adapters.google.id_tokens import GoogleIdentity

    verify = GoogleIdentity(GoogleCertificates(settings.google_certs_url, clock)).verify
    endpoints = Endpoints(settings.oauth_auth_uri, settings.oauth_token_uri, settings.oauth_revoke_uri)
    return GoogleConsent(
        secrets, settings.oauth_client, endpoints, console_url=settings.console_url, verify=verify
    )


def perform(services: Callable[[], Services], function: str, body: Document) -> None:
    """Do a task within this process, as the function of that name would.

    Raises:
        RetryLater: Nothing could be recorded; Google Cloud's queue would call again too.
        Misconfigured: No function of that name takes tasks, or a setting is wrong.
    """
    if function == "make_preview":
        _make_preview(services(), body)
        return
    with ALONE:
        from shared.usecases.base.documents import from_document
        from shared.usecases.runs.run import SyncWisp
        from shared.usecases.runs.work import work

    if function != "sync_wisp":
        raise Misconfigured("task.unknown", f"no function {function!r} takes tasks")
    work(services(), from_document(body, SyncWisp, "task"))


def _make_preview(services: Services, body: Document) -> None:
    with ALONE:
        from shared.usecases.base.documents import from_document
        from shared.usecases.runs.preview_task import MakePreview, make_preview

    make_preview(services, from_document(body, MakePreview, "task"))


def _source(secrets: SecretStore, clock: Clock, wisp: Wisp) -> CustomerSource:
    with ALONE:
        from shared.adapters.simpler.source import SimplerSource

    return SimplerSource(wisp, secrets, clock)


def _trial(secrets: SecretStore, clock: Clock, wisp: Wisp, credentials: Credentials) -> CustomerSource:
    with ALONE:
        from shared.adapters.simpler.source import SimplerSource

    return SimplerSource(wisp, secrets, clock, credentials=credentials)


@contextmanager
def book(
    settings: Settings, secrets: SecretStore, clock: Clock, account: Account, gate: Gate
) -> Iterator[ContactBook]:
    """Open the contacts of an account with the token in its secret; raise `Misconfigured` without one."""
    with ALONE:
        import requests

        from shared.adapters.google.people.contacts import PeopleBook
        from shared.adapters.google.sign_in import SignedIn, account_credentials
        from shared.adapters.google.transport import SendOnce

    credentials = account_credentials(
        secrets, client=settings.oauth_client, account=account.secret, token_uri=settings.oauth_token_uri
    )
    http = SignedIn(SendOnce(requests.Session(), TIMEOUT), credentials)
    try:
        yield PeopleBook(http, settings.people_api_endpoint, gate, clock)
    finally:
        http.close()


def _services() -> Services:
    return build(Settings.from_environment())


def _policy() -> Policy:
    return policy_of(Settings.from_environment())


start_log = Once(_start_log)
"""Configures logging at its first call."""

services = Once(_services)
"""Returns this instance's services, by the environment; raises `Misconfigured` if a setting is wrong."""

policy = Once(_policy)
"""Returns who may call, by the environment; raises `Misconfigured` if anybody at all could."""

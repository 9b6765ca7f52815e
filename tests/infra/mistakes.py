"""Mistakes: what one could get wrong in infra/gcp, planted one at a time, and what catches each."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake.

    Attributes:
        name: What is wrong.
        file: The file of infra/gcp in which it is planted.
        old: A text that stands there exactly once.
        new: What is put in its place.
        caught: What catches it: a command of Terraform's, checks of the plan, or checkov.
        refusal: Words of Terraform's or checkov's, where one of these catches it.
    """

    name: str
    file: str
    old: str
    new: str
    caught: frozenset[str]
    refusal: str = ""

    def plant(self, folder: Path) -> None:
        """Make the mistake in a copy of infra/gcp."""
        file = folder / self.file
        text = file.read_text()
        assert text.count(self.old) == 1, f"{self.file} no longer says once: {self.old}"
        file.write_text(text.replace(self.old, self.new))


def _mistake(name: str, file: str, old: str, new: str, *caught: str, refusal: str = "") -> Mistake:
    return Mistake(name, file, old, new, frozenset(caught), refusal)


_STATUS = """    sync_status = {
      caller = "simpler", seconds = 60, memory = "512Mi", instances = 10
      state  = "viewer", enqueues = false, secrets = [], tokens = [], credentials = []
    }
"""

_QUEUE_RETRIES = """  retry_config {
    max_attempts       = var.tries
    min_backoff        = "${var.shortest_pause}s"
    max_backoff        = "${var.longest_pause}s"
    max_doublings      = 4
    max_retry_duration = "0s"
  }

"""

_SECRET_VALUE = """
resource "google_secret_manager_secret_version" "sendgrid" {
  secret      = "projects/${var.project.id}/secrets/sendgrid-key"
  secret_data = "SG.made-up"
}
"""

MISTAKES = (
    _mistake(
        "a public function",
        "functions.tf",
        'sync_status = {\n      caller = "simpler"',
        'sync_status = {\n      caller = "browsers"',
        "plan",
        refusal='var.entry_point is "sync_status"',
    ),
    _mistake(
        "a public function by another way",
        "modules/function/main.tf",
        "= var.invoker",
        '= "allUsers"',
        "strangers",
        "invokers",
        "audiences",
    ),
    _mistake(
        "a missing right on a secret",
        "functions.tf",
        'secrets = ["oauth-client", "sendgrid-key"]',
        'secrets = ["sendgrid-key"]',
        "secrets",
    ),
    _mistake(
        "a right on every secret",
        "tokens.tf",
        'for_each = each.value.right == "make" ? [] : [1]',
        "for_each = []",
        "secrets",
        "writers",
    ),
    _mistake(
        "a function that reads credentials it does not need",
        "functions.tf",
        'secrets = ["signing-key"], tokens = [], credentials = []',
        'secrets = ["signing-key"], tokens = [], credentials = ["read"]',
        "secrets",
    ),
    _mistake(
        "credentials that any function may write",
        "functions.tf",
        'secrets = ["sendgrid-key"], tokens = [], credentials = ["read"]',
        'secrets = ["sendgrid-key"], tokens = [], credentials = ["read", "store"]',
        "writers",
    ),
    _mistake(
        "a list of WISPs in the environment",
        "settings.tf",
        "{ functions = [name] }",
        '{ functions = [name], wisps = [for n in range(1000) : format("wisp-%040d", n)] }',
        "environment",
    ),
    _mistake(
        "a secret's value in the state",
        "secrets.tf",
        "# The secrets that people fill",
        f"{_SECRET_VALUE}\n# The secrets that people fill",
        "secret values",
    ),
    _mistake(
        "leases that expire",
        "database.tf",
        '"before", "connects"',
        '"before", "leases", "connects"',
        "validate",
        refusal="Only history expires",
    ),
    _mistake(
        "leases that expire by another way",
        "modules/database/main.tf",
        'collection = each.key\n  field      = "expires"',
        'collection = each.key == "used" ? "leases" : each.key\n  field      = "expires"',
        "expiry",
    ),
    _mistake("a wrong word", "modules/database/main.tf", '"FIRESTORE_NATIVE"', '"NATIVE"', "words"),
    _mistake("a wrong hour", "schedule.tf", '"0 5 * * *"', '"0 17 * * *"', "times"),
    _mistake(
        "a time zone without its night",
        "schedule.tf",
        "toset(local.time_zones)",
        'setsubtract(local.time_zones, ["UTC"])',
        "zones",
    ),
    _mistake(
        "too few instances for the nights of a moment",
        "functions.tf",
        'memory = "512Mi", instances = 20',
        'memory = "512Mi", instances = 9',
        "together",
    ),
    _mistake(
        "several requests at once, and a single thread",
        "modules/function/main.tf",
        "{ THREADS = tostring(var.requests) }",
        "{}",
        "instances",
    ),
    _mistake(
        "modules that each instance compiles anew",
        "modules/function/main.tf",
        '{ SOURCE_DATE_EPOCH = "315532801" }',
        "{}",
        "compiled",
    ),
    _mistake(
        "the framework writes its own spans over ours",
        "modules/function/main.tf",
        'LOG_EXECUTION_ID = "false"',
        'LOG_EXECUTION_ID = "true"',
        "settings",
    ),
    _mistake(
        "several runs in one instance",
        "functions.tf",
        'caller  = "tasks", seconds = 900, memory = "1Gi", instances = 20',
        'caller  = "tasks", seconds = 900, memory = "1Gi", instances = 20, requests = 4',
        "instances",
    ),
    _mistake(
        "a schedule that is none",
        "schedule.tf",
        '"0 5 * * *"',
        '"0 5 * * "',
        "validate",
        refusal="cron is MINUTE HOUR * * *",
    ),
    _mistake(
        "a run longer than its caller waits",
        "functions.tf",
        "seconds = 1740",
        "seconds = 1800",
        "plan",
        refusal="var.timeout is 1800",
    ),
    _mistake(
        "a longer run by another way",
        "modules/function/main.tf",
        "= var.timeout\n",
        "= var.timeout + 60\n",
        "timeouts",
    ),
    _mistake(
        "a press that is stopped at its work",
        "functions.tf",
        'seconds = 290, memory = "512Mi", instances = 10',
        'seconds = 200, memory = "512Mi", instances = 10',
        "timeouts",
    ),
    _mistake(
        "an event that does not exist", "alerts.tf", '"account.dead"', '"account.died"', "events", "made"
    ),
    _mistake(
        "a metric that nobody makes",
        "metrics.tf",
        'quota_refusals = { events = ["quota.refused"], by = ["limit"]',
        'quota_refusals = { events = ["quota.waited"], by = []',
        "made",
    ),
    _mistake("a reason too many that wakes nobody", "alerts.tf", '"guard"]', '"guard", "internal"]', "waits"),
    _mistake("an entry point that is not deployed", "functions.tf", _STATUS, "", "entry points", "invokers"),
    _mistake("a setting's wrong name", "settings.tf", "    TASKS_URL  ", "    TASK_URL   ", "settings"),
    _mistake(
        "a paused job that goes on by itself",
        "modules/schedule/main.tf",
        "  http_target {",
        "  paused = false\n\n  http_target {",
        "pauses",
    ),
    _mistake("too few addresses", "modules/egress/main.tf", "10.8.0.0/22", "10.8.0.0/24", "addresses"),
    _mistake(
        "a new instance that people wait for", "functions.tf", '"email_vcard", "sync', '"sync', "awaited"
    ),
    _mistake(
        "mail to another country",
        "variables.tf",
        "api(\\\\.[a-z]+)?",
        "api",
        "plan",
        refusal="sendgrid_endpoint is https://api.sendgrid.com or",
    ),
    _mistake(
        "a queue that calls for instances that are not there",
        "functions.tf",
        "instances = var.runs_at_once + var.urgent_runs_at_once",
        "instances = var.runs_at_once",
        "places",
    ),
    _mistake(
        "whatever archive was stored last",
        "code.tf",
        '"${var.source_archive}.zip"',
        '"latest.zip"',
        "archives",
    ),
    _mistake(
        "archives that expire", "code.tf", "days_since_noncurrent_time = 90", "age = 90", "kept archives"
    ),
    _mistake("an API that is off", "apis.tf", ', "sts",', ",", "apis"),
    _mistake(
        "a function that writes and only needs to read",
        "functions.tf",
        'memory = "512Mi", instances = 10\n      state  = "viewer"',
        'memory = "512Mi", instances = 10\n      state  = "user"',
        "grants",
    ),
    _mistake(
        "a builder that may write over the code",
        "builder.tf",
        "roles/storage.objectViewer",
        "roles/storage.objectAdmin",
        "grants",
    ),
    _mistake(
        "a backend that may become its account",
        "callers.tf",
        "roles/iam.serviceAccountOpenIdTokenCreator",
        "roles/iam.serviceAccountTokenCreator",
        "grants",
    ),
    _mistake(
        "a night that anybody may knock at",
        "functions.tf",
        '"ALLOW_INTERNAL_ONLY" :',
        '"ALLOW_ALL" :',
        "inside",
    ),
    _mistake(
        "an image that ages", "modules/function/main.tf", "\n    automatic_update_policy {}\n", "", "updates"
    ),
    _mistake("calls by another address", "modules/egress/main.tf", '"MANUAL_ONLY"', '"AUTO_ONLY"', "fixed"),
    _mistake(
        "calls around the network",
        "modules/function/main.tf",
        "VPC_EGRESS_ALL_TRAFFIC",
        "VPC_EGRESS_PRIVATE_RANGES_ONLY",
        "fixed",
    ),
    _mistake(
        "a log that leaves lines out",
        "log.tf",
        'NOT LOG_ID(\\"cloudaudit',
        'severity>=ERROR AND NOT LOG_ID(\\"cloudaudit',
        "kept lines",
    ),
    _mistake(
        "code that is a setting",
        "variables.tf",
        '"^[0-9a-f]{64}$"',
        '"^[a-z]+$"',
        "plan",
        refusal="source_archive is a SHA-256",
    ),
    _mistake("no retries of the queue", "modules/queue/main.tf", _QUEUE_RETRIES, "", "retries"),
    _mistake(
        "a token for somebody else",
        "modules/schedule/main.tf",
        "audience              = var.url",
        'audience              = "${var.url}/"',
        "audiences",
    ),
    _mistake("any version of the provider", "versions.tf", '"~> 8.7"', '">= 8.0"', "provider"),
    _mistake("a query that is none", "alerts.tf", "or vector(0)) < 1", "or vector(0) < 1", "queries"),
    _mistake(
        "a misspelt argument",
        "dashboard.tf",
        "dashboard_json =",
        "dashboard_jsn =",
        "validate",
        refusal='An argument named "dashboard_jsn" is not expected',
    ),
    _mistake(
        "an argument out of line",
        "schedule.tf",
        'region    = var.region\n  cron      = "0 5',
        'region = var.region\n  cron      = "0 5',
        "fmt",
        refusal="schedule.tf",
    ),
    _mistake(
        "a bucket that may be opened",
        "code.tf",
        '"enforced"',
        '"inherited"',
        "checkov",
        refusal="google_storage_bucket.code breaks CKV_GCP_114",
    ),
)

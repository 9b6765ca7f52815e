"""Meanings: what each documented gcloud command is for, as the request that it must make of Google's API.

The parser takes a wrong flag that exists; what is sent tells. `a-value` stands for a shell's variable.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from infra.check.gcloud import Command


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a command is for.

    Attributes:
        words: How it begins; words with blanks between.
        does: What the pages say that it does.
        method: Of the request.
        path: The end of the request's path.
        sends: Members that its body has, and those of its query.
    """

    words: str
    does: str
    method: str
    path: str
    sends: dict[str, Any]

    def fits(self, command: Command) -> bool:
        """Return whether it is about a command."""
        wanted = self.words.split()
        return list(command.words[: len(wanted)]) == wanted


ASK_NOBODY_HERE = (
    "auth application-default login",  # a browser
    "artifacts docker images describe",  # asks a registry
    "auth login",
    "config get account",
    "auth print-identity-token",  # needs somebody who is signed in
    "beta run domain-mappings describe",  # asks a region's own address
    "billing accounts add-iam-policy-binding",  # its API has no setting for its address
    "billing projects link",  # likewise
    "config set project",
    "domains verify",
    "run services describe",  # asks a region's own address
    "run services update",  # likewise
)

_HERE = "/v1/projects/acme-contacts"
_THERE = "/locations/a-value"
_STATE = "/storage/v1/b/a-value-terraform"

MEANINGS = (
    Meaning(
        "alpha builds approve projects/a-value/locations/a-value/builds/BUILD",
        "lets the build of a region go on",
        "POST",
        "/v1/projects/a-value/locations/a-value/builds/BUILD:approve",
        {"approvalResult": {"decision": "APPROVED"}},
    ),
    *(
        Meaning(
            f"beta services identity create --service={service}.googleapis.com",
            "makes the service's own account",
            "POST",
            f"/services/{service}.googleapis.com:generateServiceIdentity",
            {},
        )
        for service in ("firestore", "secretmanager")
    ),
    Meaning(
        "builds triggers create github --name=deploy",
        "deploys each commit of main, when somebody has approved it, as the deployer",
        "POST",
        f"{_HERE}{_THERE}/triggers",
        {
            "approvalConfig": {"approvalRequired": True},
            "filename": "cloudbuild.yaml",
            "name": "deploy",
            "repositoryEventConfig": {"push": {"branch": "^main$"}},
            "serviceAccount": "projects/a-value/serviceAccounts/deployer@a-value.iam.gserviceaccount.com",
        },
    ),
    Meaning(
        "builds triggers run deploy --region=a-value --branch=main",
        "deploys what main is now",
        "POST",
        f"{_HERE}{_THERE}/triggers/deploy:run",
        {"source": {"branchName": "main"}},
    ),
    Meaning(
        "builds triggers run deploy --region=a-value --sha=FORMER",
        "deploys the code of 1.0.0, and names what that deletes",
        "POST",
        f"{_HERE}{_THERE}/triggers/deploy:run",
        {
            "source": {
                "commitSha": "FORMER",
                "substitutions": {
                    "_MAY_DELETE": "google_monitoring_uptime_check_config.console"
                    ' module.query_alert["console-down"] module.query_alert["certificate-ends"]'
                    ' google_billing_budget.month google_project_service.api["billingbudgets"]',
                    "_RELEASE": "NUMBER",
                },
            }
        },
    ),
    Meaning(
        "builds triggers run deploy --region=a-value --sha=COMMIT",
        "deploys the code of release 41, from its commit",
        "POST",
        f"{_HERE}{_THERE}/triggers/deploy:run",
        {"source": {"commitSha": "COMMIT", "substitutions": {"_RELEASE": "41"}}},
    ),
    Meaning("firestore backups list", "lists backups", "GET", f"{_HERE}/locations/-/backups", {}),
    *(
        Meaning(
            "firestore databases restore --source-backup=projects/a-value/locations/LOCATION/backups/BACKUP "
            f"--destination-database={database}",
            "makes the database of a backup, or another beside it",
            "POST",
            f"{_HERE}/databases:restore",
            {"backup": "projects/a-value/locations/LOCATION/backups/BACKUP", "databaseId": database},
        )
        for database in ("contacts", "rescue")
    ),
    Meaning(
        "firestore databases delete",
        "deletes the one beside",
        "DELETE",
        f"{_HERE}/databases/rescue",
        {},
    ),
    Meaning(
        "firestore export gs://a-value-rescue/then --database=rescue",
        "copies what a backup holds",
        "POST",
        f"{_HERE}/databases/rescue:exportDocuments",
        {"outputUriPrefix": "gs://a-value-rescue/then"},
    ),
    Meaning(
        "firestore export gs://a-value-rescue/then --database=contacts",
        "copies documents of then",
        "POST",
        f"{_HERE}/databases/contacts:exportDocuments",
        {"outputUriPrefix": "gs://a-value-rescue/then", "snapshotTime": "2026-11-20T04:00:00Z"},
    ),
    Meaning(
        "firestore import gs://a-value-rescue/then",
        "writes them into the same database",
        "POST",
        f"{_HERE}/databases/contacts:importDocuments",
        {"inputUriPrefix": "gs://a-value-rescue/then"},
    ),
    Meaning(
        "iam service-accounts add-iam-policy-binding simpler-backend@a-value.iam.gserviceaccount.com "
        "--member=user:YOU",
        "lets a person have ID tokens of SIMPLer's account",
        "POST",
        "/serviceAccounts/simpler-backend@a-value.iam.gserviceaccount.com:setIamPolicy",
        {
            "policy": {
                "bindings": [{"members": ["user:YOU"], "role": "roles/iam.serviceAccountOpenIdTokenCreator"}]
            }
        },
    ),
    Meaning(
        "iam service-accounts add-iam-policy-binding simpler-backend@a-value.iam.gserviceaccount.com",
        "lets the deployer have ID tokens of SIMPLer's account, and nothing else of it",
        "POST",
        "/serviceAccounts/simpler-backend@a-value.iam.gserviceaccount.com:setIamPolicy",
        {
            "policy": {
                "bindings": [
                    {
                        "members": ["serviceAccount:deployer@a-value.iam.gserviceaccount.com"],
                        "role": "roles/iam.serviceAccountOpenIdTokenCreator",
                    }
                ]
            }
        },
    ),
    Meaning(
        "iam service-accounts create deployer",
        "makes the account as which builds run",
        "POST",
        f"{_HERE}/serviceAccounts",
        {"accountId": "deployer"},
    ),
    Meaning(
        "iam workload-identity-pools create simpler",
        "makes the backend's pool, which is open",
        "POST",
        f"{_HERE}/locations/global/workloadIdentityPools",
        {"workloadIdentityPoolId": ["simpler"], "disabled": False},
    ),
    Meaning(
        "iam workload-identity-pools providers create-oidc simpler",
        "believes the issuer's tokens of one subject",
        "POST",
        f"{_HERE}/locations/global/workloadIdentityPools/simpler/providers",
        {
            "attributeCondition": "assertion.sub == 'SUBJECT'",
            "attributeMapping": {"google.subject": "assertion.sub"},
            "oidc": {"issuerUri": "https://ISSUER"},
        },
    ),
    Meaning(
        "kms keys add-iam-policy-binding KEY",
        "lets a service encrypt with the key",
        "POST",
        "/locations/LOCATION/keyRings/RING/cryptoKeys/KEY:setIamPolicy",
        {},
    ),
    Meaning(
        "logging read", "shows the newest lines", "POST", "/v2/entries:list", {"orderBy": "timestamp desc"}
    ),
    Meaning(
        "projects add-iam-policy-binding a-value",
        "adds a role for the deployer, without a condition, and keeps the others",
        "POST",
        "/v1/projects/a-value:setIamPolicy",
        {"policy": {"bindings": [{"members": ["serviceAccount:deployer@a-value.iam.gserviceaccount.com"]}]}},
    ),
    Meaning("projects create a-value", "makes the project", "POST", "/v1/projects", {"projectId": "a-value"}),
    Meaning("projects describe a-value", "tells its number", "GET", "/v1/projects/a-value", {}),
    *(
        Meaning(
            f"scheduler jobs {verb} {job}",
            f"{verb}s the job",
            "POST",
            f"{_HERE}{_THERE}/jobs/{job}:{verb}",
            {},
        )
        for job in ("nightly-europe-dublin", "watchdog")
        for verb in ("pause", "resume", "run")
    ),
    Meaning("scheduler jobs describe watchdog", "shows it", "GET", f"{_HERE}{_THERE}/jobs/watchdog", {}),
    Meaning("scheduler jobs list", "lists the jobs", "GET", f"{_HERE}{_THERE}/jobs", {}),
    Meaning(
        "secrets delete google-account-ACCOUNT",
        "deletes the token that no account has",
        "DELETE",
        f"{_HERE}/secrets/google-account-ACCOUNT",
        {},
    ),
    Meaning(
        "secrets list", "lists the tokens", "GET", f"{_HERE}/secrets", {"filter": ["name:google-account-"]}
    ),
    *(
        Meaning(
            f"secrets versions add {name} --data-file=-",
            "puts in what comes from the pipe",
            "POST",
            f"{_HERE}/secrets/{name}:addVersion",
            {},
        )
        for name in ("oauth-client", "sendgrid-key", "signing-key")
    ),
    Meaning(
        "secrets versions destroy VERSION --secret=signing-key",
        "destroys the old one",
        "POST",
        f"{_HERE}/secrets/signing-key/versions/VERSION:destroy",
        {},
    ),
    Meaning(
        "secrets versions list signing-key", "lists them", "GET", f"{_HERE}/secrets/signing-key/versions", {}
    ),
    Meaning(
        "services enable people.googleapis.com",
        "switches it on",
        "POST",
        f"{_HERE}/services/people.googleapis.com:enable",
        {},
    ),
    Meaning("services enable", "switches them on", "POST", f"{_HERE}/services:batchEnable", {}),
    *(
        Meaning(
            f"storage buckets create gs://{bucket}",
            "makes a bucket that cannot be opened to everybody",
            "POST",
            "/storage/v1/b",
            {
                "name": bucket,
                "iamConfiguration": {
                    "publicAccessPrevention": "enforced",
                    "uniformBucketLevelAccess": {"enabled": True},
                },
            },
        )
        for bucket in ("a-value-rescue", "a-value-terraform")
    ),
    Meaning(
        "storage buckets update gs://a-value-terraform",
        "keeps what is written over",
        "PATCH",
        _STATE,
        {"versioning": {"enabled": True}},
    ),
    Meaning(
        "storage cp gs://a-value-terraform/installation/installation.tfvars#17",
        "fetches the settings of an earlier generation",
        "GET",
        f"/download{_STATE}/o/installation%2Finstallation.tfvars",
        {"generation": ["17"]},
    ),
    Meaning(
        "storage cp gs://a-value-terraform/simpler-contacts/default.tfstate#17",
        "fetches an earlier state of Terraform",
        "GET",
        f"/download{_STATE}/o/simpler-contacts%2Fdefault.tfstate",
        {"generation": ["17"]},
    ),
    Meaning(
        "storage cp earlier.tfstate",
        "makes it the newest",
        "POST",
        f"/upload{_STATE}/o",
        {"name": "simpler-contacts/default.tfstate"},
    ),
    Meaning(
        "storage ls --all-versions --long gs://a-value-terraform/simpler-contacts/",
        "lists the generations of Terraform's state",
        "GET",
        f"{_STATE}/o",
        {"prefix": ["simpler-contacts"], "versions": ["True"]},
    ),
    Meaning(
        "storage cp earlier.tfvars",
        "makes them the newest",
        "POST",
        f"/upload{_STATE}/o",
        {"name": "installation/installation.tfvars"},
    ),
    Meaning(
        "storage cp infra/gcp/.terraform.lock.hcl",
        "stores the lock file",
        "POST",
        f"/upload{_STATE}/o",
        {"name": "installation/terraform.lock.hcl"},
    ),
    Meaning(
        "storage cp infra/gcp/installation.tfvars",
        "stores the settings",
        "POST",
        f"/upload{_STATE}/o",
        {"name": "installation/installation.tfvars"},
    ),
    Meaning(
        "storage rm --recursive gs://a-value-rescue",
        "removes the bucket with all that is in it",
        "DELETE",
        "/storage/v1/b/a-value-rescue",
        {},
    ),
    Meaning(
        "tasks create-http-task",
        "calls sync_all as the scheduler, from inside",
        "POST",
        f"/v2/projects/acme-contacts{_THERE}/queues/runs/tasks",
        {
            "task": {
                "httpRequest": {
                    "httpMethod": "POST",
                    "url": "https://sync-all-a-value.a-value.run.app/",
                    "oidcToken": {
                        "audience": "https://sync-all-a-value.a-value.run.app",
                        "serviceAccountEmail": "scheduler@a-value.iam.gserviceaccount.com",
                    },
                }
            }
        },
    ),
    *(
        meaning
        for queue in ("runs", "urgent")
        for meaning in (
            Meaning(
                f"tasks list --queue={queue}",
                "shows its tasks",
                "GET",
                f"/v2/projects/acme-contacts{_THERE}/queues/{queue}/tasks",
                {},
            ),
            Meaning(
                f"tasks queues describe {queue}",
                "shows it",
                "GET",
                f"/v2/projects/acme-contacts{_THERE}/queues/{queue}",
                {},
            ),
            *(
                Meaning(
                    f"tasks queues {verb} {queue}",
                    f"{verb}s it",
                    "POST",
                    f"/v2/projects/acme-contacts{_THERE}/queues/{queue}:{verb}",
                    {},
                )
                for verb in ("pause", "resume")
            ),
        )
    ),
)


def meaning_of(command: Command) -> Meaning | None:
    """Return what a command is for, if that is told."""
    return next((each for each in MEANINGS if each.fits(command)), None)


def asks_somebody(command: Command) -> bool:
    """Return whether a command asks an API whose address can be set."""
    return not " ".join(command.words).startswith(ASK_NOBODY_HERE)


def holds(wanted: Any, sent: Any) -> bool:
    """Return whether what was sent has all that is wanted; a list has its members in order."""
    match wanted, sent:
        case dict(), dict():
            return all(name in sent and holds(each, sent[name]) for name, each in wanted.items())
        case list(), list():
            pairs: Sequence[tuple[Any, Any]] = list(zip(wanted, sent, strict=False))
            return len(wanted) <= len(sent) and all(holds(each, there) for each, there in pairs)
    return bool(wanted == sent)

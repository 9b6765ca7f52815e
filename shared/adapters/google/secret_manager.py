"""Secret Manager: secrets in Google Cloud, each value checked by its checksum on the way in and out.

``latest`` is the version with the highest number, whatever its state: if that one is disabled or destroyed,
reading fails with FAILED_PRECONDITION, and no older one is taken instead (Secret Manager documentation,
"Access a secret version"). A crash between adding a version and destroying the older ones leaves an
older one alive; the next `put` destroys it.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import google_crc32c
import grpc
from google.api_core import exceptions as google
from google.api_core.client_options import ClientOptions
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import GoogleAuthError
from google.cloud.secretmanager_v1 import (
    AddSecretVersionRequest,
    CreateSecretRequest,
    CustomerManagedEncryption,
    Replication,
    Secret,
    SecretManagerServiceClient,
    SecretPayload,
    SecretVersion,
)
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import (
    SecretManagerServiceGrpcTransport,
)

from shared.adapters.error_table import Row, row_of
from shared.domain.model.secret import as_payload, check_name, missing
from shared.errors import Misconfigured, RetryLater
from shared.loopback import is_loopback

SECRET_SECONDS = 15.0
"""Seconds that one request may take, sent again or not."""

LABELS = {"app": "simpler-contacts"}

_GONE = (google.NotFound, google.FailedPrecondition)

SECRET_ERRORS = (
    Row(
        RetryLater,
        "secret.unreachable",
        "the secret {name} cannot be reached; the same call may succeed in a moment",
        signs=(
            google.ServiceUnavailable,
            google.DeadlineExceeded,
            google.InternalServerError,
            google.Aborted,
            google.Unknown,
            google.RetryError,
        ),
    ),
    Row(
        RetryLater,
        "secret.quota",
        "the secret {name} is asked for too often; try again in a minute",
        signs=(google.ResourceExhausted,),
    ),
    Row(
        Misconfigured,
        "secret.forbidden",
        "the secret {name} may not be used; grant this program's service account its roles on Secret Manager",
        signs=(google.PermissionDenied, google.Unauthenticated, GoogleAuthError),
    ),
    Row(
        Misconfigured,
        "secret.missing",
        "the secret {name} is not there; create it, or correct the project's id",
        signs=(google.NotFound,),
    ),
    Row(
        Misconfigured,
        "secret.state",
        "the secret {name} is in a state that forbids it; look at it",
        signs=(google.FailedPrecondition,),
    ),
    Row(
        Misconfigured,
        "secret.invalid",
        "the secret {name} is refused; check the project and locations",
        signs=(google.InvalidArgument,),
    ),
)
"""Meanings of google.rpc.Code's codes, as the client raises them. Others are faults of this program."""


class SecretManagerSecrets:
    """The `SecretStore` port on Secret Manager.

    A request that finds Secret Manager unavailable is sent again until its time is over. That is safe for
    all of them: a version that was added twice is one older version more to destroy.

    Raises, from every method:
        Misconfigured: This program lacks a right, or Secret Manager refuses what is asked of it.
        RetryLater: Secret Manager could not be reached, or an answer was damaged on its way.
    """

    def __init__(
        self,
        client: SecretManagerServiceClient,
        project: str,
        locations: Sequence[str] = (),
        timeout: float = SECRET_SECONDS,
    ) -> None:
        """Use a client.

        Args:
            client: One over gRPC; over REST its errors are of other classes.
            project: The project's id.
            locations: Where new secrets are kept, each a region alone, or ``REGION=KEY`` with the Cloud KMS
                key that encrypts them there; none: Google chooses. It cannot be changed later (API
                description secretmanager.v1, ``Secret.replication``).
            timeout: Seconds that one request may take, sent again or not.
        """
        self._client = client
        self._parent = f"projects/{project}"
        self._replication = _replication(locations)
        patient = Retry(
            if_exception_type(google.ServiceUnavailable), initial=0.1, maximum=1.0, timeout=timeout
        )
        self._patience: Mapping[str, Any] = {"retry": patient, "timeout": timeout}

    def get(self, name: str) -> str:
        """Return the newest version's value."""
        path = f"{self._path(name)}/versions/latest"
        with _translated(name):
            try:
                answer = self._client.access_secret_version(name=path, **self._patience)
            except _GONE as error:
                raise missing(name) from error
        return _checked(name, answer.payload)

    def put(self, name: str, value: str) -> None:
        """Store a new version, making the secret if need be, then destroy the older ones."""
        path = self._path(name)
        data = as_payload(name, value)
        payload = SecretPayload(data=data, data_crc32c=google_crc32c.value(data))
        with _translated(name):
            self._make(name)
            request = AddSecretVersionRequest(parent=path, payload=payload)
            added = self._client.add_secret_version(request, **self._patience)
            self._destroy_before(added, path)

    def destroy(self, name: str) -> None:
        """Delete the secret with all its versions; nothing happens if there is none."""
        path = self._path(name)
        with _translated(name), suppress(google.NotFound):
            self._client.delete_secret(name=path, **self._patience)

    def close(self) -> None:
        """Close the connection."""
        self._client.transport.close()  # type: ignore[no-untyped-call]  # the SDK left it so

    def _path(self, name: str) -> str:
        check_name(name)
        return f"{self._parent}/secrets/{name}"

    def _make(self, name: str) -> None:
        secret = Secret(replication=self._replication, labels=LABELS)
        request = CreateSecretRequest(parent=self._parent, secret_id=name, secret=secret)
        with suppress(google.AlreadyExists):
            self._client.create_secret(request, **self._patience)

    def _destroy_before(self, newest: SecretVersion, path: str) -> None:
        for version in self._client.list_secret_versions(parent=path, **self._patience):
            alive = version.state != SecretVersion.State.DESTROYED
            # By number, so that of two that put at once neither destroys what is newer than its own.
            if alive and _number(version) < _number(newest):
                with suppress(*_GONE):
                    self._client.destroy_secret_version(name=version.name, **self._patience)


def open_secret_manager(
    project: str, endpoint: str = "", locations: Sequence[str] = ()
) -> SecretManagerSecrets:
    """Open Secret Manager as the settings name it; send nothing yet.

    Args:
        project: The project's id.
        endpoint: ``host:port``; one on loopback is spoken to without TLS and credentials. Empty: Google's.
        locations: As `SecretManagerSecrets` takes them.

    Raises:
        Misconfigured: No Google credentials were found.
    """
    # At DEBUG this logger writes whole requests and answers, and so the secrets.
    logging.getLogger(SecretManagerServiceGrpcTransport.__module__).setLevel(logging.INFO)
    return SecretManagerSecrets(_client(endpoint), project, locations)


def _client(endpoint: str) -> SecretManagerServiceClient:
    if is_loopback(endpoint.rpartition(":")[0].strip("[]")):
        channel = grpc.insecure_channel(endpoint)
        return SecretManagerServiceClient(transport=SecretManagerServiceGrpcTransport(channel=channel))
    try:
        return SecretManagerServiceClient(client_options=ClientOptions(api_endpoint=endpoint or None))
    except GoogleAuthError as error:
        raise Misconfigured(
            "secret.credentials",
            "no Google credentials were found for Secret Manager; run this on Google Cloud, or run"
            " gcloud auth application-default login",
        ) from error


def _replication(locations: Sequence[str]) -> Replication:
    if not locations:
        return Replication(automatic=Replication.Automatic())
    return Replication(user_managed=Replication.UserManaged(replicas=list(map(_replica, locations))))


def _replica(location: str) -> Replication.UserManaged.Replica:
    region, _, key = location.partition("=")
    encryption = CustomerManagedEncryption(kms_key_name=key) if key else None
    return Replication.UserManaged.Replica(location=region, customer_managed_encryption=encryption)


def _number(version: SecretVersion) -> int:
    return int(version.name.rpartition("/")[2])


def _checked(name: str, payload: SecretPayload) -> str:
    if payload.data_crc32c != google_crc32c.value(payload.data):
        raise RetryLater("secret.damaged", f"the secret {name} was damaged on its way; ask for it again")
    try:
        return payload.data.decode()
    except UnicodeDecodeError:
        # Without its cause: a UnicodeDecodeError carries the bytes.
        raise Misconfigured(
            "secret.not_text", f"the secret {name} is not UTF-8 text; add a version that is"
        ) from None


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """Turn Google's errors into ours."""
    try:
        yield
    except (google.GoogleAPIError, GoogleAuthError) as error:
        row = row_of(SECRET_ERRORS, error)
        if row is None:
            raise
        raise row.trouble(name=name) from error

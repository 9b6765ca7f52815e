"""Secret Manager v1's state: secrets, their versions and payloads, by the documented rules.

The rules are those of the API description (secretmanager.v1) and of the documentation's page "Quotas and
limits". Played are the methods that the service calls. Not kept: IAM, expiry, rotation, aliases, etags,
filters, pages, regional secrets and delayed destruction.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import google_crc32c
from google.cloud import secretmanager_v1 as api
from google.protobuf.empty_pb2 import Empty
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import StatusCode

from infra.standins.cloud.refusal import Refusal

MAX_PAYLOAD = 65_536
MAX_LABELS = 64

State = api.SecretVersion.State

_PARENT = re.compile(r"projects/[^/]+")
_SECRET_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")
_LABEL = re.compile(r"[a-z][a-z0-9_-]{0,62}=[a-z0-9_-]{0,63}")


@dataclass
class Kept:
    """A secret, its versions (oldest first) and the payloads of those that are not destroyed."""

    secret: api.Secret
    versions: list[api.SecretVersion] = field(default_factory=list)
    payloads: dict[str, bytes] = field(default_factory=dict)


class Secrets:
    """All secrets. A method is a call of the API; each raises `Refusal`. Not for two threads at once."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}

    def create_secret(self, request: api.CreateSecretRequest) -> api.Secret:
        """Play CreateSecret."""
        name = f"{request.parent}/secrets/{request.secret_id}"
        if not _PARENT.fullmatch(request.parent) or not _SECRET_ID.fullmatch(request.secret_id):
            raise _invalid(f"The provided Secret ID [{name}] does not match the expected format.")
        if name in self._kept:
            raise Refusal(StatusCode.ALREADY_EXISTS, f"Secret [{name}] already exists.")
        _check_replication(request.secret.replication)
        _check_labels(request.secret)
        secret = api.Secret(request.secret)
        secret.name, secret.create_time = name, _now()
        self._kept[name] = Kept(secret)
        return secret

    def get_secret(self, request: api.GetSecretRequest) -> api.Secret:
        """Play GetSecret."""
        return self._find(request.name).secret

    def delete_secret(self, request: api.DeleteSecretRequest) -> Empty:
        """Play DeleteSecret, which deletes all versions."""
        self._find(request.name)
        del self._kept[request.name]
        return Empty()

    def add_secret_version(self, request: api.AddSecretVersionRequest) -> api.SecretVersion:
        """Play AddSecretVersion."""
        kept = self._find(request.parent)
        checksummed = _check_payload(request.payload)
        version = api.SecretVersion(
            name=f"{request.parent}/versions/{len(kept.versions) + 1}",
            create_time=_now(),
            state=State.ENABLED,
            client_specified_payload_checksum=checksummed,
        )
        kept.versions.append(version)
        kept.payloads[version.name] = request.payload.data
        return version

    def get_secret_version(self, request: api.GetSecretVersionRequest) -> api.SecretVersion:
        """Play GetSecretVersion."""
        return self._find_version(request.name)[1]

    def list_secret_versions(self, request: api.ListSecretVersionsRequest) -> api.ListSecretVersionsResponse:
        """Play ListSecretVersions: newest first."""
        found = self._find(request.parent).versions[::-1]
        return api.ListSecretVersionsResponse(versions=found, total_size=len(found))

    def access_secret_version(
        self, request: api.AccessSecretVersionRequest
    ) -> api.AccessSecretVersionResponse:
        """Play AccessSecretVersion: a number or ``latest``."""
        kept, version = self._find_version(request.name)
        if version.state != State.ENABLED:
            raise _forbidden(f"Secret Version [{version.name}] is in {version.state.name} state.")
        data = kept.payloads[version.name]
        payload = api.SecretPayload(data=data, data_crc32c=google_crc32c.value(data))
        return api.AccessSecretVersionResponse(name=version.name, payload=payload)

    def disable_secret_version(self, request: api.DisableSecretVersionRequest) -> api.SecretVersion:
        """Play DisableSecretVersion."""
        return self._move(request.name, State.DISABLED)

    def destroy_secret_version(self, request: api.DestroySecretVersionRequest) -> api.SecretVersion:
        """Play DestroySecretVersion: the payload is gone for good."""
        version = self._move(request.name, State.DESTROYED)
        version.destroy_time = _now()
        kept, _ = self._find_version(request.name)
        del kept.payloads[version.name]
        return version

    def _find(self, name: str) -> Kept:
        if name not in self._kept:
            raise Refusal(StatusCode.NOT_FOUND, f"Secret [{name}] not found.")
        return self._kept[name]

    def _find_version(self, name: str) -> tuple[Kept, api.SecretVersion]:
        secret, _, number = name.rpartition("/versions/")
        kept = self._find(secret)
        if not kept.versions:
            raise Refusal(StatusCode.NOT_FOUND, f"Secret [{secret}] not found or has no versions.")
        if number == "latest":
            return kept, kept.versions[-1]
        if not number.isdecimal() or not 1 <= int(number) <= len(kept.versions):
            raise Refusal(StatusCode.NOT_FOUND, f"Secret Version [{name}] not found.")
        return kept, kept.versions[int(number) - 1]

    def _move(self, name: str, state: Any) -> api.SecretVersion:
        _, version = self._find_version(name)
        if version.state == State.DESTROYED:
            raise _forbidden(f"Secret Version [{version.name}] is in DESTROYED state.")
        version.state = state
        return version


def _now() -> Timestamp:
    now = Timestamp()
    now.GetCurrentTime()
    return now


def _invalid(message: str) -> Refusal:
    return Refusal(StatusCode.INVALID_ARGUMENT, message)


def _forbidden(message: str) -> Refusal:
    return Refusal(StatusCode.FAILED_PRECONDITION, message)


def _check_replication(replication: api.Replication) -> None:
    if "automatic" in replication:
        return
    replicas: Sequence[api.Replication.UserManaged.Replica] = replication.user_managed.replicas
    if not replicas or not all(replica.location for replica in replicas):
        raise _invalid("The replication must be automatic, or user managed with at least one location.")


def _check_labels(secret: api.Secret) -> None:
    labels = [f"{key}={value}" for key, value in secret.labels.items()]
    if len(labels) > MAX_LABELS or not all(_LABEL.fullmatch(label) for label in labels):
        raise _invalid("The labels do not match the expected format, or are too many.")


def _check_payload(payload: api.SecretPayload) -> bool:
    """Return whether the payload came with a checksum; raises if that is wrong."""
    if not payload.data:
        raise _invalid("Secret Payload cannot be empty.")
    if len(payload.data) > MAX_PAYLOAD:
        raise _invalid(f"The payload must be at most {MAX_PAYLOAD} bytes.")
    if "data_crc32c" not in payload:
        return False
    if payload.data_crc32c != google_crc32c.value(payload.data):
        raise _invalid("The payload does not match its data_crc32c.")
    return True

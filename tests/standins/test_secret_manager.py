"""What Secret Manager documents, asked of the stand-in by Google's own client."""

import threading
from collections.abc import Iterator
from typing import Any

import google_crc32c
import grpc
import pytest
from google.api_core import exceptions as google
from google.cloud.secretmanager_v1 import Secret, SecretManagerServiceClient, SecretVersion
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import (
    SecretManagerServiceGrpcTransport,
)

from infra.standins.cloud.secret_server import secret_manager

PROJECT = "projects/demo"
AUTOMATIC: dict[str, Any] = {"automatic": {}}


@pytest.fixture
def client() -> Iterator[SecretManagerServiceClient]:
    """Google's client at a stand-in that holds nothing."""
    with secret_manager() as endpoint, grpc.insecure_channel(endpoint) as channel:
        yield SecretManagerServiceClient(transport=SecretManagerServiceGrpcTransport(channel=channel))


class Project:
    """Short forms of the calls."""

    def __init__(self, client: SecretManagerServiceClient) -> None:
        self.client = client

    def create(self, name: str = "s", **secret: Any) -> Secret:
        body = {"replication": AUTOMATIC, **secret}
        return self.client.create_secret(
            request={"parent": PROJECT, "secret_id": name, "secret": body}, retry=None
        )

    def add(self, data: bytes, **checksum: int) -> SecretVersion:
        request = {"parent": f"{PROJECT}/secrets/s", "payload": {"data": data, **checksum}}
        return self.client.add_secret_version(request=request, retry=None)

    def access(self, version: int | str = "latest") -> bytes:
        name = f"{PROJECT}/secrets/s/versions/{version}"
        return bytes(self.client.access_secret_version(name=name, retry=None).payload.data)

    def destroy(self, version: int) -> SecretVersion:
        name = f"{PROJECT}/secrets/s/versions/{version}"
        return self.client.destroy_secret_version(name=name, retry=None)

    def versions(self) -> list[str]:
        found = self.client.list_secret_versions(parent=f"{PROJECT}/secrets/s")
        return [version.name[-1] for version in found]


@pytest.fixture
def empty(client: SecretManagerServiceClient) -> Project:
    """A project without secrets."""
    return Project(client)


@pytest.fixture
def project(empty: Project) -> Project:
    """A project with the secret `s` that has no version."""
    empty.create()
    return empty


def test_a_secret_keeps_its_labels(empty: Project) -> None:
    """A created secret has its name, labels and time."""
    empty.create(labels={"app": "simpler", "kind": "refresh"})
    secret = empty.client.get_secret(name=f"{PROJECT}/secrets/s")
    assert dict(secret.labels) == {"app": "simpler", "kind": "refresh"}
    assert secret.create_time


def test_a_secret_is_created_once(project: Project) -> None:
    """Creating it again is ALREADY_EXISTS."""
    with pytest.raises(google.AlreadyExists, match="already exists"):
        project.create()


def test_latest_is_the_newest_version(project: Project) -> None:
    """Versions count from 1, and `latest` is the one with the highest number."""
    added = [project.add(b"one"), project.add(b"two")]
    assert [version.name[-11:] for version in added] == ["/versions/1", "/versions/2"]
    assert [version.state.name for version in added] == ["ENABLED", "ENABLED"]
    assert project.access() == b"two"
    assert project.access(1) == b"one"


def test_the_checksum_comes_back(project: Project) -> None:
    """An accessed payload carries its CRC32C."""
    project.add(b"hello")
    answer = project.client.access_secret_version(name=f"{PROJECT}/secrets/s/versions/latest")
    assert answer.payload.data_crc32c == google_crc32c.value(b"hello")


def test_a_wrong_checksum_is_refused(project: Project) -> None:
    """A payload that does not match its CRC32C is not stored."""
    with pytest.raises(google.InvalidArgument, match="data_crc32c"):
        project.add(b"hello", data_crc32c=12345)
    assert project.versions() == []


def test_a_right_checksum_is_noted(project: Project) -> None:
    """The version tells whether a checksum came with it."""
    checked = project.add(b"hello", data_crc32c=google_crc32c.value(b"hello"))
    unchecked = project.add(b"hello")
    told = [version.client_specified_payload_checksum for version in (checked, unchecked)]
    assert told == [True, False]


def test_a_destroyed_version_cannot_be_accessed(project: Project) -> None:
    """A destroyed version is FAILED_PRECONDITION; the others stay."""
    project.add(b"one")
    project.add(b"two")
    destroyed = project.destroy(1)
    assert destroyed.state.name == "DESTROYED"
    assert destroyed.destroy_time
    with pytest.raises(google.FailedPrecondition, match="is in DESTROYED state"):
        project.access(1)
    assert project.access() == b"two"


def test_a_deleted_secret_is_gone(project: Project) -> None:
    """With the secret go its versions."""
    project.add(b"one")
    project.client.delete_secret(name=f"{PROJECT}/secrets/s")
    with pytest.raises(google.NotFound):
        project.access()
    project.create()
    assert project.versions() == []


def test_what_is_not_there_is_not_found(empty: Project) -> None:
    """A missing secret, one without versions and a missing version are NOT_FOUND."""
    with pytest.raises(google.NotFound):
        empty.access()
    empty.create()
    with pytest.raises(google.NotFound, match="has no versions"):
        empty.access()
    empty.add(b"one")
    for version in ("0", "2", "first"):
        with pytest.raises(google.NotFound):
            empty.access(version)


def test_payloads_are_bytes_of_limited_size(project: Project) -> None:
    """Any bytes from 1 to 65,536 are a payload."""
    project.add(bytes(range(256)) * 256)
    assert project.access() == bytes(range(256)) * 256
    for data in (b"", b"x" * 65_537):
        with pytest.raises(google.InvalidArgument):
            project.add(data)


def test_versions_added_at_once_have_their_own_numbers(project: Project) -> None:
    """Eight threads get the versions 1 to 8."""
    names: list[str] = []
    threads = [threading.Thread(target=lambda: names.append(project.add(b"x").name)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(name[-1] for name in names) == list("12345678")


@pytest.mark.parametrize("name", ["bad id!", "", "x" * 256, "a/b"])
def test_ids_are_checked(empty: Project, name: str) -> None:
    """An id of other letters, or of more than 255, is INVALID_ARGUMENT."""
    with pytest.raises(google.InvalidArgument, match="expected format"):
        empty.create(name)


@pytest.mark.parametrize(
    "secret",
    [
        {"replication": {}},
        {"replication": {"user_managed": {}}},
        {"labels": {"Ä": "b"}},
        {"labels": {"a": "B"}},
    ],
)
def test_secrets_are_checked(empty: Project, secret: dict[str, Any]) -> None:
    """A secret needs a replication, and its labels have a form."""
    with pytest.raises(google.InvalidArgument):
        empty.create(**secret)


def test_replication_by_locations_is_kept(empty: Project) -> None:
    """A secret's locations can be read back."""
    replicas = [{"location": "europe-west1"}, {"location": "europe-west4"}]
    made = empty.create(replication={"user_managed": {"replicas": replicas}})
    locations = [replica.location for replica in made.replication.user_managed.replicas]
    assert locations == ["europe-west1", "europe-west4"]

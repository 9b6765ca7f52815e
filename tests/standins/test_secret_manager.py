"""What Secret Manager documents, asked of the stand-in by Google's own client."""

import threading
from collections.abc import Callable, Iterator
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

    def change(self, how: str, version: int | str, etag: str = "") -> SecretVersion:
        call: Callable[..., SecretVersion] = getattr(self.client, f"{how}_secret_version")
        return call(request={"name": f"{PROJECT}/secrets/s/versions/{version}", "etag": etag}, retry=None)

    def versions(self, text: str = "", size: int = 0) -> list[str]:
        request = {"parent": f"{PROJECT}/secrets/s", "filter": text, "page_size": size}
        return [version.name[-1] for version in self.client.list_secret_versions(request=request)]

    def secrets(self, text: str = "", size: int = 0, parent: str = PROJECT) -> list[str]:
        request = {"parent": parent, "filter": text, "page_size": size}
        return [secret.name.rpartition("/")[2] for secret in self.client.list_secrets(request=request)]


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
    """A created secret has its name, labels, time and etag."""
    empty.create(labels={"app": "simpler", "kind": "refresh"})
    secret = empty.client.get_secret(name=f"{PROJECT}/secrets/s")
    assert dict(secret.labels) == {"app": "simpler", "kind": "refresh"}
    assert secret.create_time
    assert secret.etag.startswith('"')


def test_a_secret_is_created_once(project: Project) -> None:
    """Creating it again is ALREADY_EXISTS."""
    with pytest.raises(google.AlreadyExists, match="already exists"):
        project.create()


def test_latest_is_the_newest_version(project: Project) -> None:
    """Versions count from 1, and `latest` is the one with the highest number."""
    added = [project.add(b"one"), project.add(b"two")]
    assert [version.name[-11:] for version in added] == ["/versions/1", "/versions/2"]
    assert [version.state.name for version in added] == ["ENABLED", "ENABLED"]
    assert (project.access(), project.access(1)) == (b"two", b"one")


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


def test_a_disabled_version_cannot_be_accessed(project: Project) -> None:
    """A disabled version is FAILED_PRECONDITION until it is enabled again, also as `latest`."""
    project.add(b"one")
    project.add(b"two")
    assert project.change("disable", 2).state.name == "DISABLED"
    with pytest.raises(google.FailedPrecondition, match="is in DISABLED state"):
        project.access()
    project.change("enable", 2)
    assert project.access() == b"two"


def test_a_destroyed_version_cannot_be_accessed(project: Project) -> None:
    """A destroyed version is FAILED_PRECONDITION; the others stay."""
    project.add(b"one")
    project.add(b"two")
    destroyed = project.change("destroy", 1)
    assert destroyed.state.name == "DESTROYED"
    assert destroyed.destroy_time
    with pytest.raises(google.FailedPrecondition, match="is in DESTROYED state"):
        project.access(1)
    assert project.access() == b"two"


@pytest.mark.parametrize("how", ["enable", "disable", "destroy"])
def test_a_destroyed_version_stays_so(project: Project, how: str) -> None:
    """Nothing can be done with a destroyed version."""
    project.add(b"one")
    project.change("destroy", 1)
    with pytest.raises(google.FailedPrecondition):
        project.change(how, 1)


def test_versions_are_listed_newest_first(project: Project) -> None:
    """Versions come newest first, by pages, and can be filtered by state."""
    for data in (b"1", b"2", b"3"):
        project.add(data)
    project.change("disable", 2)
    assert project.versions() == ["3", "2", "1"]
    assert project.versions(size=2) == ["3", "2", "1"]
    assert project.versions("state:ENABLED") == ["3", "1"]


def test_secrets_are_listed_by_pages(empty: Project) -> None:
    """A list is given whole over several pages, and only of its own project."""
    for name in "cabed":
        empty.create(name)
    assert empty.secrets(size=2) == ["a", "b", "c", "d", "e"]
    assert empty.secrets(parent="projects/other") == []


def test_a_page_tells_the_total(empty: Project) -> None:
    """A page holds as many as were asked for, and the number of all."""
    for name in "abc":
        empty.create(name)
    first = next(iter(empty.client.list_secrets(request={"parent": PROJECT, "page_size": 2}).pages))
    assert (len(first.secrets), first.total_size, bool(first.next_page_token)) == (2, 3, True)


@pytest.mark.parametrize("request_part", [{"page_token": "nonsense"}, {"page_size": -1}])
def test_a_wrong_page_is_refused(empty: Project, request_part: dict[str, Any]) -> None:
    """A token that was not given out, or a negative size, is INVALID_ARGUMENT."""
    with pytest.raises(google.InvalidArgument):
        empty.client.list_secrets(request={"parent": PROJECT, **request_part})


def test_secrets_are_filtered_by_label(empty: Project) -> None:
    """A filter by label or name leaves the others out; one that is not known is refused."""
    empty.create("one", labels={"app": "a"})
    empty.create("two", labels={"app": "b"})
    assert empty.secrets("labels.app=a") == ["one"]
    assert empty.secrets("labels.app:b AND name:two") == ["two"]
    assert empty.secrets("labels.other=a") == []
    with pytest.raises(google.InvalidArgument):
        empty.secrets("create_time>2026")


def test_labels_can_be_updated(project: Project) -> None:
    """An update replaces what its mask names, gives a new etag, and refuses what cannot change."""
    name = f"{PROJECT}/secrets/s"
    before = project.client.get_secret(name=name).etag
    change = {"secret": {"name": name, "labels": {"a": "2"}}, "update_mask": {"paths": ["labels"]}}
    after = project.client.update_secret(request=change)
    assert (dict(after.labels), after.etag == before) == ({"a": "2"}, False)
    with pytest.raises(google.InvalidArgument):
        project.client.update_secret(request=change | {"update_mask": {"paths": ["replication"]}})


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


def test_an_old_etag_is_refused(project: Project) -> None:
    """A change that names another etag than the current one is FAILED_PRECONDITION, and changes nothing."""
    old = project.add(b"one").etag
    current = project.change("enable", 1).etag
    with pytest.raises(google.FailedPrecondition, match="etag"):
        project.change("destroy", 1, old)
    with pytest.raises(google.FailedPrecondition, match="etag"):
        project.client.delete_secret(request={"name": f"{PROJECT}/secrets/s", "etag": '"0"'})
    assert project.access() == b"one"
    assert project.change("destroy", 1, current).state.name == "DESTROYED"


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


def test_an_access_is_fast(project: Project) -> None:
    """A hundred accesses end well within the time of a test."""
    project.add(b"one")
    assert {project.access() for _ in range(100)} == {b"one"}

"""What the Secret Manager adapter asks for, and what it makes of Google's errors."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import google_crc32c
import grpc
import pytest
from google.cloud import secretmanager_v1 as api
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import (
    SecretManagerServiceGrpcTransport,
)

from infra.standins.cloud.secret_server import secret_manager
from shared.adapters.google.secret_manager import SecretManagerSecrets
from shared.errors import Misconfigured, RetryLater
from tests.patience import PATIENCE

NAME = "projects/demo/secrets/key"
Code = grpc.StatusCode


def client_at(channel: grpc.Channel) -> api.SecretManagerServiceClient:
    """Return Google's client over the channel."""
    return api.SecretManagerServiceClient(transport=SecretManagerServiceGrpcTransport(channel=channel))


@pytest.fixture
def client() -> Iterator[api.SecretManagerServiceClient]:
    """Google's client at an empty stand-in."""
    with secret_manager() as endpoint, grpc.insecure_channel(endpoint) as channel:
        yield client_at(channel)


@contextmanager
def answering(
    answer: Callable[[grpc.ServicerContext], bytes], timeout: float = 0.3
) -> Iterator[SecretManagerSecrets]:
    """Give the adapter, at a server with one answer for every call."""

    class Handler(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc has no types
        def service(self, handler_call_details: Any) -> Any:
            return grpc.unary_unary_rpc_method_handler(lambda _, context: answer(context))

    server = grpc.server(ThreadPoolExecutor(1), handlers=(Handler(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield SecretManagerSecrets(client_at(channel), "demo", timeout=timeout)
    server.stop(grace=None).wait()


def refusing(code: grpc.StatusCode) -> Callable[[grpc.ServicerContext], bytes]:
    """Return an answer that is only a code."""

    def answer(context: grpc.ServicerContext) -> bytes:
        context.abort(code, "Google says no")
        return b""

    return answer


def versions(client: api.SecretManagerServiceClient) -> list[tuple[str, str]]:
    """Return number and state of each version, newest first."""
    found = client.list_secret_versions(parent=NAME)
    return [(version.name.rpartition("/")[2], version.state.name) for version in found]


def test_a_put_makes_a_labelled_secret_in_its_locations(client: api.SecretManagerServiceClient) -> None:
    """A new secret carries the service's label and lives where the settings say."""
    SecretManagerSecrets(client, "demo", ("europe-west1", "europe-west4")).put("key", "value")
    secret = client.get_secret(name=NAME)
    replicas = secret.replication.user_managed.replicas
    assert dict(secret.labels) == {"app": "simpler-contacts"}
    assert [replica.location for replica in replicas] == ["europe-west1", "europe-west4"]


def test_a_new_secret_is_encrypted_by_the_keys_of_its_places(client: api.SecretManagerServiceClient) -> None:
    """Where an installation holds the keys itself, so it does for what functions make."""
    key = "projects/keys/locations/europe-west1/keyRings/ring/cryptoKeys/secrets"
    SecretManagerSecrets(client, "demo", (f"europe-west1={key}", "europe-west4")).put("key", "value")
    replicas = client.get_secret(name=NAME).replication.user_managed.replicas

    assert [replica.location for replica in replicas] == ["europe-west1", "europe-west4"]
    assert [replica.customer_managed_encryption.kms_key_name for replica in replicas] == [key, ""]


def test_without_locations_google_chooses(client: api.SecretManagerServiceClient) -> None:
    """No location means automatic replication."""
    SecretManagerSecrets(client, "demo").put("key", "value")
    assert "automatic" in client.get_secret(name=NAME).replication


def test_a_put_sends_its_checksum(client: api.SecretManagerServiceClient) -> None:
    """What is added is checked by Google against the checksum that came with it."""
    SecretManagerSecrets(client, "demo").put("key", "value")
    assert client.get_secret_version(name=f"{NAME}/versions/1").client_specified_payload_checksum


def test_only_the_newest_version_is_kept(client: api.SecretManagerServiceClient) -> None:
    """A put destroys all older versions: enabled, disabled, and one that a crash left."""
    secrets = SecretManagerSecrets(client, "demo")
    secrets.put("key", "one")
    for data in (b"two", b"three"):
        client.add_secret_version(request={"parent": NAME, "payload": {"data": data}})
    client.disable_secret_version(name=f"{NAME}/versions/2")
    secrets.put("key", "four")
    states = [("4", "ENABLED"), ("3", "DESTROYED"), ("2", "DESTROYED"), ("1", "DESTROYED")]
    assert versions(client) == states


@pytest.mark.parametrize("how", ["disable", "destroy"])
def test_no_older_version_takes_the_newest_ones_place(
    client: api.SecretManagerServiceClient, how: str
) -> None:
    """If the newest version is disabled or destroyed, the secret is missing, though older ones are alive."""
    secrets = SecretManagerSecrets(client, "demo")
    secrets.put("key", "one")
    client.add_secret_version(request={"parent": NAME, "payload": {"data": b"two"}})
    getattr(client, f"{how}_secret_version")(name=f"{NAME}/versions/2")
    with pytest.raises(Misconfigured, match="newest version is disabled or destroyed"):
        secrets.get("key")


def test_bytes_that_are_no_text_are_a_setting_to_mend(client: api.SecretManagerServiceClient) -> None:
    """A version that somebody added by hand must be UTF-8; the error does not hold its bytes."""
    secrets = SecretManagerSecrets(client, "demo")
    secrets.put("key", "one")
    client.add_secret_version(request={"parent": NAME, "payload": {"data": b"secret\xff"}})
    with pytest.raises(Misconfigured, match="not UTF-8") as caught:
        secrets.get("key")
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (Code.NOT_FOUND, Misconfigured),
        (Code.FAILED_PRECONDITION, Misconfigured),
        (Code.PERMISSION_DENIED, Misconfigured),
        (Code.UNAUTHENTICATED, Misconfigured),
        (Code.INVALID_ARGUMENT, Misconfigured),
        (Code.UNAVAILABLE, RetryLater),
        (Code.DEADLINE_EXCEEDED, RetryLater),
        (Code.RESOURCE_EXHAUSTED, RetryLater),
        (Code.INTERNAL, RetryLater),
        (Code.ABORTED, RetryLater),
        (Code.UNKNOWN, RetryLater),
    ],
)
def test_googles_codes_are_told_by_what_one_does_about_them(
    code: grpc.StatusCode, error: type[Exception]
) -> None:
    """Each code becomes the error of its remedy, in reading as in writing, and never quotes the value."""
    patience = 0.3 if error is RetryLater else PATIENCE  # what may pass is tried again until its time is up
    with answering(refusing(code), patience) as secrets:
        for call in (lambda: secrets.get("key"), lambda: secrets.put("key", "a-value")):
            with pytest.raises(error, match="the secret key") as caught:
                call()
            assert "a-value" not in str(caught.value)


def test_a_damaged_answer_is_asked_for_again() -> None:
    """A payload that does not match its checksum is not used."""
    answer = holding(b"damaged", google_crc32c.value(b"whole"))
    with answering(lambda _: answer) as secrets, pytest.raises(RetryLater, match="damaged on its way"):
        secrets.get("key")


def test_a_short_absence_is_waited_for() -> None:
    """A call that finds Secret Manager unavailable once is sent again."""
    refuse, value = refusing(Code.UNAVAILABLE), holding(b"value", google_crc32c.value(b"value"))
    asked: list[grpc.ServicerContext] = []

    def answer(context: grpc.ServicerContext) -> bytes:
        asked.append(context)
        return refuse(context) if len(asked) == 1 else value

    with answering(answer, timeout=10) as secrets:
        assert secrets.get("key") == "value"


def holding(data: bytes, checksum: int) -> bytes:
    """Return an answer with the payload, as it goes over the wire."""
    payload = api.SecretPayload(data=data, data_crc32c=checksum)
    wire: bytes = api.AccessSecretVersionResponse.serialize(api.AccessSecretVersionResponse(payload=payload))
    return wire


def test_nobody_there_is_retried_later() -> None:
    """Without a server the call ends with its time-out."""
    with secret_manager() as endpoint:
        pass
    with grpc.insecure_channel(endpoint) as channel:
        secrets = SecretManagerSecrets(client_at(channel), "demo", timeout=0.2)
        with pytest.raises(RetryLater, match="cannot be reached"):
            secrets.get("key")

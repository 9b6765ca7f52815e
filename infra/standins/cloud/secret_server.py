"""The gRPC server of the Secret Manager stand-in."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from google.cloud import secretmanager_v1 as api
from google.protobuf.empty_pb2 import Empty

from infra.standins.cloud.refusal import Refusal
from infra.standins.cloud.secret_manager import Secrets

_SERVICE = "google.cloud.secretmanager.v1.SecretManagerService"
_THREADS = 4


@contextmanager
def secret_manager(port: int = 0) -> Iterator[str]:
    """Run a Secret Manager on loopback; gives its ``host:port``.

    Args:
        port: To listen on; 0 takes a free one.
    """
    server = grpc.server(ThreadPoolExecutor(_THREADS))
    server.add_generic_rpc_handlers((_handler(Secrets()),))
    bound = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    try:
        yield f"127.0.0.1:{bound}"
    finally:
        server.stop(grace=None).wait()


def _handler(secrets: Secrets) -> Any:
    calls: list[tuple[type[Any], Callable[[Any], Any]]] = [
        (api.CreateSecretRequest, secrets.create_secret),
        (api.GetSecretRequest, secrets.get_secret),
        (api.DeleteSecretRequest, secrets.delete_secret),
        (api.AddSecretVersionRequest, secrets.add_secret_version),
        (api.GetSecretVersionRequest, secrets.get_secret_version),
        (api.ListSecretVersionsRequest, secrets.list_secret_versions),
        (api.AccessSecretVersionRequest, secrets.access_secret_version),
        (api.DisableSecretVersionRequest, secrets.disable_secret_version),
        (api.DestroySecretVersionRequest, secrets.destroy_secret_version),
    ]
    lock = threading.Lock()
    methods = {kind.__name__.removesuffix("Request"): _method(kind, call, lock) for kind, call in calls}
    return grpc.method_handlers_generic_handler(_SERVICE, methods)


def _method(request: type[Any], call: Callable[[Any], Any], lock: threading.Lock) -> Any:
    def answer(message: Any, context: grpc.ServicerContext) -> bytes | None:
        try:
            with lock:
                return _serialized(call(message))
        except Refusal as refusal:
            context.abort(refusal.code, refusal.message)
        return None

    return grpc.unary_unary_rpc_method_handler(answer, request.deserialize)


def _serialized(message: Any) -> bytes:
    """Encode a message; the lock is held, since it may be what the state holds."""
    if isinstance(message, Empty):
        return message.SerializeToString()
    wire: bytes = type(message).serialize(message)
    return wire

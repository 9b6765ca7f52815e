"""Credentials for SIMPLer go only to whom they belong: the secret, the certificate, the surroundings."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from shared.errors import Misconfigured, StopRun
from tests.contract.simpler_setup import source_of
from tests.fake_clock import FakeClock
from tests.scripted_server import ScriptedServer


@pytest.mark.parametrize(
    "secret",
    [
        "hunter2",
        "",
        "[]",
        '"hunter2"',
        '{"api_username": "u"}',
        '{"api_username": "u", "api_password": ""}',
        '{"api_username": "u", "api_password": ["hunter2"]}',
        '{"api_username": "u", "api_password": "hunter2\ud800"}',
    ],
)
def test_a_secret_of_another_shape_is_misconfigured(server: ScriptedServer, secret: str) -> None:
    """The error names the secret and shows nothing of it."""
    with pytest.raises(Misconfigured) as wrong:
        source_of(server.url, secret=secret).customers()
    error = wrong.value
    assert error.reason == "simpler.secret"
    assert error.__cause__ is None
    assert error.__context__ is None
    assert "acme-simpler" in error.message
    assert "hunter2" not in str(error)


class _Tls(socketserver.ThreadingTCPServer):
    daemon_threads = True


@pytest.fixture
def untrusted(tmp_path: Path) -> Iterator[str]:
    """The address of a server with a certificate that nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_self_signed(tmp_path))
    with _Tls(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"https://127.0.0.1:{server.server_address[1]}/restapi/"
        server.shutdown()
        thread.join()


def _self_signed(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "simpler.example.com")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = folder / "server.pem"
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return file


def test_a_certificate_that_nobody_vouches_for_is_refused(untrusted: str) -> None:
    """Verification is always on, and another try would not help."""
    clock = FakeClock()
    with pytest.raises(StopRun) as stopped:
        source_of(untrusted, clock=clock).customers()
    assert stopped.value.reason == "simpler.certificate"
    assert clock.slept == []

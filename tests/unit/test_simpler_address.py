"""Where SIMPLer's credentials may be sent."""

import pytest

from shared.adapters.simpler.address import read_address
from shared.errors import Misconfigured


@pytest.mark.parametrize(
    ("url", "server", "call"),
    [
        ("https://acme.azotel.com/restapi/", "acme.azotel.com", "https://acme.azotel.com/restapi/list"),
        ("https://acme.azotel.com:8080", "acme.azotel.com:8080", "https://acme.azotel.com:8080/list"),
        ("HTTPS://ACME.azotel.com/restapi", "acme.azotel.com", "https://acme.azotel.com/restapi/list"),
        ("http://127.0.0.1:8082/restapi/", "127.0.0.1:8082", "http://127.0.0.1:8082/restapi/list"),
        ("http://localhost/", "localhost", "http://localhost/list"),
        ("http://[::1]:81/", "[::1]:81", "http://[::1]:81/list"),
    ],
)
def test_https_anywhere_and_http_on_this_machine_are_taken(url: str, server: str, call: str) -> None:
    """A call's path comes behind the base, with or without slashes between."""
    address = read_address(url)
    assert server == address.server
    assert call == address.of("list")
    assert call == address.of("/list")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "acme.azotel.com/restapi/",
        "https://",
        "http://acme.azotel.com/restapi/",
        "http://10.0.0.7/restapi/",
        "http://localhost.example.com/",
        "ftp://127.0.0.1/",
        "https://user:hunter2@acme.azotel.com/",
        "https://acme.azotel.com/?key=hunter2",
        "https://acme.azotel.com/#hunter2",
        "https://acme.azotel.com:hunter2/",
        "https://acme.azotel.com:99999/",
        "https://acme azotel.com/",
        "https://acme.azotel.com\\hunter2/",
        "https://[::1",
        "https://açme.example.com/",
    ],
)
def test_anything_else_is_misconfigured(url: str) -> None:
    """The error shows nothing of the address, since a password may be in it."""
    with pytest.raises(Misconfigured) as wrong:
        read_address(url)
    assert wrong.value.reason == "simpler.address"
    assert "simpler_url" in wrong.value.message
    assert "hunter2" not in str(wrong.value)

"""What a function loads before its first answer: the less, the sooner it comes."""

import pytest

from infra.lab.bench.cold_start import imports_of

SDKS = (
    "google.auth.transport.requests",
    "google.cloud.secretmanager_v1",
    "googleapiclient.discovery",
    "jinja2",
    "phonenumbers",
    "segno",
    "sendgrid",
    "vobject",
)
"""Those that take a while to load and that not every function needs."""


@pytest.mark.parametrize(
    ("function", "expected"),
    [("sync_all", set()), ("console_link", set()), ("preview_sync", set()), ("sync_wisp", {"phonenumbers"})],
)
def test_a_function_loads_only_what_it_needs(function: str, expected: set[str]) -> None:
    """With the adapters of production, whose libraries are loaded when they are first used."""
    assert set(SDKS) & set(imports_of(function)) == expected

"""What a function loads before its first answer: the less, the sooner it comes."""

from collections.abc import Mapping

import pytest

from infra.lab.bench.cold_start import imports_of
from infra.lab.bench.imports import Loaded
from infra.sandbox.functions import entry_points

SDKS = {
    "google.auth.transport.requests",
    "google.cloud.secretmanager_v1",
    "googleapiclient.discovery",
    "jinja2",
    "phonenumbers",
    "segno",
    "sendgrid",
    "vobject",
}
"""Those that take a while to load and that not every function needs."""

LOADED: Mapping[str, tuple[int, set[str]]] = {
    "console": (87, {"jinja2"}),
    "console_link": (78, set()),
    "customer_changed": (75, set()),
    "customer_status": (136, {"phonenumbers"}),
    "email_vcard": (135, {"phonenumbers"}),
    "make_preview": (116, {"phonenumbers"}),
    "operate": (171, {"phonenumbers"}),
    "outage_list": (99, {"phonenumbers"}),
    "preview_sync": (74, set()),
    "start_sync": (83, set()),
    "suggestions": (73, set()),
    "sync_all": (71, set()),
    "sync_customer": (130, {"phonenumbers"}),
    "sync_status": (81, set()),
    "sync_wisp": (153, {"phonenumbers"}),
    "watchdog": (75, set()),
    "wisp_settings": (114, {"phonenumbers"}),
}
"""How many of our modules each may load, and which of the SDKs; the sandbox's adapters are not among them."""

DATACLASSES = {
    "Card",
    "Consented",
    "Credentials",
    "Customer",
    "Desired",
    "Held",
    "Listing",
    "Session",
    "Settings",
    "Skipped",
    "Wish",
}
"""Those of our classes that need what only a dataclass can: a field that is not shown or not compared, is set
later, or says more of itself."""


@pytest.fixture(scope="module")
def loaded() -> Mapping[str, Loaded]:
    """Return what each function has loaded at its first answer, with the adapters of production."""
    return {each.function: each for each in imports_of(*entry_points())}


def test_a_function_loads_only_what_it_needs(loaded: Mapping[str, Loaded]) -> None:
    """SDKs that it does not use are not loaded; of our own modules it loads no more than is known."""
    assert {name: SDKS & set(each.named) for name, each in loaded.items()} == {
        name: sdks for name, (_, sdks) in LOADED.items()
    }
    assert {name: len(each.ours) for name, each in loaded.items() if len(each.ours) > LOADED[name][0]} == {}


def test_what_a_function_makes_as_a_dataclass_needs_to_be_one(loaded: Mapping[str, Loaded]) -> None:
    """Making one takes half a millisecond of each cold start, thirty times as long as a Struct."""
    assert {name for each in loaded.values() for name in each.dataclasses} == DATACLASSES


def test_no_collection_goes_through_what_stays(loaded: Mapping[str, Loaded]) -> None:
    """What was loaded when the server forked its worker is frozen: the SDKs and ours."""
    assert min(each.frozen for each in loaded.values()) > 50_000


def test_all_that_an_answer_needs_is_there_before_the_server_forks(loaded: Mapping[str, Loaded]) -> None:
    """The first answer imports nothing more, which would cost twice as much in the server's worker."""
    assert {name: each.late for name, each in loaded.items() if each.late} == {}

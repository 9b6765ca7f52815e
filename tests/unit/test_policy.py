"""The policy: what settings may say about callers."""

from pathlib import Path

import pytest

from shared.errors import Denied, Misconfigured
from shared.loopback import is_loopback
from shared.policy import Grant, Mode, Policy, check_mode, covers, read_grants
from tests.fake_clock import FakeClock


@pytest.mark.parametrize(
    ("mode", "cloud_run", "expected"),
    [
        ("platform", True, Mode.PLATFORM),
        ("verify", True, Mode.VERIFY),
        ("verify", False, Mode.VERIFY),
        ("open", False, Mode.OPEN),
    ],
)
def test_a_safe_mode_is_taken(mode: str, cloud_run: bool, expected: Mode) -> None:
    """Each mode is allowed where it is safe."""
    assert check_mode(mode, cloud_run) == expected


@pytest.mark.parametrize(
    ("mode", "cloud_run"),
    [("open", True), ("platform", False), ("", False), ("", True), ("OPEN", False), ("none", True)],
)
def test_an_unsafe_mode_is_refused(mode: str, cloud_run: bool) -> None:
    """Open on Cloud Run, platform elsewhere, or no such mode: the service does not start."""
    with pytest.raises(Misconfigured, match="CALLER_MODE"):
        check_mode(mode, cloud_run)


def test_grants_are_read_from_json() -> None:
    """A caller has functions, and wisps or all of them."""
    callers = """{
        "simpler@p.iam.gserviceaccount.com": {"functions": ["start_sync", "sync_status"], "wisps": ["acme"]},
        "tasks@p.iam.gserviceaccount.com": {"functions": ["sync_wisp"]}
    }"""
    assert read_grants(callers, Mode.PLATFORM) == {
        "simpler@p.iam.gserviceaccount.com": Grant(
            frozenset({"start_sync", "sync_status"}), frozenset({"acme"})
        ),
        "tasks@p.iam.gserviceaccount.com": Grant(frozenset({"sync_wisp"}), None),
    }


def test_the_documented_list_of_callers_is_valid() -> None:
    """The example in the documentation can be used as it stands."""
    page = (Path(__file__).parents[2] / "docs" / "callers.md").read_text(encoding="utf-8")
    grants = read_grants(page.split("```json\n")[1].split("```")[0], Mode.PLATFORM)
    assert [grant.wisps for grant in grants.values()] == [None, None, None, frozenset({"acme", "ie-*"})]


@pytest.mark.parametrize(
    ("wisps", "wisp", "covered"),
    [
        (None, "acme", True),
        (frozenset({"acme"}), "acme", True),
        (frozenset({"acme"}), "acme-2", False),
        (frozenset({"ie-*"}), "ie-acme", True),
        (frozenset({"ie-*"}), "gb-acme", False),
        (frozenset({"ie-*"}), "ie-*", True),
        (frozenset({"*"}), "acme", True),
        (frozenset[str](), "acme", False),
    ],
)
def test_wisps_are_named_or_begin_alike(wisps: frozenset[str] | None, wisp: str, covered: bool) -> None:
    """A star stands for any end, and for nothing else."""
    assert covers(wisps, wisp) is covered


@pytest.mark.parametrize("callers", ["", "{}"])
def test_no_grants_allow_nobody(callers: str) -> None:
    """An empty setting is a policy under which nobody may call."""
    assert read_grants(callers, Mode.PLATFORM) == {}


@pytest.mark.parametrize(
    "callers",
    [
        "[]",
        "{",
        '{"Simpler@p.iam.gserviceaccount.com": {"functions": []}}',
        '{"everybody": {"functions": ["start_sync"]}}',
        '{"*@p.iam.gserviceaccount.com": {"functions": ["start_sync"]}}',
        '{"a@b.c": {}}',
        '{"a@b.c": {"functions": "start_sync"}}',
        '{"a@b.c": {"functions": ["start_sync"], "wisp": ["acme"]}}',
        '{"a@b.c": {"functions": ["start_sync"], "wisps": "acme"}}',
        '{"a@b.c": {"functions": ["start_sync", "sync_all"], "wisps": ["acme"]}}',
        '{"a@b.c": {"functions": ["start_sync"], "wisps": ["a*e"]}}',
        '{"a@b.c": {"functions": ["start_sync"], "wisps": ["acme\\n"]}}',
        '{"a@b.c": {"functions": ["watchdog"], "wisps": []}}',
        '{"a@b.c\\ud800": {"functions": ["start_sync"]}}',
    ],
)
def test_grants_that_could_mean_something_else_are_refused(callers: str) -> None:
    """Misspelt members, patterns, capitals and limits that would not limit: the service does not start."""
    with pytest.raises(Misconfigured) as refusal:
        read_grants(callers, Mode.PLATFORM)
    assert "CALLERS" not in refusal.value.user_message


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("LOCALHOST", True),
        ("0.0.0.0", False),
        ("192.0.2.7", False),
        ("127.0.0.1.example", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine(host: str, expected: bool) -> None:
    """Only what cannot lead anywhere else counts."""
    assert is_loopback(host) == expected


def test_whoever_the_platform_lets_in_may_operate() -> None:
    """People of a group are known to IAM alone; a caller that is named has its own rights."""
    grants = read_grants('{"*": {"functions": ["operate"]}}', Mode.PLATFORM)
    policy = Policy(Mode.PLATFORM, FakeClock(), grants=grants)

    assert policy.grant("olga@azotel.example", "operate").wisps is None
    with pytest.raises(Denied):
        policy.grant("olga@azotel.example", "sync_wisp")


@pytest.mark.parametrize(
    ("callers", "mode"),
    [
        ('{"*": {"functions": ["operate"]}}', Mode.VERIFY),
        ('{"*": {"functions": ["operate"]}}', Mode.OPEN),
        ('{"*": {"functions": ["operate", "sync_wisp"]}}', Mode.PLATFORM),
        ('{"*": {"functions": ["sync_wisp"]}}', Mode.PLATFORM),
        ('{"*": {"functions": ["operate"], "wisps": ["acme"]}}', Mode.PLATFORM),
    ],
)
def test_whoever_comes_is_let_in_nowhere_else(callers: str, mode: Mode) -> None:
    """Not where nobody has asked IAM, and to no function that programs call: the service does not start."""
    with pytest.raises(Misconfigured):
        read_grants(callers, mode)

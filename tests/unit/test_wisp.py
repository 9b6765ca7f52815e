"""A WISP's settings: one table of those that people choose, and where it stands beside the document."""

import msgspec
import pytest

from shared.domain.model.wisp import Wisp, WispSettings
from shared.domain.model.wisp_history import differences
from shared.replace import replace
from shared.typed import from_plain
from shared.usecases.base.documents import to_document

OURS = {"id", "simpler_secret"}
"""What the service makes itself."""

WISP = Wisp("acme", "ACME", "IE", "Europe/Dublin", "https://simpler.example", "acme", "simpler-acme")


def test_every_setting_is_in_the_table() -> None:
    """In the same order, but for what the service makes itself."""
    assert list(WispSettings.__struct_fields__) == [
        each for each in Wisp.__struct_fields__ if each not in OURS
    ]


def test_what_there_is_fits_the_table() -> None:
    """The defaults are values that could be given."""
    given = to_document(WispSettings.of(WISP))

    assert from_plain(given, WispSettings) == WispSettings.of(WISP)


def test_what_is_left_out_is_not_given() -> None:
    """Nothing has a default of its own in the table."""
    assert WispSettings().given() == {}
    assert WispSettings(leavers="keep").given() == {"leavers": "keep"}


def test_only_what_every_wisp_differs_in_must_be_given() -> None:
    """A WISP is set up with five settings and its credentials."""
    needed = [each.name for each in msgspec.structs.fields(Wisp) if each.required]

    assert [name for name in needed if name not in OURS] == [
        "name",
        "country",
        "time_zone",
        "simpler_url",
        "simpler_operator",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"country": "ie"},
        {"statuses": []},
        {"leavers": "sell"},
        {"notify": "mary@acme.ie"},
        {"id": "x"},
    ],
)
def test_what_has_another_type_is_refused(wrong: dict[str, object]) -> None:
    """By the type alone."""
    with pytest.raises(msgspec.ValidationError):
        from_plain(wrong, WispSettings)


def test_a_profile_is_not_shown_in_the_history() -> None:
    """It may hold a key; that it changed is told."""
    changed = differences(WISP, replace(WISP, simpler_profile={"link": "x"}))

    assert [(each.setting, each.before, each.after) for each in changed] == [("simpler_profile", "", "")]

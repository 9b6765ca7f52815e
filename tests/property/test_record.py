"""What is known of a record before it is read is what reading it finds."""

import sys
from pathlib import Path
from types import FrameType
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from infra.standins.simpler.generator import make_customers
from shared import pattern
from shared.adapters.simpler.profile import load_profile
from shared.adapters.simpler.record import RULES, Reader, SimplerRecord
from shared.domain.contact.customer import Customer, Skipped
from shared.domain.model import wisp
from shared.domain.model.wisp import Wisp
from shared.domain.sync.google_fields import fields_of
from shared.replace import replace

WISP = Wisp("acme", "ACME", "IE", "Europe/Dublin", "https://simpler.example/api", "acme", "secret")
PROFILE = load_profile({})
SERVER = "simpler.example"
ROOT = Path(wisp.__file__).parents[2]
READER = Reader(WISP, PROFILE, SERVER)

texts = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", "  ", "\u200b", "\ud800", "current", " Current ", "\u0301", "#", "x" * 70, "\uff11\uff12", "n/a"]
    ),
)
values = st.one_of(
    texts, st.integers(), st.floats(), st.booleans(), st.none(), st.lists(texts, max_size=2), st.just(10**40)
)
members = st.sampled_from(["customerid", "name", "status", "mobile", "email", "city", "nickname", "else"])
records = st.one_of(st.dictionaries(members, values), values)


@given(records)
def test_what_is_known_of_a_record_is_what_reading_it_finds(raw: Any) -> None:
    """Never another customer, another status, one who cannot be used, or another reason."""
    known, read = READER.record(raw, 3), READER.customer(raw, 3)

    if isinstance(known, Skipped):
        assert known == read
    else:
        assert isinstance(read, Customer)
        assert known.id == read.id
        assert known.status == read.status
        assert known.customer() == read


@given(st.dictionaries(members, values), st.dictionaries(members, values))
def test_records_of_one_digest_are_one_customer(one: dict[str, Any], other: dict[str, Any]) -> None:
    """What is read differs only where the digest does."""
    found = READER.record(one, 1), READER.record(other, 1)
    match found:
        case SimplerRecord(), SimplerRecord() if found[0].digest == found[1].digest:
            assert found[0].customer() == found[1].customer()


def test_what_a_wisp_changes_is_read_again() -> None:
    """The name template, the country, the address of SIMPLer and the profile are in every digest."""
    readers = [
        READER,
        Reader(replace(WISP, country="NL"), PROFILE, SERVER),
        Reader(replace(WISP, name_template="{name} #{id}"), PROFILE, SERVER),
        Reader(WISP, PROFILE, "other.example"),
        Reader(WISP, load_profile({"fields": {"site": ["tower"]}}), SERVER),
    ]
    found = [reader.record({"customerid": 1, "name": "Áine"}, 1) for reader in readers]
    digests = {record.digest for record in found if isinstance(record, SimplerRecord)}
    assert len(digests) == len(readers)


def test_what_is_not_read_is_in_no_digest() -> None:
    """A member that the profile does not name, and null where there was nothing."""
    record = {"customerid": 1, "name": "Áine"}
    found = [READER.record(raw, 1) for raw in (record, record | {"else": 7}, record | {"city": None})]
    digests = {each.digest for each in found if isinstance(each, SimplerRecord)}
    assert len(digests) == 1


def test_every_rule_is_in_every_digest() -> None:
    """The text of all our files that are entered to make what is sent, and the version of the one library.

    The wisp's settings are in it as values; what is made once at its first use is the same whenever it is.
    """
    entered = entered_for(make_customers(300, 7))
    ours = {file for file in entered if ROOT in file.parents}
    foreign = {
        file.parts[file.parts.index("site-packages") + 1] for file in entered if "site-packages" in file.parts
    }
    assert ours - set(RULES) <= {Path(wisp.__file__), Path(pattern.__file__)}
    assert foreign == {"phonenumbers"}


def entered_for(raws: list[Any]) -> set[Path]:
    """Return the files whose functions the rules call to make what is sent for these records."""
    entered: set[str] = set()
    rules = {str(file) for file in RULES}

    def note(frame: FrameType, *_: object) -> None:
        if frame.f_back and frame.f_back.f_code.co_filename in rules:
            entered.add(frame.f_code.co_filename)

    sys.setprofile(note)
    try:
        for raw in raws:
            if isinstance(record := READER.record(raw, 1), SimplerRecord):
                fields_of(record.card())
    finally:
        sys.setprofile(None)
    return set(map(Path, entered))

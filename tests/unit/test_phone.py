"""Telephone numbers, as people type them, in the forms that an incoming call can be matched with."""

import pytest

from shared.domain.contact.customer import RawPhone
from shared.domain.contact.phone import MOST_PHONES, Phone, ReadPhones, read_phones
from shared.domain.contact.phone_kind import PhoneKind


def numbers(text: str, region: str = "IE") -> list[str]:
    """Return the numbers read from one text."""
    return [phone.number for phone in read_phones([RawPhone(text, PhoneKind.HOME)], region).phones]


@pytest.mark.parametrize(
    ("text", "ireland", "britain", "america", "south_africa"),
    [
        ("021 234 8100", "+353 21 234 8100", "", "", "+27 21 234 8100"),
        ("+353-21-234-8100", *["+353 21 234 8100"] * 4),
        ("(312) 239-0680 x12", "", "", "+1 312-239-0680", ""),
        ("0044 207 193 4170", "+44 20 7193 4170", "+44 20 7193 4170", "", "+44 20 7193 4170"),
        ("11 083 6900", "", "", "", "+27 11 083 6900"),
        ("087 123 4567", "+353 87 123 4567", "", "", "+27 87 123 4567"),
        ("353861234567", "+353 86 123 4567", "", "", ""),
        ("07911 123456", "", "+44 7911 123456", "", ""),
        ("999", "", "", "", ""),
        ("112", "", "", "", ""),
    ],
)
def test_a_number_is_read_by_the_rules_of_its_country(
    text: str, ireland: str, britain: str, america: str, south_africa: str
) -> None:
    """Only what is valid in the one region asked for is a number; "possible" is not enough."""
    expected = [ireland, britain, america, south_africa]
    assert expected == ["".join(numbers(text, region)) for region in ("IE", "GB", "US", "ZA")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("087 123 4567 / 086 765 4321", ["+353 87 123 4567", "+353 86 765 4321"]),
        ("0871234567,0867654321", ["+353 87 123 4567", "+353 86 765 4321"]),
        ("0871234567 0867654321", ["+353 87 123 4567", "+353 86 765 4321"]),
        ("Mob: 0871234567 Home: 021 2348100", ["+353 87 123 4567", "+353 21 234 8100"]),
        ("1) 0871234567 2) 0867654321", ["+353 87 123 4567", "+353 86 765 4321"]),
        ("086 123 4567 (wife)", ["+353 86 123 4567"]),
        ("021 487 1234 / 5", ["+353 21 487 1234"]),
        ("+353861234567 TEL:999", ["+353 86 123 4567"]),
        ("+1 312-239-0680 ext. 12", ["+1 312-239-0680"]),
        ("+353 (0)87 123 4567", ["+353 87 123 4567"]),
        ("٠٨٧ ١٢٣ ٤٥٦٧", ["+353 87 123 4567"]),
        ("9" * 600 + " 0871234567", []),
    ],
)
def test_a_text_may_hold_several_numbers_or_words(text: str, expected: list[str]) -> None:
    """All valid numbers of a text are found, wherever they stand in its first 500 characters."""
    assert expected == numbers(text)


@pytest.mark.parametrize("text", ["0044 208-366-1177", "tel 0044 (208) 366 1177", "208-366-1177 99"])
def test_a_piece_of_a_longer_number_is_no_number(text: str) -> None:
    """A British number typed for an Irish exchange holds an American one, which nobody meant."""
    assert numbers(text, "US") == []


@pytest.mark.parametrize("text", ["", "n/a", "none", "-", "0", "no phone", "000"])
def test_fillers_are_dropped_silently(text: str) -> None:
    """What only fills a mandatory field is neither a number nor worth showing."""
    assert read_phones([RawPhone(text, PhoneKind.HOME)], "IE") == ReadPhones((), (), ())


def test_a_filler_of_many_digits_is_told_and_not_shown() -> None:
    """It is nobody's number, but somebody may mend it."""
    assert read_phones([RawPhone("0000000000", PhoneKind.HOME)], "IE") == ReadPhones((), (), ("0000000000",))


def test_words_without_a_number_are_shown() -> None:
    """Whoever typed them meant them for whoever calls."""
    assert read_phones([RawPhone("call after 5", PhoneKind.HOME)], "IE").as_given == ("call after 5",)


def test_a_text_without_a_valid_number_is_handed_back_once() -> None:
    """What may be a number with a digit missing is kept as given, for a person to read."""
    raw = [RawPhone("087 123 456", PhoneKind.HOME), RawPhone("087 123 456", PhoneKind.WORK)]
    assert read_phones(raw, "IE") == ReadPhones((), ("087 123 456",), ("087 123 456",))


def test_the_same_number_is_kept_once_by_its_first_kind() -> None:
    """Doubles are told by number, not by spelling; an extension of one of them is kept."""
    raw = [
        RawPhone("021 234 8100", PhoneKind.WORK),
        RawPhone("+353212348100", PhoneKind.HOME),
        RawPhone("021 234 8100 x5", PhoneKind.WORK),
    ]
    assert read_phones(raw, "IE").phones == (Phone("+353 21 234 8100", PhoneKind.WORK, "5"),)


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("087 123 4567", PhoneKind.OTHER, PhoneKind.MOBILE),
        ("087 123 4567", PhoneKind.WORK, PhoneKind.WORK),
        ("021 234 8100", PhoneKind.OTHER, PhoneKind.OTHER),
        ("021 234 8100", PhoneKind.FAX, PhoneKind.FAX),
        ("021 234 8100", PhoneKind.MOBILE, PhoneKind.OTHER),
        ("1800 123 456", PhoneKind.MOBILE, PhoneKind.OTHER),
        ("Fax 021 234 8100", PhoneKind.HOME, PhoneKind.FAX),
        ("087 123 4567 (work)", PhoneKind.MOBILE, PhoneKind.WORK),
    ],
)
def test_a_kind_follows_the_number_and_its_words_where_these_know_better(
    text: str, kind: PhoneKind, expected: PhoneKind
) -> None:
    """A landline is no mobile, whatever field it stands in; what is typed beside a number is about it."""
    assert [expected] == [phone.kind for phone in read_phones([RawPhone(text, kind)], "IE").phones]


@pytest.mark.parametrize("region", ["", "XX"])
def test_without_a_known_region_only_international_numbers_are_read(region: str) -> None:
    """No rules, no reading of national numbers; nothing breaks."""
    raw = [RawPhone("087 123 4567", PhoneKind.HOME), RawPhone("+353 87 123 4567", PhoneKind.HOME)]
    read = read_phones(raw, region)
    assert read.phones == (Phone("+353 87 123 4567", PhoneKind.HOME),)
    assert read.as_given == ("087 123 4567",)


def test_a_contact_gets_no_more_numbers_than_it_can_hold() -> None:
    """The first hundred numbers are kept, and the others told."""
    raw = [RawPhone(f"087 123 {4000 + number}", PhoneKind.HOME) for number in range(MOST_PHONES + 1)]
    read = read_phones(raw, "IE")
    assert len(read.phones) == MOST_PHONES
    assert read.left_out == (f"+353 87 123 {4000 + MOST_PHONES}",)

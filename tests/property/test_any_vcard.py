from hypothesis import given
from hypothesis import strategies as st

from shared.domain.contact.address_kind import AddressKind
from shared.domain.contact.card import Card, PostalAddress
from shared.domain.contact.folding import LINE, fold
from shared.domain.contact.phone import Phone
from shared.domain.contact.phone_kind import PhoneKind
from shared.domain.contact.qr import MOST_OCTETS, qr_card
from shared.domain.contact.vcard import file_name, vcard_of
from tests.corpus import WISP
from tests.vcard_kit import REVISED, expected, read_strictly

_ODD = st.sampled_from(
    [
        "\r\n",
        "\\",
        "\\n",
        ";",
        ",",
        ":",
        "END:VCARD",
        "begin:vcard",
        "\u2028",
        "\u200d",
        "é",
        "👨‍👩‍👧",
        "\ud800",
    ]
)
_TEXTS = st.lists(st.text(max_size=12) | _ODD, max_size=4).map("".join)

_CARDS = st.builds(
    Card,
    customer=_TEXTS,
    display=_TEXTS,
    given=_TEXTS,
    family=_TEXTS,
    company=_TEXTS,
    nickname=_TEXTS,
    phones=st.lists(st.builds(Phone, _TEXTS, st.sampled_from(PhoneKind), _TEXTS, _TEXTS), max_size=3).map(
        tuple
    ),
    emails=st.lists(_TEXTS, max_size=3).map(tuple),
    addresses=st.lists(
        st.builds(PostalAddress, st.sampled_from(AddressKind), _TEXTS, _TEXTS, _TEXTS, _TEXTS, _TEXTS),
        max_size=2,
    ).map(tuple),
    link=_TEXTS.map("https://x.example/".__add__),
    details=st.lists(st.tuples(st.sampled_from(["Site", "Plan"]), _TEXTS), max_size=3).map(tuple),
)


@given(_CARDS)
def test_any_card_is_read_back_as_it_is(card: Card) -> None:
    """Whatever the texts, the vCard says exactly what the card says, and nothing more."""
    assert expected(card, WISP) == read_strictly(vcard_of(card, WISP, REVISED))


@given(_TEXTS.map(lambda text: text.replace("\r", "").replace("\n", "").encode(errors="ignore").decode()))
def test_folding_changes_nothing_but_the_lines(text: str) -> None:
    """Unfolded, the lines are what they were; folded, each has at most 75 octets and is UTF-8 by itself."""
    lines = fold(f"NOTE:{text}\r\n").removesuffix(b"\r\n").split(b"\r\n")

    assert f"NOTE:{text}" == b"\r\n".join(lines).replace(b"\r\n ", b"").decode()
    assert max(map(len, lines)) <= LINE
    assert all(line.decode() for line in lines)


@given(_CARDS)
def test_the_short_card_is_always_short(card: Card) -> None:
    """A camera can read it, and it says who it is."""
    text = qr_card(card)

    assert len(text.encode()) <= MOST_OCTETS
    assert {"FN", "N", "VERSION"} <= {name for name, _, _ in read_strictly(text.encode())}


@given(_TEXTS, _TEXTS, _TEXTS, _TEXTS)
def test_different_ids_have_different_files(wisp: str, customer: str, other_wisp: str, other: str) -> None:
    """Two customers have files of one name only if they are one."""
    assert ((wisp, customer) == (other_wisp, other)) == (
        file_name(wisp, customer) == file_name(other_wisp, other)
    )

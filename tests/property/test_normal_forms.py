"""Whatever form a contact takes, and whatever its user adds, nothing is written, doubled or lost for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.contact.address_kind import AddressKind
from shared.domain.contact.card import Card, PostalAddress
from shared.domain.contact.phone import Phone
from shared.domain.contact.phone_kind import PhoneKind
from shared.domain.sync import former_fingerprint
from shared.domain.sync.actual import actual_by_changes, actual_of
from shared.domain.sync.decisions import make_plan, to_be_read
from shared.domain.sync.desired import Desired, KnownCard
from shared.domain.sync.google_fields import digest, fields_of
from shared.domain.sync.ledger import Ledger
from shared.domain.sync.mark import Mark, marked
from shared.domain.sync.person import OWNED, Fields, Item, Person
from shared.domain.sync.plan import Plan
from shared.replace import replace
from tests.property.address_book import LABEL, WISP, AddressBook
from tests.property.normal_forms import FORMS, is_one

NUMBERS = (
    "+353 87 123 4567",
    "+353 21 487 1234",
    "+353 87 123 4568",
    "+353 1 555 0000 ext. 12",
    "+1 312-239-0680",
)
EMAILS = ("pat@byrne.example", "Áine@büro.example", "office@byrne.example")
PLACES = (
    PostalAddress(
        AddressKind.INSTALLATION, "12 Main St, Blarney", "Cork", "Co. Cork", "T23 XY12", "Ireland", "IE"
    ),
    PostalAddress(AddressKind.BILLING, "1 The Mall", "Youghal", country="Ireland", country_code="IE"),
    PostalAddress(AddressKind.INSTALLATION, "Cúl Mhín", "Dún Garbhán", "", "X35"),
)
ROWS = (
    ("Site", "Blarney"),
    ("Plan", "20M/5M"),
    ("Plan", "100M"),
    ("Status", "current"),
    ("Phone as given", "87 12"),
)

HOME, MOBILE = PhoneKind.HOME, PhoneKind.MOBILE
cards = st.builds(
    Card,
    customer=st.just("1"),
    display=st.just("Áine Byrne"),
    given=st.sampled_from(("Áine Byrne", "Pat")),
    company=st.sampled_from(("", "Byrne & Sons Ltd", "Büro Cork")),
    nickname=st.sampled_from(("", "Áine B")),
    phones=st.lists(st.sampled_from(NUMBERS), unique=True, max_size=3).map(
        lambda found: tuple(Phone(number, HOME if "21" in number else MOBILE) for number in found)
    ),
    emails=st.lists(st.sampled_from(EMAILS), unique=True, max_size=2).map(tuple),
    addresses=st.lists(st.sampled_from(PLACES), unique=True, max_size=2).map(tuple),
    link=st.sampled_from(("", "https://simpler.example/customer/%C3%A9/1")),
    details=st.lists(st.sampled_from(ROWS), unique_by=lambda row: row[0], max_size=4).map(tuple),
)


@dataclass(slots=True)
class Story:
    """One customer's contact.

    Attributes:
        card: What SIMPLer has of it.
        book: The account.
        ledger: What is known of it.
        added: What the user added, by field, each known by a word that nobody else uses.
    """

    card: Card
    book: AddressBook = field(default_factory=AddressBook)
    ledger: Ledger = field(default_factory=Ledger)
    added: dict[str, list[str]] = field(default_factory=dict)

    def desired(self) -> Desired:
        """Return what a run wants."""
        return Desired(WISP, {"1": KnownCard(self.card, digest=digest(fields_of(self.card)))})

    def person(self) -> Person:
        """Return the contact."""
        [person] = self.book.persons.values()
        return person

    def plans(self) -> Sequence[Plan]:
        """Return what a run would do by what changed, by a listing, and by one without the ledger."""
        desired, ledger = self.desired(), self.ledger
        ledger.head.label = LABEL
        persons, gone = self.book.changes_since(0)
        names = set(to_be_read(actual_by_changes(persons, gone, desired, ledger), desired))
        known = actual_by_changes(self.book.persons.values(), {*gone, *names}, desired, ledger)
        lists = [actual_of(self.book.persons.values(), desired, LABEL, each) for each in (ledger, Ledger())]
        return (
            make_plan(desired, ledger, known),
            make_plan(desired, ledger, lists[0]),
            make_plan(desired, Ledger(), lists[1]),
        )

    def run(self) -> None:
        """Run a night."""
        self.book.apply(self.plans()[1], self.ledger, self.desired(), "run")

    def save(self, fields: Fields) -> None:
        """Save the contact, as somebody else."""
        self.book.store(replace(self.person(), fields=fields))

    def add(self, name: str, word: str, data: st.DataObject) -> None:
        """Add something of the user's to a field, known by a word."""
        fields = self.person().fields
        item = addition(name, fields_of(self.card), word, data)
        self.added.setdefault(name, []).append(word)
        self.save({**fields, name: (*fields.get(name, ()), item)})

    def resave(self, data: st.DataObject, *, whole: bool) -> None:
        """Save our items in other forms, and the user's as they are."""
        fields = self.person().fields
        own = {
            name: tuple(item for item in items if is_own(item, self.added.get(name, [])))
            for name, items in fields.items()
        }
        mine = {
            name: tuple(item for item in items if item not in own[name]) for name, items in fields.items()
        }
        forms = resaved(mine, data, whole=whole)
        self.save({name: (*forms[name], *own[name]) for name in fields})

    def check(self) -> None:
        """Check that each of our items is there once, each of the user's, and nothing else."""
        ours, theirs = fields_of(self.card), self.person().fields
        for name in OWNED:
            words = self.added.get(name, [])
            own = [item for item in theirs.get(name, ()) if is_own(item, words)]
            rest = [item for item in theirs.get(name, ()) if item not in own]
            assert sorted(word for item in own for word in words if word in item.values()) == sorted(words)
            assert len(rest) <= len(ours[name])
            for item in ours[name]:
                stands = sum(is_one(name, item, each) for each in rest)
                assert stands == 1 or (stands == 0 and any(is_one(name, item, each) for each in own))


def is_own(item: Item, words: Sequence[str]) -> bool:
    """Return whether the user added it."""
    return any(word in item.values() for word in words)


def resaved(fields: Fields, data: st.DataObject, *, whole: bool = False) -> Fields:
    """Return the contact in another order and other forms, all of it or some of it."""
    found: dict[str, tuple[Item, ...]] = {}
    for name, items in fields.items():
        form = data.draw(st.sampled_from(FORMS[name]))
        forms = [form if whole else data.draw(st.sampled_from((*FORMS[name], dict))) for _ in items]
        shuffled = data.draw(st.permutations(items))
        found[name] = tuple(each(item) for each, item in zip(forms, shuffled, strict=True))
    return found


def addition(name: str, ours: Fields, word: str, data: st.DataObject) -> Item:
    """Return something of the user's, much like one of our items where there is one."""
    member, own = ADDED[name]
    mine = data.draw(st.sampled_from((*ours.get(name, ()), own)))
    kept = {part: text for part, text in mine.items() if name != "organizations" or part == "name"}
    return {**kept, member: word}


ADDED: Mapping[str, tuple[str, Item]] = {
    "phoneNumbers": ("type", {"value": "+353 85 999 9999"}),
    "emailAddresses": ("type", {"value": "own@example.net"}),
    "addresses": ("type", {"streetAddress": "9 Far Road", "city": "Tralee"}),
    "organizations": ("title", {"name": "Their own club"}),
    "urls": ("type", {"value": "https://own.example"}),
    "userDefined": ("value", {"key": "Gate"}),
}
"""The member by which an addition is known, and one that is like nothing of ours."""
STEPS = st.lists(st.sampled_from(("form", "phone", "add", "change", "quiet")), min_size=1, max_size=7)


@given(cards, STEPS, st.data())
def test_forms_and_additions_are_no_reason_to_write_and_survive_every_change(
    card: Card, steps: list[str], data: st.DataObject
) -> None:
    """Forms of others, users' additions and SIMPLer's changes, in any order: nothing is doubled or lost."""
    story = Story(card)
    story.run()
    for number, step in enumerate(steps):
        if step == "change":
            story.card = data.draw(cards)
            story.run()
        elif step == "add":
            story.add(data.draw(st.sampled_from(sorted(ADDED))), f"own {number}", data)
        elif step != "quiet":
            story.resave(data, whole=step == "phone")
        assert [plan.writes for plan in story.plans()] == [0, 0, 0]
        story.run()
        story.check()


@given(cards, cards, st.data())
def test_a_contact_with_former_fingerprints_is_left_alone_and_known_again(
    card: Card, then: Card, data: st.DataObject
) -> None:
    """It is not written for them, in whatever form it is; and SIMPLer's next change doubles nothing."""
    story = Story(card)
    story.run()
    ours = fields_of(card)
    former_data = marked(Mark(WISP, "1", "run"), former_fingerprint.former_prints(ours), kind="v1")
    person = story.book.store(replace(story.person(), client_data=former_data))
    [entry] = [entry for _, entry in story.ledger.entries()]
    story.ledger.put("1", entry._replace(source_etag=person.source_etag))
    assert [plan.writes for plan in story.plans()] == [0, 0, 0]

    story.save(resaved(person.fields, data))
    assert [plan.writes for plan in story.plans()[:2]] == [0, 0]
    story.run()
    story.card = then
    story.run()
    story.check()
    assert [plan.writes for plan in story.plans()[:2]] == [0, 0]

"""Contacts are made ready for Google in as few batches as can be."""

import pytest

from shared.domain.sync.ledger import Entry
from shared.domain.sync.plan import Update
from shared.usecases.sync.prepared import PreparedUpdates, prepared_creates, prepared_updates
from tests.unit.plan_kit import SECOND, WISP, card, desired, entry, person

RUN = "20260302T050000-1"


def outdated(count: int, *, same: frozenset[int] = frozenset()) -> list[PreparedUpdates]:
    """The batches for so many contacts whose record is another one; those numbers have the same card."""
    cards = [card(str(number)) for number in range(count)]
    records = {each.customer: "new" for each in cards}
    before: dict[str, Update | Entry] = {
        each.customer: entry(each if number in same else card(each.customer, SECOND), f"c{number}")
        for number, each in enumerate(cards)
    }
    return list(prepared_updates(desired(cards, records=records), RUN, before.items()))


@pytest.mark.parametrize(
    ("count", "sizes"),
    [
        (0, []),
        (1, [1]),
        (200, [200]),
        (201, [100, 101]),
        (205, [102, 103]),
        (206, [200, 6]),
        (400, [200, 200]),
        (405, [200, 102, 103]),
    ],
)
def test_updates_go_in_the_fewest_batches_and_none_of_them_is_too_short(count: int, sizes: list[int]) -> None:
    """A batch of fewer than six would be dearer than its contacts one by one; the order stays."""
    batches = outdated(count)

    assert [len(batch.revised) for batch in batches] == sizes
    sent = [each.customer for batch in batches for each in batch.revised]
    assert sent == [str(number) for number in range(count)]


def test_those_whose_card_is_the_same_are_told_and_not_sent() -> None:
    """With the digest of their new record."""
    batches = outdated(9, same=frozenset(range(8)))

    assert [[each.customer for each in batch.revised] for batch in batches] == [[], ["8"]]
    assert [len(batch.same) for batch in batches] == [8, 0]
    assert batches[0].same["3"] == entry(card("3"), "c3", record="new")


def test_an_update_that_was_decided_on_is_sent_as_it_is() -> None:
    """Its contact was read, and is guarded by the etag that it had."""
    update = Update(card(), person(card(number=SECOND)), ("phoneNumbers",))
    [batch] = prepared_updates(desired([card()]), RUN, [("1", update)])

    assert [each.update for each in batch.revised] == [update]
    assert batch.revised[0].change.person is update.person


def test_newcomers_come_part_by_part() -> None:
    """Each with its card and the mark by which it is known again."""
    parts = list(prepared_creates(desired([card("1"), card("2"), card("3")]), RUN, [["1", "2"], ["3"]]))

    assert [[each.customer for each in part] for part in parts] == [["1", "2"], ["3"]]
    assert [each.person.key for each in parts[1]] == [f"v1|{WISP}|3|{RUN}"]

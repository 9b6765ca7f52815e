"""Contacts are made ready for Google in as few batches as can be."""

import pytest

from shared.domain.sync.plan import PlannedChange
from shared.usecases.sync.prepared import prepared_creates, prepared_updates
from tests.unit.plan_kit import SECOND, WISP, card, desired, person

RUN = "20260302T050000-1"


def update(customer: str = "1") -> PlannedChange:
    """An update of a contact that has another number."""
    return PlannedChange(
        customer, "changed", person(card(customer, SECOND), f"c{customer}"), ("phoneNumbers",)
    )


@pytest.mark.parametrize(
    ("count", "sizes"),
    [
        (0, []),
        (1, [1]),
        (200, [200]),
        (201, [100, 101]),
        (205, [102, 103]),
        (400, [200, 200]),
        (405, [135, 135, 135]),
    ],
)
def test_updates_go_in_the_fewest_batches_and_none_of_them_is_too_short(count: int, sizes: list[int]) -> None:
    """A batch of fewer than six would be dearer than its contacts one by one; the order stays."""
    customers = [str(number) for number in range(count)]
    batches = list(prepared_updates(desired(map(card, customers)), RUN, list(map(update, customers))))

    assert [len(batch) for batch in batches] == sizes
    assert [each.customer for batch in batches for each in batch] == customers


def test_an_update_is_sent_as_it_was_decided_on() -> None:
    """Its contact is guarded by the etag that it had."""
    decided = update()
    [batch] = prepared_updates(desired([card()]), RUN, [decided])

    assert [each.update for each in batch] == [decided]
    assert batch[0].change.person is decided.person


def test_newcomers_come_part_by_part() -> None:
    """Each with its card and the mark by which it is known again."""
    parts = list(prepared_creates(desired([card("1"), card("2"), card("3")]), RUN, [["1", "2"], ["3"]]))

    assert [[each.customer for each in part] for part in parts] == [["1", "2"], ["3"]]
    assert [each.person.key for each in parts[1]] == [f"v1|{WISP}|3|{RUN}"]

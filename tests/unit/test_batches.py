"""Many things go in the fewest parts that a request takes."""

import pytest

from shared.usecases.base.batches import batches


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
def test_they_go_in_the_fewest_batches_and_none_of_them_is_too_short(count: int, sizes: list[int]) -> None:
    """A batch of fewer than six would be dearer than its contacts one by one; the order stays."""
    parts = list(batches(range(count), 200))

    assert [len(part) for part in parts] == sizes
    assert [each for part in parts for each in part] == list(range(count))

"""How many requests a run may send to the People API: the design's formula."""

from math import ceil
from pathlib import Path

import pytest

from tests.world import a_world, customer


@pytest.mark.parametrize(("customers", "own"), [(1, 0), (200, 0), (201, 3), (1000, 1001), (5000, 0)])
def test_a_first_sync_takes_as_few_requests_as_its_batches(tmp_path: Path, customers: int, own: int) -> None:
    """1 (labels) + 1 (label made) + ⌈T/1000⌉, at least 1, + ⌈N/200⌉; the user's own contacts untouched."""
    with a_world(tmp_path, [customer(n) for n in range(1, customers + 1)]) as world:
        world.add_own_contacts(own)
        before, asked = world.own_contacts(), world.people_requests()

        outcome = world.run().accounts[0]

        expected = 1 + 1 + max(1, ceil(own / 1000)) + ceil(customers / 200)
        assert (outcome.created, outcome.requests) == (customers, expected)
        assert world.people_requests() - asked == expected
        assert world.own_contacts() == before


def test_a_run_without_changes_only_reads(tmp_path: Path) -> None:
    """1 (labels) + ⌈T/1000⌉, and not one write, to Google or to the ledger."""
    with a_world(tmp_path, [customer(n) for n in range(1, 1201)]) as world:
        world.run()
        ledger = world.services.state.find("ledgers/acme-0/shards")
        outcome = world.run().accounts[0]

        assert (outcome.writes, outcome.requests) == (0, 1 + 2)
        assert world.services.state.find("ledgers/acme-0/shards") == ledger


@pytest.mark.parametrize("changed", [1, 200, 201])
def test_changed_customers_cost_a_request_a_batch(tmp_path: Path, changed: int) -> None:
    """1 (labels) + 1 (listing) + ⌈u/200⌉."""
    with a_world(tmp_path, [customer(n) for n in range(1, 301)]) as world:
        world.run()
        for number in range(1, changed + 1):
            world.simpler.state.customers.patch(str(number), {"mobile": f"086 {2_000_000 + number}"})
        outcome = world.run().accounts[0]

        assert (outcome.updated, outcome.requests) == (changed, 2 + ceil(changed / 200))

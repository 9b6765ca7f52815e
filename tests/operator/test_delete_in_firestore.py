"""Deleting a wisp from Firestore, where what is below a deleted document is not deleted with it."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from google.cloud.firestore import Client, CollectionReference

from shared.adapters.google.firestore.leases import FirestoreLeases
from shared.adapters.google.firestore.state import FirestoreState
from shared.bootstrap import perform
from shared.replace import replace
from shared.usecases.accounts.delete_wisp import delete_wisp
from shared.usecases.base.documents import account_put, wisp_put
from shared.usecases.customers.press_queue import store
from shared.usecases.operations.documents import check_documents
from shared.usecases.runs.kept_preview import as_preview, content, wait_for
from shared.usecases.runs.run import SyncWisp, sync_wisp
from tests.world import a_world, customer


def paths(collections: Iterator[CollectionReference]) -> Iterator[str]:
    """Yield the path of every document, also of those that only have documents below them."""
    for collection in collections:
        for document in collection.list_documents():
            yield document.path
            yield from paths(document.collections())


def test_nothing_of_it_is_left(tmp_path: Path, firestore: Client) -> None:
    """Only leases remain: of the wisp, of its accounts, of its preview, and of the Google account."""
    with a_world(tmp_path, [customer(n) for n in range(1, 4)]) as world:
        stores = FirestoreState(firestore, world.clock), FirestoreLeases(firestore, world.clock)
        services = replace(world.services, state=stores[0], leases=stores[1])
        services.state.write(wisp_put(world.wisp), *map(account_put, world.accounts))
        for name in ("A", "B"):
            world.simpler.state.customers.patch("1", {"name": name})
            sync_wisp(services, SyncWisp("acme"))
        store(services, "acme", "2", "mary@example.com")
        world.tasks.does = partial(perform, lambda: services)
        preview = wait_for(services, "acme")
        shown = as_preview(content(services.state, "acme", preview))
        again = wait_for(services, "acme")
        before = list(paths(firestore.collections()))
        checked = check_documents(services, "acme")
        delete_wisp(services, "acme", remove=True, by="Olga")

    assert shown.accounts[0].unchanged == 3
    assert again == preview
    assert checked.unreadable == ()
    assert len(before) > 12
    assert {path for path in paths(firestore.collections()) if "leases" not in path} == set()

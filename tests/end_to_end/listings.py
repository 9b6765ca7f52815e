"""What Google was asked for, and what an account holds: the counts that runs are judged by."""

from collections import Counter

from tests.world import World

LIST = "people.connections.list"


class Listings:
    """Tells, from its making on, how the first account's contacts were listed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._before = self._asked()

    def _asked(self) -> int:
        return int(self._world.counters()["requests"].get(LIST, 0))

    @property
    def whole(self) -> int:
        """How often everything was listed."""
        count = self._asked() - self._before
        entries = [e for e in self._world.google.world.traffic.last(200) if e["method"] == LIST]
        asked = [entry["query"] for entry in entries[-count:] if entry["status"] == 200] if count else []
        return sum("syncToken" not in query and "pageToken" not in query for query in asked)


def held(world: World) -> Counter[str]:
    """Return how many contacts of each customer are in the first account."""
    people = world.snapshot()["contacts"].values()
    return Counter(person["externalIds"][0]["value"] for person in people if "externalIds" in person)

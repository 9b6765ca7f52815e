"""What the stores promise to rivals: threads of one process, and several processes."""

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from threading import Barrier

from tests.contract.rival import Score, opened, race
from tests.contract.stores import Stores

THREADS = 8
PROCESSES = 6
ROUNDS = 6
ROOT = Path(__file__).parents[2]


class RaceContract:
    """Subclasses give the fixture `place`: (kind, where) as `rival.opened` takes them."""

    def test_threads(self, place: tuple[str, str]) -> None:
        """Of 8 threads one wins each round, tokens only grow, and no stale holder's write is accepted."""
        stores, barrier = opened(*place), Barrier(THREADS)

        def run(name: str) -> Score:
            barrier.wait()
            return race(stores, name, ROUNDS)

        with ThreadPoolExecutor(THREADS) as pool:
            scores = list(pool.map(run, map(str, range(THREADS))))
        fair(stores, scores)

    def test_processes(self, place: tuple[str, str]) -> None:
        """Six processes that know nothing of each other race as fairly."""
        with ExitStack() as stack:
            rivals = [stack.enter_context(started(*place, str(number))) for number in range(PROCESSES)]
            for rival in rivals:
                assert rival.stdout is not None
                assert rival.stdout.readline() == "ready\n"
            for rival in rivals:
                assert rival.stdin is not None
                rival.stdin.write("\n")
                rival.stdin.flush()
            scores = [Score(**json.loads(rival.communicate(timeout=60)[0])) for rival in rivals]
        fair(opened(*place), scores)


def started(kind: str, where: str, name: str) -> subprocess.Popen[str]:
    """Start a rival in another process, which waits for a line before it begins."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.contract.rival", kind, where, name, str(ROUNDS)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def fair(stores: Stores, scores: Sequence[Score]) -> None:
    """Check that one rival won each round, that no token came twice, and that every write counts."""
    winners = {number: str(name) for name, score in enumerate(scores) for number in score.won}
    assert sorted(number for score in scores for number in score.won) == list(range(ROUNDS))
    assert {int(id_): document["name"] for id_, document in stores.state.find("winners")} == winners

    tokens = [token for score in scores for token in score.tokens]
    assert sorted(tokens) == sorted(set(tokens))
    assert all(earlier < later for score in scores for earlier, later in pairwise(score.tokens))
    lease, _ = stores.leases.look("expires-at-once")
    assert lease is not None
    assert lease.token == max(tokens)

    kept = sum(score.kept for score in scores)
    assert kept > 0
    assert stores.state.get("counts/all") == {"n": kept}

import json
from pathlib import Path

import pytest

from infra.releases.files import MissingError
from infra.releases.register import SHOWN, Register
from infra.releases.release import Release
from shared.replace import replace
from tests.releases.cloud import Cloud, CloudFiles

DRAFT = Release(0, "4f2a9c1", "ab" * 32, 17, "2026-11-29T00:00:00+00:00", "commit")


@pytest.fixture
def register() -> Register:
    """The releases of an installation that has none yet."""
    return Register(CloudFiles(Cloud()), "acme-contacts")


class Rival(CloudFiles):
    """Files in which somebody else takes the number first that is about to be claimed."""

    __slots__ = ()

    def put(self, file: Path, url: str, generation: int | None = None) -> None:
        if url.endswith("000001.json") and not self.cloud.generation(url):
            self.cloud.write(url, replace(DRAFT, number=1, commit="theirs").json().encode())
        super().put(file, url, generation)


def test_releases_are_numbered_in_their_order(register: Register) -> None:
    """The last ten are listed, the newest first, each as it was written down."""
    claimed = [register.claim(DRAFT) for _ in range(12)]

    assert [each.number for each in claimed] == list(range(1, 13))
    assert register.newest() == claimed[: -SHOWN - 1 : -1]


def test_no_two_releases_have_one_number() -> None:
    """Whoever is second takes the next number, and what the first wrote stays."""
    register = Register(Rival(Cloud()), "acme-contacts")

    assert register.claim(DRAFT).number == 2
    assert register.find(1).commit == "theirs"


def test_what_became_of_a_release_is_kept(register: Register) -> None:
    """The last good one is found, also of those before another; one of which no more was heard is not."""
    good = register.mark(register.claim(DRAFT), "good")
    register.mark(register.claim(DRAFT), "bad")
    register.claim(DRAFT)

    assert register.good() == good
    assert register.good(before=1) is None
    assert [each.state for each in register.newest()] == ["begun", "bad", "good"]


def test_a_release_of_a_later_commit_is_read(register: Register) -> None:
    """Whoever goes back to an earlier commit reads what later ones wrote down, and leaves out what is new."""
    release = register.claim(DRAFT)
    text = json.dumps({**json.loads(release.json()), "canary": True})

    assert Release.of(text) == release


def test_a_release_that_is_not_there_is_missing(register: Register) -> None:
    """A number that no release has is told."""
    with pytest.raises(MissingError):
        register.find(1)

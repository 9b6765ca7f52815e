"""What we leave in a contact's client data, and what we leave there of others."""

from shared.domain.sync.mark import KEY, WROTE, Mark, is_shared, marked, marks, wrote

MINE = Mark("acme", "17", "run")
FOREIGN = (("crm", "4711"), ("crm", ""), ("azotel-simpler-x", "v1|acme|17|run"))


def prints(count: int) -> list[str]:
    """Return fingerprints, as long as they get."""
    return [f"{number:020x}+" for number in range(count)]


def test_an_entry_that_is_needed_no_more_is_gone() -> None:
    """Two hundred items need five entries, five items one, none none; what others wrote stays as it was."""
    many = marked(MINE, prints(200), FOREIGN)
    few = marked(MINE, prints(5), many)
    none = marked(MINE, [], few)

    counts = [[key for key, _ in data].count(WROTE) for data in (many, few, none)]
    assert counts == [5, 1, 0]
    assert [data[:3] for data in (many, few, none)] == [FOREIGN] * 3
    assert [len(wrote(data, "acme")) for data in (many, few, none)] == [200, 5, 0]


def test_no_entry_of_ours_is_ever_empty() -> None:
    """An empty value might come back as its key."""
    for data in (marked(MINE, []), marked(MINE, prints(1)), marked(Mark("a", "b", ""), [])):
        assert all(value and value != key for key, value in data)


def test_no_entry_is_longer_than_google_takes() -> None:
    """1,024 characters, with the longest id that a wisp may have."""
    data = marked(Mark("w" * 64, "17", "run"), prints(500))

    assert max(len(value) for _, value in data) <= 1024


def test_a_mark_is_read_as_it_was_written() -> None:
    """A mark is read back whatever its ids hold; a mark of another version is no mark."""
    odd = Mark("acme|1", "ü/17|%", "")
    broken = ((KEY, "v1|acme|17"), (KEY, "v2|acme|17|run"), (KEY, KEY), (KEY, ""))

    assert marks(marked(odd, []), "acme|1") == (odd,)
    assert marks(broken, "acme") == ()
    assert not is_shared(broken, "acme")
    assert is_shared(marked(MINE, []), "other")

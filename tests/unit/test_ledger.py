from shared.domain.sync.ledger import Entry, Ledger, Shard


def test_two_empty_ledgers_share_nothing() -> None:
    """What is noted in one account is not known in another, nor in a ledger that is begun anew."""
    one, other = Ledger(), Ledger()
    one.put("17", Entry("people/c1", "#1", "digest"))
    assert one.get("17") is not None
    assert other.get("17") is None
    assert Ledger().get("17") is None
    assert len(one) == 1
    assert len(other) == 0
    assert other.touched == {0}


def test_earlier_names_are_known_until_another_one_comes_or_the_contact_goes() -> None:
    """Also in a ledger of another size; a contact that had none tells nothing new."""
    known = Ledger()
    known.put("17", Entry("people/c1"))
    known.note_previous("17", ("people/c9", "people/c8"))
    larger = known.fitted(1000, {}, {})

    assert len(larger.shards) == 4
    assert larger.knows_previous("17", ("people/c8", "people/c9"))
    assert not larger.knows_previous("17", ("people/c7", "people/c8", "people/c9"))
    assert not larger.knows_previous("18", ("people/c9", "people/c8"))
    assert larger.knows_previous("18", ())
    larger.drop("17")
    assert not larger.knows_previous("17", ("people/c9", "people/c8"))


def test_a_shard_is_written_only_for_names_that_are_new() -> None:
    """A list of changes tells them each night."""
    known = Ledger(shards=[Shard()])
    known.note_previous("17", ())
    before = set(known.touched)
    known.note_previous("17", ("people/c9",))
    first = set(known.touched)
    known.touched.clear()
    known.note_previous("17", ("people/c9",))

    assert before == set()
    assert first == {0}
    assert known.touched == set()

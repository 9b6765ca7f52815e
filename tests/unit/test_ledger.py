from shared.domain.sync.ledger import Entry, Ledger


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

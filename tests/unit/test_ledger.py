from shared.domain.sync.ledger import Entry, Ledger


def test_two_empty_ledgers_share_nothing() -> None:
    """What is noted in one account is not known in another, nor in a ledger that is begun anew."""
    one, other = Ledger(), Ledger()
    one.put("17", Entry("people/c1", "#1", "digest"))
    assert (one.get("17") is not None, other.get("17"), Ledger().get("17")) == (True, None, None)
    assert (len(one), len(other), other.touched) == (1, 0, {0})

"""What a run tells about an account, and does not begin since it cannot end well."""

from shared.domain.model.account import MOST_CONTACTS
from shared.domain.model.run import AccountOutcome, Note
from shared.domain.sync.plan import Plan
from shared.usecases.sync.report import cut_to_room


def outcome_and_plan(total: int) -> tuple[AccountOutcome, Plan]:
    """Three customers are new in an account of so many contacts."""
    outcome, plan = AccountOutcome("acme-0", "office@example.com"), Plan(create=["1", "2", "3"], total=total)
    cut_to_room(outcome, plan)
    return outcome, plan


def test_what_has_no_room_is_not_created_and_told() -> None:
    """There is room for one: the others fail with a reason, before anything is sent."""
    outcome, plan = outcome_and_plan(MOST_CONTACTS - 1)

    assert (plan.create, outcome.failed, outcome.code) == (["1"], 2, "google.full")
    assert outcome.reason == "The account holds 24,999 contacts; Google allows 25,000."
    why = "google.full: the account has no room for more contacts"
    assert outcome.notes == [Note("2", "failed", why), Note("3", "failed", why)]


def test_an_account_that_holds_too_many_already_takes_nobody() -> None:
    """Google counted otherwise than we do."""
    outcome, plan = outcome_and_plan(MOST_CONTACTS + 7)

    assert (plan.create, outcome.failed) == ([], 3)


def test_what_has_room_is_left_as_it_is() -> None:
    """To the last contact."""
    outcome, plan = outcome_and_plan(MOST_CONTACTS - 3)

    assert (plan.create, outcome.failed, outcome.code, outcome.notes) == (["1", "2", "3"], 0, "", [])

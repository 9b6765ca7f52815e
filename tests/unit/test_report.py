"""What a run tells about an account, and does not begin since it cannot end well."""

from shared.domain.model.account import MOST_CONTACTS
from shared.domain.model.run import AccountOutcome, Note
from shared.domain.sync.plan import Plan
from shared.usecases.sync.report import cut_to_room, why_kept
from tests.unit.plan_kit import created, desired, new


def outcome_and_plan(total: int) -> tuple[AccountOutcome, Plan]:
    """Three customers are new in an account of so many contacts."""
    outcome, plan = (
        AccountOutcome("acme-0", "office@example.com"),
        Plan(create=[*map(new, "123")], total=total),
    )
    cut_to_room(outcome, plan)
    return outcome, plan


def test_what_has_no_room_is_not_created_and_told() -> None:
    """There is room for one: the others fail with a reason, before anything is sent."""
    outcome, plan = outcome_and_plan(MOST_CONTACTS - 1)

    assert (created(plan), outcome.failed, outcome.code) == (["1"], 2, "google.full")
    assert outcome.reason == "The account holds 24,999 contacts; Google allows 25,000."
    why = "google.full: the account has no room for more contacts"
    assert outcome.notes == [Note("2", "failed", why), Note("3", "failed", why)]


def test_an_account_that_holds_too_many_already_takes_nobody() -> None:
    """Google counted otherwise than we do."""
    outcome, plan = outcome_and_plan(MOST_CONTACTS + 7)

    assert (created(plan), outcome.failed) == ([], 3)


def test_what_has_room_is_left_as_it_is() -> None:
    """To the last contact."""
    outcome, plan = outcome_and_plan(MOST_CONTACTS - 3)

    assert (created(plan), outcome.failed, outcome.code, outcome.notes) == (["1", "2", "3"], 0, "", [])


def test_a_contact_that_is_kept_is_told_with_what_simpler_says_of_its_customer() -> None:
    """Of a record that cannot be used, and of a list in doubt; else by the reason alone."""
    of = desired(held={"1": "no id"}, doubts=("two records have no number", "another"))

    assert why_kept("held", "1", of) == "no id"
    assert why_kept("doubt", "2", of) == "two records have no number"
    assert why_kept("shared", "3", of) == "a user merged it with a contact of another WISP"

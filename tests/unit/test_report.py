"""What a run tells about an account: a count and a sentence of each fate."""

import pytest

from shared.domain.contact.customer import Skipped
from shared.domain.model.run import Fate
from shared.domain.sync.guard import Verdict
from shared.domain.sync.plan import Plan, PlannedChange
from shared.usecases.sync.desired import Gathered
from shared.usecases.sync.report import fates_of, sentence
from tests.unit.plan_kit import desired, new


def test_what_a_plan_leaves_alone_is_told_and_what_it_makes_again() -> None:
    """Records that cannot be used, contacts that stay, what was deleted, what waits, what has no room."""
    plan = Plan(
        create=[PlannedChange("4", "deleted"), new("5")],
        no_room=[PlannedChange("6", "deleted")],
        kept={"1": "held", "2": "doubt", "3": "shared"},
    )
    of = desired(held={"1": "no id"}, doubts=("two records have no number", "another"))
    gathered = Gathered(of, (Skipped("", "no id", 7),), 9)
    verdict = Verdict((), (PlannedChange("8", "gone"),), "too many")

    assert [(fate.customer, fate.what, sentence(fate)) for fate in fates_of(plan, verdict, gathered)] == [
        ("", "skipped", "no id (record 7)"),
        ("1", "kept", "no id"),
        ("2", "kept", "two records have no number"),
        ("3", "kept", "a user merged it with a contact of another WISP"),
        ("4", "restored", "it had been deleted in Google"),
        ("6", "restored", "it had been deleted in Google"),
        ("8", "refused", "gone"),
        ("6", "failed", "google.full: the account has no room for more contacts"),
    ]


@pytest.mark.parametrize(
    ("fate", "said"),
    [
        (Fate("1", "updated", fields=("names", "urls")), "names, urls"),
        (
            Fate("1", "mended", fields=("urls",), additions=("names", "urls")),
            "urls; kept the user's own names, urls",
        ),
        (Fate("1", "relabelled", "unlabelled"), "it had lost the label"),
        (Fate("1", "removed", "left"), "left"),
        (Fate("1", "kept", "put_off"), "it changed a moment ago; looked at again next time"),
        (Fate("1", "failed", "google.full", "It is full."), "google.full: It is full."),
        (
            Fate("1", "failed", "google.changed"),
            "google.changed: it is being changed in Google; looked at again next time",
        ),
    ],
)
def test_every_fate_has_a_sentence(fate: Fate, said: str) -> None:
    """With the fields that changed, or the reason."""
    assert sentence(fate) == said

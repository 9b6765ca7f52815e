"""Whatever others make of a contact's form, only what a user changed of a value of ours is an edit."""

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.contact.card import Card
from shared.domain.sync.decisions import update_of
from shared.domain.sync.edits import EDITABLE, edits_of, value_keys
from shared.domain.sync.google_fields import fields_of
from tests.property.test_normal_forms import STEPS, Story, cards

MEMBER = {
    "names": "givenName",
    "organizations": "name",
    "addresses": "streetAddress",
}
"""The member that a user writes over; of any other field the value."""


@given(cards, STEPS, st.data())
def test_nothing_is_told_of_a_contact_that_only_we_changed(
    card: Card, steps: list[str], data: st.DataObject
) -> None:
    """Others' forms, users' additions and SIMPLer's changes, in any order, are nobody's edit of a value."""
    story = Story(card)
    story.run()
    for number, step in enumerate(steps):
        if step == "change":
            story.card = data.draw(cards)
        elif step == "add":
            name = data.draw(st.sampled_from(("phoneNumbers", "emailAddresses", "userDefined")))
            story.add(name, f"own {number}", data)
        elif step != "quiet":
            story.resave(data, whole=step == "phone")
        for is_all_new in (True, False):
            ours = fields_of(story.card)
            assert edits_of(ours, story.person(), "acme", is_all_new=is_all_new) == []
        story.run()


@given(cards, st.data())
def test_what_a_user_writes_over_a_value_of_ours_is_told(card: Card, data: st.DataObject) -> None:
    """It is the one edit; SIMPLer that takes it over has its value, and a contact put right tells nothing."""
    story = Story(card)
    story.run()
    fields = dict(story.person().fields)
    field = data.draw(st.sampled_from([name for name in EDITABLE if fields.get(name)]))
    place = data.draw(st.integers(0, len(fields[field]) - 1))
    member = MEMBER.get(field, "value")
    text = "+353 85 777 7777" if field == "phoneNumbers" else "seen@gate.example"
    item = {**fields[field][place], member: text}
    items = (*fields[field][:place], item, *fields[field][place + 1 :])
    story.save({**fields, field: items})

    [edit] = edits_of(fields_of(card), story.person(), "acme", is_all_new=True)

    assert edit.field == field
    assert text in edit.theirs
    assert edit.value in value_keys(fields_of(card))
    assert edit.key in value_keys({**fields_of(card), field: items})
    assert update_of("acme", card, story.person(), card_changed=False) is not None
    story.run()
    assert edits_of(fields_of(card), story.person(), "acme", is_all_new=False) == []

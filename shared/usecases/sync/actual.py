"""Actual: what an account holds, read only as far as necessary.

The ledger knows our contacts, so a run asks Google only what changed. It lists everything after
`LedgerDisagrees`, and when Google no longer accepts the sync token.
"""

from collections.abc import Iterable

from shared.domain.sync.actual import Actual, actual_by_changes, actual_of
from shared.domain.sync.changes import changes_in
from shared.domain.sync.decisions import to_be_read
from shared.domain.sync.desired import Desired
from shared.domain.sync.ledger import Ledger
from shared.domain.sync.mark import marks
from shared.domain.sync.person import Person
from shared.errors import RetryLater
from shared.events import Event, log
from shared.usecases.base import ledger_store
from shared.usecases.sync.label import in_label, outside
from shared.usecases.sync.missing import LAG, find_missing
from shared.usecases.sync.session import Session


class LedgerDisagrees(Exception):
    """The ledger is not enough: it is not whole, or Google contradicts it. List everything instead."""


def read_changes(session: Session, desired: Desired) -> Actual:
    """Read what changed since the last run; take the rest from the ledger.

    Raises:
        LedgerDisagrees: Everything must be listed.
        SyncTokenExpired: Everything must be listed, and the token is forgotten.
    """
    ledger = session.ledger
    if not ledger.head.knows_changes(session.now()):
        raise LedgerDisagrees
    token, ledger.head.token = ledger.head.token, ""  # used once, unless this read succeeds
    contacts = session.book.list(token)
    changes = changes_in(contacts, desired, ledger)
    first = actual_by_changes(changes.persons, changes.gone, desired, ledger)
    former = {name for person in changes.persons for name in person.previous}
    told = {person.resource_name for person in changes.persons} | former | changes.gone
    names = frozenset(to_be_read(first, desired)) | (ledger.head.extras.keys() - told)
    looked = {name: person for name, person in session.look(sorted(names)).items() if person}
    if len(looked) < len(names):
        raise LedgerDisagrees
    ledger.head.token = token
    session.token, session.listed, session.by_changes = contacts.token, ledger.head.listed, True
    _log_listing(session, changes.count)
    persons = {person.resource_name: person for person in (*changes.persons, *looked.values())}
    gone = changes.gone | names | former  # a look does not show former names
    return actual_by_changes(persons.values(), gone, desired, ledger)


def read_everything(session: Session, desired: Desired) -> Actual:
    """Read every contact of the account, and get a token for what changes from here on.

    While a creation is unconfirmed there is no token: such a listing need not show it (`ContactBook.list`).
    """
    session.find_label()
    session.listed, session.by_changes, session.token = session.now(), False, ""
    contacts = session.book.list(None if session.ledger.head.unconfirmed else "")
    found = _sort(session, contacts, desired, session.ledger)
    session.token = contacts.token
    _log_listing(session, found.total)
    rests_on_the_list = _rests_on_the_list(session)
    find_missing(session.book, found, session.ledger, desired, now=session.now())
    if not found.total and found.read and rests_on_the_list:  # a look by name contradicts the empty list
        raise _incomplete(f"Google's list is empty, though {len(found.read):,} contacts show by their name")
    return found


def read_one(session: Session, desired: Desired, customer: str) -> Actual:
    """Read one customer's contact by its name.

    Raises:
        LedgerDisagrees: The ledger is not sure of the name: a resource name may change, and an unconfirmed
            creation may show. It is sure if it holds every contact of ours and one of two things is true. It
            has no entry of this customer, and Google tells of none that came since; or Google still has the
            contact that the entry names, and answers for each further one.
        SyncTokenExpired: Everything must be listed.
    """
    ledger = session.ledger
    names = ledger.names_of(customer)
    if not session.label or not (names or ledger.head.knows_changes(session.now())):
        raise LedgerDisagrees
    if not names and _is_back(session, customer):
        raise LedgerDisagrees
    looked = session.look(names)
    persons = [person for person in looked.values() if person]
    found = actual_of(persons, desired, session.label, Ledger(), former_label=session.former_label)
    found = found.only(customer)
    known = ledger.head.whole and customer not in ledger.head.unconfirmed
    is_told = all(looked.get(n) or (n in looked and n in ledger.head.extras) for n in names)
    if not (known and is_told and (not names or found.labelled or found.former)):
        raise LedgerDisagrees
    return found


def _is_back(session: Session, customer: str) -> bool:
    """Return whether a contact of theirs came since the last run: users take some out of the trash.

    The sync token stays the next run's, for nothing is remembered of what it tells.
    """
    changed = list(session.book.list(session.ledger.head.token))
    wisp = session.run.wisp.id
    return any(
        mark.customer == customer
        for person in changed
        if not person.deleted
        for mark in marks(person.client_data, wisp)
    )


def look_for_one(session: Session, desired: Desired, customer: str) -> Actual:
    """Read every contact of the account, and return one customer's."""
    session.find_label()
    found = _sort(session, session.book.list(), desired, Ledger())
    find_missing(session.book, found, session.ledger, desired, now=session.now(), customer=customer)
    return found.only(customer)


def _sort(session: Session, persons: Iterable[Person], desired: Desired, ledger: Ledger) -> Actual:
    """Sort the contacts by customer; if no list of labels showed ours, find it by the contacts in it."""
    label = session.label if session.knows_label else ""
    found = actual_of(persons, desired, label, ledger, former_label=session.former_label)
    _check_empty(session, found)
    if not session.knows_label:
        return in_label(found, desired, session.label_by(outside(found)), ledger)
    return found


def _rests_on_the_list(session: Session) -> bool:
    """Return whether only this list could show some contact: an unconfirmed one, or all without a ledger."""
    return bool(_in_doubt(session)) if session.ledger.head.unconfirmed else not len(session.ledger)


def _in_doubt(session: Session) -> list[float]:
    """Return when the creations were tried of which a list must show by now whether they took effect."""
    unsure = session.unsure()
    return [since for customer, since in session.ledger.head.unconfirmed.items() if customer not in unsure]


def _check_empty(session: Session, found: Actual) -> None:
    """Check a list without any contact, because it does not prove an empty account.

    The label's members may contradict it. A label that is younger than a creation in doubt knows nothing of
    that, and there may be none, if a user deleted it: then believe the second such list, `LAG` later.

    Raises:
        RetryLater: Google's list was not complete, or another must show whether the account is empty.
    """
    head, now, tried = session.ledger.head, session.now(), _in_doubt(session)
    since, head.empty_since = head.empty_since or now, 0.0
    if found.total or not _rests_on_the_list(session):
        return
    if session.knows_label:
        _check_nobody(session)
        if not tried or head.made_labels.get(session.label, 0.0) <= min(tried):
            return
    if tried and now - since < LAG:
        head.empty_since = since
        if session.makes_label:  # a rehearsal writes nothing
            session.held_lease.write(ledger_store.head_put(session.account.id, session.ledger))
        message = "Google's list is empty, and no label is old enough to contradict it"
        raise _incomplete(message, after=LAG - (now - since))


def _check_nobody(session: Session) -> None:
    """Check that the label has no member.

    Raises:
        RetryLater: It has members, so Google's list was not complete.
    """
    label = session.book.label(session.label)
    if label and (label.count or label.members):
        raise _incomplete(f"Google's list is empty, though the label has {label.count:,} members")


def _incomplete(message: str, after: float = 60) -> RetryLater:
    text = "Google does not show this account's contacts at the moment. We try again in a while."
    return RetryLater("google.incomplete", message, text, after=after)


def _log_listing(session: Session, count: int) -> None:
    log(
        Event.ACCOUNT_LISTED,
        "Google's contacts were read",
        run=session.run.id,
        account=session.account.id,
        whole=not session.by_changes,
        count=count,
    )

"""The hidden: contacts that are there although Google's list leaves them out.

"Writes may have a propagation delay of several minutes" (people.v1 description, connections.list, of sync
requests; nothing is promised of others). The ledger knows such a contact's name, so it can be looked at; but
for a moment a new one may not be found by its name either.
"""

from collections.abc import Mapping

from shared.domain.ledger import Ledger
from shared.domain.mark import marks
from shared.domain.person import Person
from shared.domain.plan import UNSURE, Plan
from shared.usecases.session import LAG, Session

HIDDEN = "Google does not list it at the moment"


def leave_the_hidden(session: Session, plan: Plan) -> None:
    """Create nothing for a customer whose contact the ledger knows, unless it is surely gone.

    One that is not found by its name, while a contact was created a moment ago, counts as not confirmed. One
    that is listed as another customer's, since a user merged the two, is not this one's any more.
    """
    listed = _listed(plan)
    names = {customer: name for customer, name in _names(session.ledger, plan).items() if name not in listed}
    looked = session.look(sorted(names.values()))
    moved = {name for name, person in looked.items() if person.resource_name in listed}
    names = {customer: name for customer, name in names.items() if name not in moved}
    shown = _shown(session.run.wisp.id, names, looked)
    plan.found |= shown
    plan.kept |= dict.fromkeys(shown, HIDDEN)
    if session.now() - session.ledger.made < LAG:
        new = names.keys() - shown.keys()
        plan.kept |= dict.fromkeys(new, UNSURE)
        session.ledger.unconfirmed |= dict.fromkeys(new, session.ledger.made)
    plan.create = [customer for customer in plan.create if customer not in plan.kept]


def _names(ledger: Ledger, plan: Plan) -> dict[str, str]:
    """The contacts that the ledger knows of those customers who seem to have none."""
    entries = ((customer, ledger.get(customer)) for customer in plan.create)
    return {customer: entry.resource_name for customer, entry in entries if entry}


def _listed(plan: Plan) -> set[str]:
    """Resource names of the contacts that Google's list did not leave out."""
    return {*plan.found.values(), *(entry.resource_name for known in plan.known for entry in known.values())}


def _shown(wisp: str, names: Mapping[str, str], looked: Mapping[str, Person]) -> dict[str, str]:
    """Those of them that Google shows when it is asked by name, with our mark."""
    own = {
        name: {mark.customer for mark in marks(person.client_data, wisp)} for name, person in looked.items()
    }
    return {customer: name for customer, name in names.items() if customer in own.get(name, ())}

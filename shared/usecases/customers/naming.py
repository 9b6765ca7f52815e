"""Naming: what some customers' contacts would be called by a name template, while somebody types it."""

from itertools import islice

from shared.domain.contact.name import check_template
from shared.usecases.base.documents import load_wisp
from shared.usecases.base.services import Services
from shared.usecases.customers.known_list import known_list

MOST_EXAMPLES = 5
"""Customers who are named: the first contacts of SIMPLer's list, as in what settings do."""


def names_by(services: Services, wisp_id: str, template: str) -> dict[str, str]:
    """Return what customers would be called, by their ids; nothing is kept but SIMPLer's list, for minutes.

    Raises:
        Misconfigured: The template cannot be used (`wisp.name_template`); or SIMPLer's address, profile or
            credentials are wrong.
        StopRun: SIMPLer's list cannot be read.
    """
    check_template(template)
    contacts = known_list(services, load_wisp(services.state, wisp_id)).value.contacts
    return {customer: record.named(template) for customer, record in islice(contacts.items(), MOST_EXAMPLES)}

"""Told change: one of SIMPLer's triggers says that a customer has changed.

A press waits for them then, however often it is told, and a task takes up all that waits.
"""

from datetime import datetime
from hashlib import sha256

from shared.errors import AlreadyThere
from shared.ports import Document, Put
from shared.usecases.base.documents import from_document, to_document
from shared.usecases.base.services import Services
from shared.usecases.customers.press_queue import SOON, TOLD, TRIGGER, Press, enqueue_run, press_path

_ID_DIGITS = 32


def tell_change(services: Services, wisp: str, customer: str) -> None:
    """Have the customer synchronised soon, once for all that is told until then.

    Raises:
        RetryLater: The database or the queue cannot be reached; what was stored waits for the next run.
    """
    now = services.clock.now()
    id_ = TOLD + sha256(customer.encode()).hexdigest()[:_ID_DIGITS]
    path = press_path(wisp, id_)
    try:
        services.state.write(Put(path, to_document(Press(customer, TRIGGER, now.isoformat())), new=True))
    except AlreadyThere:
        known = services.state.get(path)
        if known and _age(known, path, now) < SOON:  # whoever stored it has just enqueued a task
            return
    enqueue_run(services, wisp, within=SOON, is_told=True)


def _age(document: Document, path: str, now: datetime) -> float:
    press = from_document(document, Press, path)
    return (now - datetime.fromisoformat(press.at)).total_seconds()

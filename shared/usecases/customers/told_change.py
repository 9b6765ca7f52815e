"""Told change: one of SIMPLer's triggers says that a customer has changed.

A press waits for them then, however often it is told, and a task takes up all that waits.
"""

from contextlib import suppress
from hashlib import sha256

from shared.errors import AlreadyThere
from shared.ports import Put
from shared.usecases.base.documents import to_document
from shared.usecases.base.services import Services
from shared.usecases.customers.press_queue import SOON, TOLD, TRIGGER, Press, enqueue_run, press_path

_ID_DIGITS = 32


def tell_change(services: Services, wisp: str, customer: str) -> None:
    """Have the customer synchronised soon, once for all that is told until then.

    A task is made also for whoever waits already: the call that stored them may have died before it made one.

    Raises:
        RetryLater: The database or the queue cannot be reached; what was stored waits for the next run.
    """
    id_ = TOLD + sha256(customer.encode()).hexdigest()[:_ID_DIGITS]
    press = Press(customer, TRIGGER, services.clock.now().isoformat())
    with suppress(AlreadyThere):
        services.state.write(Put(press_path(wisp, id_), to_document(press), new=True))
    enqueue_run(services, wisp, within=SOON, is_told=True)

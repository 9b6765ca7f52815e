"""The service's own log in a test: set up as in production, and as it was afterwards."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shared.events import LOGGER
from shared.log_lines import configure_logging


@contextmanager
def logging_as_in_production(project: str = "", version: str = "", *, level: int = 0) -> Iterator[None]:
    """Log to standard output; with a `level`, other libraries' lines below warnings too."""
    root = logging.getLogger()
    before = (root.handlers, root.level, LOGGER.handlers, LOGGER.level, logging.raiseExceptions)
    configure_logging(project, version)
    root.setLevel(level or root.level)
    try:
        yield
    finally:
        root.handlers, LOGGER.handlers, logging.raiseExceptions = before[0], before[2], before[4]
        root.setLevel(before[1])
        LOGGER.setLevel(before[3])
        logging.captureWarnings(capture=False)


def lines(written: str) -> list[dict[str, Any]]:
    """Read what was written, a JSON object a line."""
    return [json.loads(line) for line in written.splitlines()]

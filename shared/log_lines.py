"""Log lines: one JSON object a line on standard output, as Cloud Logging and Error Reporting read it.

Cloud Logging takes ``severity``, ``message`` and the ``logging.googleapis.com/…`` members out of it (Cloud
Logging, "Structured logging"). Error Reporting groups lines of its own type by their stack trace, or by where
they were written (Error Reporting, "Format errors in logs").

The texts of errors and of other libraries are left out, because they may quote what was sent.
"""

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from typing import Any

from shared.events import LOGGER, Event, context, log

ERROR_EVENT = "type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent"
SERVICE = "simpler-contacts"
"""The service that Error Reporting shows for a line that no function wrote."""

_BETWEEN = "\nThe above exception led to the following exception:\n\n"


class JsonLines(logging.Formatter):
    """A formatter that makes one JSON line of an event."""

    def __init__(self, project: str = "", version: str = "") -> None:
        """Set the formatter up.

        Args:
            project: The Google Cloud project of the traces; empty: name the trace alone.
            version: The revision that runs, for Error Reporting; empty: leave it out.
        """
        super().__init__()
        self._project = project
        self._version = version

    def format(self, record: logging.LogRecord) -> str:
        """Format the line in ASCII, so that no stream refuses it."""
        ids = dict(context())
        line: dict[str, Any] = {"severity": record.levelname, "message": record.getMessage()}
        line |= {"event": getattr(record, "event", "")}
        line |= self._trace(ids.pop("trace", ""), ids.pop("span", ""))
        line |= ids | getattr(record, "fields", {})
        if record.levelno >= logging.ERROR:
            line |= self._error(record, ids.get("function", SERVICE))
        return json.dumps(line, default=str)

    def _trace(self, trace: str, span: str) -> dict[str, str]:
        if not trace:
            return {}
        name = f"projects/{self._project}/traces/{trace}" if self._project else trace
        line = {"logging.googleapis.com/trace": name}
        return line | {"logging.googleapis.com/spanId": span} if span else line

    def _error(self, record: logging.LogRecord, service: str) -> dict[str, Any]:
        version = {"version": self._version} if self._version else {}
        place = {
            "filePath": record.pathname,
            "lineNumber": record.lineno,
            "functionName": record.funcName,
        }
        line = {
            "@type": ERROR_EVENT,
            "serviceContext": {"service": service, **version},
            "context": {"reportLocation": place},
        }
        error = record.exc_info[1] if record.exc_info else None
        return line | {"exception": _name(error), "stack_trace": stack_trace(error)} if error else line


def stack_trace(error: BaseException) -> str:
    """Return the stack traces of an error and its causes as Python prints them, without texts and code."""
    return _BETWEEN.join(_trace(each) for each in reversed(list(_chain(error))))


def _trace(error: BaseException) -> str:
    places = traceback.extract_tb(error.__traceback__)
    frames = "".join(f'  File "{each.filename}", line {each.lineno}, in {each.name}\n' for each in places)
    return f"Traceback (most recent call last):\n{frames}{_name(error)}\n"


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    present: BaseException | None = error
    while present is not None and present not in seen:
        yield present
        seen.append(present)
        hidden = present.__suppress_context__
        present = present.__cause__ or (None if hidden else present.__context__)


def _name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


class StandardOutput(logging.Handler):
    """A handler that writes each line at once, in one piece, to the present standard output."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        sys.stdout.write(self.format(record) + "\n")
        sys.stdout.flush()


class OfLibraries(logging.Handler):
    """A handler that makes an event of what another library reports: its name, the place, the text's pattern.

    A text without placeholders may have its values filled in already, so it is left out.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Log an event, unless the record is one already."""
        if record.name == LOGGER.name:
            return
        pattern = f": {record.msg}" if record.args and isinstance(record.msg, str) else ""
        log(
            Event.LIBRARY_REPORTED,
            f"{record.name} reports something{pattern}",
            logger=record.name,
            level=record.levelname,
            file=record.filename,
            line=record.lineno,
        )


def configure_logging(project: str = "", version: str = "") -> None:
    """Send the log to standard output, with warnings and errors of Python and of other libraries."""
    own = StandardOutput()
    own.setFormatter(JsonLines(project, version))
    LOGGER.handlers = [own]
    LOGGER.setLevel(logging.INFO)
    root = logging.getLogger()
    root.handlers = [OfLibraries()]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    # Otherwise Python prints a line that it cannot write to standard error, with its values.
    logging.raiseExceptions = False

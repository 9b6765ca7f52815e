"""Lines of the log, as Cloud Logging and Error Reporting read them."""

import logging
import threading
import warnings
from collections.abc import Iterator
from contextvars import copy_context

import pytest

from shared.events import Event, about, also_about, log, log_internal_error, severity
from shared.log_lines import ERROR_EVENT, stack_trace
from tests.logged import lines, logging_as_in_production

SECRET = "the-value-that-nobody-may-see"


@pytest.fixture(autouse=True)
def in_production() -> Iterator[None]:
    """The log of a deployed function."""
    with logging_as_in_production("my-project", "sync-wisp-00007-abc"):
        yield


def raised(error: Exception) -> Exception:
    """Return the error, with where it was raised."""
    try:
        raise error
    except type(error) as caught:
        return caught


def test_an_event_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Severity, message, event and fields; line breaks and other characters are escaped."""
    log(Event.VCARD_SENT, "two\nlines, ž", customer="\ud800")

    assert capsys.readouterr().out.isascii()
    log(Event.VCARD_SENT, "two\nlines, ž", customer="17")
    assert lines(capsys.readouterr().out) == [
        {"severity": "INFO", "message": "two\nlines, ž", "event": "vcard.sent", "customer": "17"}
    ]


@pytest.mark.parametrize("event", Event)
def test_every_event_has_its_severity(event: Event, capsys: pytest.CaptureFixture[str]) -> None:
    """None is left out, and what is an error has Error Reporting's form."""
    log(event, "x")
    [line] = lines(capsys.readouterr().out)

    assert line["event"] == event.value
    assert line["severity"] == severity(event)
    assert (line.get("@type") == ERROR_EVENT) == (severity(event) == "ERROR")


def test_lines_carry_what_they_are_about(capsys: pytest.CaptureFixture[str]) -> None:
    """Ids come from around the event, also in another thread; what the event says itself counts more."""
    with about(request="r-1", run="run-1"), about(account="a-1"):
        thread = threading.Thread(target=copy_context().run, args=(log, Event.TASK_ENQUEUED, "inside"))
        thread.start()
        thread.join()
        log(Event.TASK_ENQUEUED, "its own", account="a-2")
    log(Event.TASK_ENQUEUED, "outside")
    inside, own, outside = lines(capsys.readouterr().out)

    assert inside["request"] == "r-1"
    assert inside["run"] == "run-1"
    assert inside["account"] == "a-1"
    assert own["account"] == "a-2"
    assert outside.keys() == {"severity", "message", "event"}


def test_what_is_found_out_on_the_way_is_on_the_lines_that_follow(capsys: pytest.CaptureFixture[str]) -> None:
    """Until the innermost part that lines are about ends."""
    with about(request="r-1"):
        with about(function="sync_wisp"):
            also_about(wisp="acme")
            log(Event.TASK_ENQUEUED, "inside")
        log(Event.TASK_ENQUEUED, "behind")
    inside, behind = lines(capsys.readouterr().out)

    assert inside["request"] == "r-1"
    assert inside["function"] == "sync_wisp"
    assert inside["wisp"] == "acme"
    assert behind["request"] == "r-1"
    assert behind.keys() & {"function", "wisp"} == set()


def test_a_line_names_its_trace(capsys: pytest.CaptureFixture[str]) -> None:
    """As Cloud Logging wants it, with the project; the span only where there is one."""
    with about(trace="ab" * 16, span="cd" * 8):
        log(Event.TASK_ENQUEUED, "both")
    with about(trace="ab" * 16):
        log(Event.TASK_ENQUEUED, "trace")
    both, trace = lines(capsys.readouterr().out)

    assert both["logging.googleapis.com/trace"] == f"projects/my-project/traces/{'ab' * 16}"
    assert both["logging.googleapis.com/spanId"] == "cd" * 8
    assert {"trace", "span", "logging.googleapis.com/spanId"} & trace.keys() == set()


def test_without_a_project_the_trace_is_named_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """Cloud Logging takes the bare id, too."""
    with logging_as_in_production(), about(trace="ab" * 16):
        log(Event.TASK_ENQUEUED, "x")

    assert lines(capsys.readouterr().out)[0]["logging.googleapis.com/trace"] == "ab" * 16


def test_an_error_has_error_reportings_form(capsys: pytest.CaptureFixture[str]) -> None:
    """What was deployed, which function, and where in the code it was written."""
    with about(function="sync_wisp"):
        log(Event.RUN_ABANDONED, "no list")
    log(Event.RUN_ABANDONED, "no list")
    line, alone = lines(capsys.readouterr().out)

    assert line["serviceContext"] == {"service": "sync_wisp", "version": "sync-wisp-00007-abc"}
    assert alone["serviceContext"]["service"] == "simpler-contacts"
    assert line["context"]["reportLocation"]["filePath"] == __file__
    assert line["context"]["reportLocation"]["functionName"] == "test_an_error_has_error_reportings_form"
    assert "stack_trace" not in line


def test_an_unexpected_error_tells_where_and_not_what(capsys: pytest.CaptureFixture[str]) -> None:
    """The trace is Python's, with types, files and lines of the error and of its causes, without a text."""
    error = ValueError(SECRET)
    error.__cause__ = raised(KeyError(SECRET))
    log_internal_error("a call failed", raised(error))
    [line] = lines(capsys.readouterr().out)
    trace = line["stack_trace"].splitlines()

    assert SECRET not in str(line)
    assert line["severity"] == "ERROR"
    assert line["exception"] == "ValueError"
    assert trace[0] == "Traceback (most recent call last):"
    assert trace[-1] == "ValueError"
    assert "KeyError" in trace
    assert sum(__file__ in each for each in trace) == 2


def test_a_chain_of_errors_ends() -> None:
    """Errors that name each other as their cause are told once each; what was hidden stays so."""
    first, second = raised(ValueError()), raised(UnicodeError())
    first.__cause__, second.__cause__ = second, first
    hidden = raised(KeyError())
    hidden.__context__, hidden.__suppress_context__ = first, True

    assert stack_trace(first).count("Traceback") == 2
    assert stack_trace(hidden).count("Traceback") == 1


def test_of_a_librarys_text_only_the_pattern_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """A text that was put together already has no pattern, and is left out; so are traces and info."""
    other = logging.getLogger("some.library")
    other.warning("Retrying %s", SECRET)
    other.error(f"failed: {SECRET}", exc_info=raised(ValueError(SECRET)))
    other.info("nothing")
    with warnings.catch_warnings(), logging_as_in_production():
        warnings.simplefilter("always")
        warnings.warn(SECRET, stacklevel=1)
    retrying, failed, warned = lines(capsys.readouterr().out)

    assert retrying["message"] == "some.library reports something: Retrying %s"
    assert failed["message"] == "some.library reports something"
    assert retrying["event"] == "library.reported"
    assert retrying["level"] == "WARNING"
    assert failed["level"] == "ERROR"
    assert retrying["file"] == "test_log_lines.py"
    assert warned["logger"] == "py.warnings"
    assert SECRET not in str((retrying, failed, warned))

"""What the log says of a call that failed."""

import pytest

from tests.functions.served import JOE, Served
from tests.logged import lines, logging_as_in_production


def test_a_refused_call_is_one_line_that_names_the_wisp_and_the_answers_id(
    functions: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is told once, although it fails deep inside of the call."""
    with logging_as_in_production():
        answer = functions.post("start_sync", wisp="acme", user=JOE)
    told = [line for line in lines(capsys.readouterr().out) if line.get("event") == "call.refused"]

    assert answer.status_code == 403
    assert [(line["wisp"], line["function"], line["request"]) for line in told] == [
        ("acme", "start_sync", answer.headers["X-Request-Id"])
    ]


def test_a_call_whose_form_is_wrong_names_no_wisp(
    functions: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing that it says was checked; the answer has the id all the same, and the next call starts anew."""
    functions.post("start_sync", wisp="acme", user=JOE)
    with logging_as_in_production():
        answer = functions.post("sync_all", time_zone="Nowhere/At all")
        refused = functions.post("start_sync", wisp="no wisp", user=JOE)
    told = lines(capsys.readouterr().out)

    assert answer.status_code == 400
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json()["request"] == answer.headers["X-Request-Id"]
    assert refused.status_code == 403
    assert [line for line in told if "wisp" in line] == []

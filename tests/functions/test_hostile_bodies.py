"""Bodies that nobody means: what is not a call is refused, and nothing of it becomes an error of ours."""

import json
from collections.abc import Iterator

import pytest
import requests

from tests.functions.answer_cases import body
from tests.functions.contract import OPERATIONS, broken_promises, target
from tests.functions.served import Served

JSON = {"Content-Type": "application/json"}
VALUES = {
    "null byte": b'"\\u0000"',
    "null byte in an id": b'"acme\\u0000"',
    "lone surrogate": b'"\\ud800"',
    "surrogates the wrong way round": b'"\\udc00\\ud800"',
    "surrogate in UTF-8": b'"\xed\xa0\x80"',
    "no UTF-8": b'"\xff\xfe"',
    "noncharacter": b'"\\uffff"',
    "right to left": b'"\\u202eemca"',
    "line ends": b'"acme\\r\\nBcc: eve@example.com"',
    "path": b'"../wisps/acme"',
    "path below": b'"acme/runs"',
    "template": b'"{{7*7}}${7*7}%00%2e"',
    "quotes": b'"\' OR 1=1 --"',
    "empty": b'""',
    "very long": b'"' + b"a" * 900_000 + b'"',
    "many code points in few": b'"' + "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}".encode() * 60 + b'"',
    "nothing": b"null",
    "truth": b"true",
    "list": b'["acme"]',
    "object": b'{"$ne": ""}',
    "number": b"1",
    "fraction": b"1.5",
    "minus": b"-1",
    "just beyond 64 bits": b"18446744073709551616",
    "four thousand digits": b"9" * 4_000,
    "fifty thousand digits": b"9" * 50_000,
    "infinite": b"1e999999",
    "not a number": b"NaN",
    "nested lists": b"[" * 100_000 + b"]" * 100_000,
    "nested objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
}
WHOLES = {
    "nothing": b"",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"wisp": "acme"}'.encode("utf-16"),
    "two objects": b"{}{}",
    "a comment": b"/* */ {}",
    "a comma too many": b'{"wisp": "acme",}',
    "single quotes": b"{'wisp': 'acme'}",
    "a list": b"[]",
    "a string": b'"acme"',
    "nesting": b"[" * 500_000,
    "zeros": b"\0" * 1000,
}


@pytest.mark.parametrize("function", sorted(OPERATIONS))
def test_a_hostile_value_is_answered_as_documented(function: str, functions: Served) -> None:
    """In any member, and in one that there is not: an answer below 500, as documented."""
    with requests.Session() as session:
        for what, sent in _bodies(function):
            answer = _send(session, functions, function, sent)

            assert answer.status_code < 500, f"{what}: {answer.text}"
            assert list(broken_promises(function, answer)) == [], what


@pytest.mark.parametrize("function", sorted(OPERATIONS))
def test_what_is_no_json_object_is_refused(function: str, functions: Served) -> None:
    """400, whatever it is instead."""
    with requests.Session() as session:
        answers = {what: _send(session, functions, function, sent) for what, sent in WHOLES.items()}

    assert {what: answer.status_code for what, answer in answers.items()} == dict.fromkeys(WHOLES, 400)
    assert [flaw for answer in answers.values() for flaw in broken_promises(function, answer)] == []


def _bodies(function: str) -> Iterator[tuple[str, bytes]]:
    good = {name: json.dumps(value).encode() for name, value in body(function).items()}
    taken = target(OPERATIONS[function]["requestBody"]["content"]["application/json"]["schema"])
    for name in (*taken["properties"], "unknown"):
        for what, value in VALUES.items():
            yield f"{what} as {name}", _object(good | {name: value})
    for what, value in VALUES.items():
        user = {"id": b'"17"', "email": b'"mary@example.com"', "rights": b'["user->gcontact"]'}
        for name in user if "user" in good else ():
            yield f"{what} as {name} of the user", _object(good | {"user": _object(user | {name: value})})


def _object(members: dict[str, bytes]) -> bytes:
    return b"{" + b", ".join(b'"' + name.encode() + b'": ' + value for name, value in members.items()) + b"}"


def _send(session: requests.Session, functions: Served, function: str, sent: bytes) -> requests.Response:
    return session.post(f"{functions.address}/{function}/", data=sent, headers=JSON, timeout=30)

"""Log filter: which lines one finds, as the Logging query language says (cloud.google.com/logging/docs/view).

Understood is what our own filters use: AND, OR and NOT (which binds first, then OR), parentheses, LOG_ID, a
field with =, =~, >= or <=, and several values in parentheses.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[()]|=~|>=|<=|=|[^\s()=<>"]+)')
_SEVERITIES = ("DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY")


def finds(text: str, entry: Mapping[str, Any]) -> bool:
    """Return whether a filter finds an entry of the log.

    Raises:
        ValueError: The filter is not of the language, or not of this part of it.
    """
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != re.sub(r'\s+(?=(?:[^"]*"[^"]*")*[^"]*$)', "", text):
        raise ValueError(text)
    reader = _Reader(tokens, entry)
    found = reader.all_of()
    if reader.tokens:
        raise ValueError(f"{text}: what is {reader.tokens[0]}?")
    return found


def extracted(extractor: str, entry: Mapping[str, Any]) -> Any:
    """Return what ``EXTRACT(FIELD)`` reads; an empty text if the entry has no such field."""
    found = re.fullmatch(r"EXTRACT\(([\w.]+)\)", extractor)
    if found is None:
        raise ValueError(extractor)
    return next(_values(entry, found[1]), "")


class _Reader:
    """The rest of a filter, and the entry that it is asked about; every part is read to its end."""

    def __init__(self, tokens: list[str], entry: Mapping[str, Any]) -> None:
        self.tokens = tokens
        self._entry = entry

    def all_of(self) -> bool:
        found = self._any_of()
        while self._takes("AND"):
            found = self._any_of() and found
        return found

    def _any_of(self) -> bool:
        found = self._one()
        while self._takes("OR"):
            found = self._one() or found
        return found

    def _one(self) -> bool:
        if self._takes("NOT"):
            return not self._one()
        if self._takes("LOG_ID"):
            return str(self._entry.get("logName", "")).endswith(f"/logs/{quote(self._wanted()[0], safe='')}")
        if self._takes("("):
            found = self.all_of()
            self._must_take(")")
            return found
        field, operator = self.tokens.pop(0), self.tokens.pop(0)
        values = list(_values(self._entry, field))
        return any(_holds(operator, value, wanted) for wanted in self._wanted() for value in values)

    def _wanted(self) -> list[str]:
        if not self._takes("("):
            return [_plain(self.tokens.pop(0))]
        wanted = [_plain(self.tokens.pop(0))]
        while self._takes("OR"):
            wanted.append(_plain(self.tokens.pop(0)))
        self._must_take(")")
        return wanted

    def _takes(self, token: str) -> bool:
        if self.tokens[:1] != [token]:
            return False
        del self.tokens[0]
        return True

    def _must_take(self, token: str) -> None:
        if not self._takes(token):
            raise ValueError(f"there is no {token} before {self.tokens[:1]}")


def _values(entry: Mapping[str, Any], field: str) -> Iterator[Any]:
    value: Any = entry
    for name in field.split("."):
        if not isinstance(value, Mapping) or name not in value:
            return
        value = value[name]
    yield value


def _plain(token: str) -> str:
    return token[1:-1].replace('\\"', '"') if token.startswith('"') else token


def _holds(operator: str, value: Any, wanted: str) -> bool:
    match operator:
        case "=":
            return str(value) == wanted
        case "=~":
            return re.search(wanted, str(value)) is not None
        case ">=" if wanted in _SEVERITIES:
            return _SEVERITIES.index(str(value)) >= _SEVERITIES.index(wanted)
        case ">=":
            return float(value) >= float(wanted)
        case "<=":
            return float(value) <= float(wanted)
    raise ValueError(operator)

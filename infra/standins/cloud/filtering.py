"""Filters of lists: ``member=text`` (equal) and ``member:text`` (contains), joined by a space or AND.

Secret Manager knows more (documentation, "Filter lists of secrets and secret versions"); what is not known
here is refused, never ignored.
"""

import re
from collections.abc import Mapping, Sequence

from grpc import StatusCode

from infra.standins.cloud.refusal import Refusal

Term = tuple[str, str, str]

_TERM = re.compile(r'\b(name|state|labels\.[\w-]+)\s*([:=])\s*"?([\w-]+)"?')


def terms(text: str) -> Sequence[Term]:
    """The (member, operator, text) of each term; raises `Refusal` for anything else."""
    if _TERM.sub("", text).replace("AND", "").strip():
        raise Refusal(StatusCode.INVALID_ARGUMENT, f"The filter [{text}] is not known here.")
    return _TERM.findall(text)


def matches(wanted: Sequence[Term], facts: Mapping[str, str]) -> bool:
    """Whether all terms hold."""
    return all(_holds(facts.get(member), operator, text) for member, operator, text in wanted)


def _holds(fact: str | None, operator: str, text: str) -> bool:
    if fact is None:
        return False
    return text in fact if operator == ":" else text == fact

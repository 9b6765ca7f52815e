"""Series: what a query of PromQL gives, over samples that a log or Google's own services would have made.

Understood is what our own queries use. A counter is given by how much it grew, and when: `increase` is what
it grew by within the range (Cloud Monitoring keeps a counter of the log as just that, a DELTA).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import promql_parser

_Labels = tuple[tuple[str, str], ...]

Vector = dict[_Labels, float]
"""Values by their labels, in the order of the labels' names."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One growth of one series, or what a gauge showed.

    Attributes:
        name: The metric's name as PromQL has it.
        labels: Of the series.
        at: When, in seconds.
        value: By how much; or what it showed.
    """

    name: str
    labels: Mapping[str, str]
    at: float
    value: float = 1


def fires(query: str, samples: Sequence[Sample], now: float) -> bool:
    """Return whether an alert with this query fires: whether it gives anything.

    Raises:
        ValueError: The query is none, or uses what is not understood here.
    """
    found = _value(promql_parser.parse(query), samples, now)
    assert isinstance(found, dict), "a query of an alert gives series"
    return bool(found)


def _value(part: Any, samples: Sequence[Sample], now: float) -> Vector | float:
    match part:
        case promql_parser.NumberLiteral():
            return float(part.val)
        case promql_parser.ParenExpr():
            return _value(part.expr, samples, now)
        case promql_parser.Call():
            return _called(part, samples, now)
        case promql_parser.AggregateExpr():
            return _aggregated(part, _vector(part.expr, samples, now))
        case promql_parser.BinaryExpr():
            left, right = _value(part.lhs, samples, now), _value(part.rhs, samples, now)
            return _combined(str(part.op), left, right)
    raise ValueError(f"{part} is not understood")


def _vector(part: Any, samples: Sequence[Sample], now: float) -> Vector:
    found = _value(part, samples, now)
    assert isinstance(found, dict), f"{part} gives one number"
    return found


def _called(call: Any, samples: Sequence[Sample], now: float) -> Vector:
    match call.func.name, call.args:
        case "vector", [number]:
            return {(): float(number.val)}
        case "increase", [selector]:
            start = now - selector.range.total_seconds()
            chosen = (each for each in samples if start < each.at <= now and _is_chosen(selector, each))
            return _summed((_key(each.labels), each.value) for each in chosen)
        case "min_over_time" | "max_over_time", [selector]:
            start = now - selector.range.total_seconds()
            chosen = (each for each in samples if start < each.at <= now and _is_chosen(selector, each))
            extreme = min if call.func.name == "min_over_time" else max
            return {
                labels: extreme(values)
                for labels, values in _grouped((_key(each.labels), each.value) for each in chosen).items()
            }
        case "histogram_quantile", [share, buckets]:
            return _quantile(float(share.val), _vector(buckets, samples, now))
    raise ValueError(f"{call.func.name} is not understood")


def _is_chosen(selector: Any, sample: Sample) -> bool:
    chosen = selector.vector_selector
    return chosen.name == sample.name and all(
        _matches(str(each.op), sample.labels.get(each.name, ""), each.value)
        for each in chosen.matchers.matchers
    )


def _matches(operator: str, value: str, wanted: str) -> bool:
    match operator.removeprefix("MatchOp."):
        case "Equal":
            return value == wanted
        case "NotEqual":
            return value != wanted
        case "Re":
            return re.fullmatch(wanted, value) is not None
        case "NotRe":
            return re.fullmatch(wanted, value) is None
    raise ValueError(operator)


def _aggregated(part: Any, vector: Vector) -> Vector:
    names = set(part.modifier.labels) if part.modifier else set()
    kept = ((tuple(pair for pair in labels if pair[0] in names), value) for labels, value in vector.items())
    ways: dict[str, Callable[[list[float]], float]] = {"count": len, "max": max, "min": min, "sum": sum}
    aggregate = ways[str(part.op)]
    return {labels: float(aggregate(values)) for labels, values in _grouped(kept).items()}


def _summed(pairs: Iterable[tuple[_Labels, float]]) -> Vector:
    return {labels: sum(values) for labels, values in _grouped(pairs).items()}


def _grouped(pairs: Iterable[tuple[_Labels, float]]) -> dict[_Labels, list[float]]:
    found: dict[_Labels, list[float]] = {}
    for labels, value in pairs:
        found.setdefault(labels, []).append(value)
    return found


def _combined(operator: str, left: Vector | float, right: Vector | float) -> Vector | float:
    if operator in ("or", "and", "unless"):
        assert isinstance(left, dict), operator
        assert isinstance(right, dict), operator
        if operator == "or":
            return left | {labels: value for labels, value in right.items() if labels not in left}
        return {labels: value for labels, value in left.items() if (labels in right) == (operator == "and")}
    assert isinstance(left, dict), "no query of ours begins with a number"
    pairs = (
        (labels, value, right if isinstance(right, float) else right.get(labels))
        for labels, value in left.items()
    )
    return {
        labels: result
        for labels, value, other in pairs
        if other is not None and (result := _one(operator, value, other)) is not None
    }


def _one(operator: str, left: float, right: float) -> float | None:
    match operator:
        case "+":
            return left + right
        case "/":
            return left / right if right else float("nan")
        case ">":
            return left if left > right else None
        case ">=":
            return left if left >= right else None
        case "<":
            return left if left < right else None
    raise ValueError(f"{operator} is not understood")


def _quantile(share: float, buckets: Vector) -> Vector:
    """Return the upper bound of the bucket that the quantile is in, of one distribution."""
    counts = sorted((float(dict(labels)["le"]), count) for labels, count in buckets.items())
    if not counts:
        return {}
    wanted = share * counts[-1][1]
    return {(): next(bound for bound, count in counts if count >= wanted)}


def _key(labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(labels.items()))

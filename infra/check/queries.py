"""Queries: PromQL that alerts and the dashboard ask, by a parser of the language."""

import json
from collections.abc import Iterator

import promql_parser

from infra.check.deployment import Deployment


def grammar(deployment: Deployment) -> Iterator[str]:
    """Check that every query can be parsed."""
    for address, query in _queries(deployment):
        try:
            promql_parser.parse(query)
        except ValueError as error:
            yield f"{address}: {query} is no PromQL: {error}"


def _queries(deployment: Deployment) -> Iterator[tuple[str, str]]:
    for alert in deployment.all("google_monitoring_alert_policy"):
        for condition in alert["conditions"]:
            for asked in condition["condition_prometheus_query_language"]:
                yield alert.address, asked["query"]
    for dashboard in deployment.all("google_monitoring_dashboard"):
        yield from ((dashboard.address, query) for query in _asked(json.loads(dashboard["dashboard_json"])))


def _asked(part: object) -> Iterator[str]:
    match part:
        case {"prometheusQuery": str() as query}:
            yield query
        case dict():
            for each in part.values():
                yield from _asked(each)
        case list():
            for each in part:
                yield from _asked(each)

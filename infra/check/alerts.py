"""Alerts: what of the log is counted, who is told, and where they read what to do."""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from infra.check.deployment import Deployment, Resource
from shared.events import Event

_ALERT = "google_monitoring_alert_policy"
_OURS = 'resource.type="cloud_run_revision"'
_EVENT = re.compile(r'jsonPayload\.event ?= ?"([^"]*)"')
_FIELD = re.compile(r"EXTRACT\(jsonPayload\.(\w+)\)")
_LEFT_OUT = re.compile(r"NOT jsonPayload\.code=\(([^)]*)\)")
_METRIC = re.compile(r"logging\.googleapis\.com/user/([\w/]+)|logging_googleapis_com:user_([\w/]+)")
_OF_A_DISTRIBUTION = re.compile(r"_(sum|count|bucket)$")


def events(deployment: Deployment) -> Iterator[str]:
    """Check that every filter of our own log names events, and that they exist."""
    for resource, text in _filters(deployment):
        if _OURS not in text:
            continue
        named = _EVENT.findall(text)
        if not named:
            yield f"{resource.address} looks for no event: {text}"
        yield from (
            f"{resource.address} looks for {each}, which is no event"
            for each in named
            if each not in set(Event)
        )


def fields(deployment: Deployment, documented: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Check that at least one of a metric's events carries each field that the metric reads."""
    for resource in deployment.all("google_logging_metric"):
        written = {
            field for event in _EVENT.findall(resource["filter"]) for field in documented.get(event, ())
        }
        read = [resource["value_extractor"] or "", *(resource["label_extractors"] or {}).values()]
        for name in _FIELD.findall(" ".join(read)):
            if name not in written:
                yield f"{resource.address} reads {name}, which its events are written without"


def metrics(deployment: Deployment) -> Iterator[str]:
    """Check that our metrics exist for which the dashboard and the alerts ask."""
    existing = {re.sub(r"\W", "_", each["name"]) for each in deployment.all("google_logging_metric")}
    for resource in [*deployment.all("google_monitoring_dashboard"), *deployment.all(_ALERT)]:
        for found in _METRIC.finditer(str(resource.values)):
            name = re.sub(r"\W", "_", found[1] or _OF_A_DISTRIBUTION.sub("", found[2]))
            if name not in existing:
                yield f"{resource.address} asks for the metric {name}, which does not exist"


def made(deployment: Deployment, documented: Mapping[str, str]) -> Iterator[str]:
    """Check that of each event just those alerts and metrics are made that docs/events.md tells.

    Args:
        deployment: What would be deployed.
        documented: What is made of an event, in words, by its name.
    """
    found: dict[str, set[str]] = {event: set() for event in documented}
    counted: dict[str, list[str]] = {}
    for metric in deployment.all("google_logging_metric"):
        name = metric["name"].removeprefix("simpler_contacts/")
        counted[name] = _EVENT.findall(metric["filter"])
        for event in counted[name]:
            found.setdefault(event, set()).add(name)
    for alert in deployment.all(_ALERT):
        asked = {_OF_A_DISTRIBUTION.sub("", each[1]) for each in _METRIC.findall(str(alert["conditions"]))}
        of_metrics = (counted.get(each.removeprefix("simpler_contacts_"), []) for each in asked)
        filters = " ".join(text for each, text in _filters(deployment) if each is alert)
        for event in {*_EVENT.findall(filters), *chain.from_iterable(of_metrics)}:
            found.setdefault(event, set()).add(_anchor(alert))
    for event, told in documented.items():
        names = set(re.findall(r"`([\w-]+)`", told))
        if names != found[event]:
            yield f"{event}: docs/events.md tells {sorted(names)}, made is {sorted(found[event])}"


def _anchor(alert: Resource) -> str:
    urls = [link["url"] for text in alert["documentation"] for link in text["links"]]
    return str(urls[0]).partition("#")[2]


def waits(deployment: Deployment, known: Collection[str]) -> Iterator[str]:
    """Check that the alert of a missed night leaves out just the reasons that somebody was told of."""
    for alert in deployment.all(_ALERT):
        for condition in alert["conditions"]:
            for codes in _LEFT_OUT.findall(
                " ".join(each["filter"] for each in condition["condition_matched_log"])
            ):
                if set(re.findall(r'"([^"]+)"', codes)) != set(known):
                    yield f"{alert.address} leaves out other codes than those that somebody was told of"


def links(deployment: Deployment, anchors: Collection[str]) -> Iterator[str]:
    """Check that every alert leads to a section of the runbook."""
    for alert in deployment.all(_ALERT):
        urls = [link["url"] for text in alert["documentation"] for link in text["links"]]
        leads = [url.partition("#")[2] for url in urls if "#" in url]
        if not leads:
            yield f"{alert.address} leads nowhere"
        yield from (
            f"{alert.address} leads to #{each}, which the runbook lacks"
            for each in leads
            if each not in anchors
        )


def told(deployment: Deployment) -> Iterator[str]:
    """Check that somebody hears of every alert, and of the log's at most once an hour."""
    for alert in deployment.all(_ALERT):
        if not alert["notification_channels"]:
            yield f"{alert.address} tells nobody"
        limits = [each["notification_rate_limit"] for each in alert["alert_strategy"]]
        if any(each["condition_matched_log"] for each in alert["conditions"]) and not any(limits):
            yield f"{alert.address} would tell of each line: Cloud Monitoring refuses that"


def _filters(deployment: Deployment) -> Iterator[tuple[Resource, str]]:
    for metric in deployment.all("google_logging_metric"):
        yield metric, metric["filter"]
    for alert in deployment.all(_ALERT):
        for condition in alert["conditions"]:
            yield from ((alert, each["filter"]) for each in condition["condition_matched_log"])

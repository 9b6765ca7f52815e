"""Log: that what the functions write is kept where the settings say."""

from collections.abc import Iterator

from infra.check.deployment import Deployment
from infra.check.log_filter import finds

_LINES = (
    "run.googleapis.com/stdout",
    "run.googleapis.com/requests",
    "cloudscheduler.googleapis.com/executions",
)
"""Logs of which the alerts and the runbook read."""


def kept(deployment: Deployment) -> Iterator[str]:
    """Check that a sink that is not Google's own leads every line of ours into its bucket."""
    for sink in deployment.all("google_logging_project_sink"):
        for log in _LINES:
            line = {"logName": f"projects/p/logs/{log.replace('/', '%2F')}", "severity": "DEFAULT"}
            if not finds(sink["filter"], line):
                yield f"{sink.address} leaves out {log}"

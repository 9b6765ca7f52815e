"""Code: that each function runs one archive by its hash, that archives stay, and images are kept current."""

import re
from collections.abc import Iterator

from infra.check.deployment import Deployment
from infra.check.functions import by_entry_point

_ARCHIVE = re.compile(r"[0-9a-f]{64}\.zip")


def archives(deployment: Deployment) -> Iterator[str]:
    """Check that all functions run the same archive, which is named by its hash."""
    found = {}
    for name, function in by_entry_point(deployment).items():
        source = function["build_config"][0]["source"][0]["storage_source"][0]
        found[name] = source["object"]
        if not _ARCHIVE.fullmatch(source["object"]):
            yield f"{name} runs {source['object']}, which is no archive's hash"
    if len(set(found.values())) > 1:
        yield f"the functions run several archives: {', '.join(sorted(set(found.values())))}"


def kept(deployment: Deployment) -> Iterator[str]:
    """Check that no archive is deleted that nobody has written over: one may be gone back to."""
    for bucket in deployment.all("google_storage_bucket"):
        for rule in bucket["lifecycle_rule"] or []:
            [condition] = rule["condition"]
            if not condition["days_since_noncurrent_time"]:
                yield f"{bucket.address} deletes what is still in use"


def updates(deployment: Deployment) -> Iterator[str]:
    """Check that Google mends the base image of each function without a deployment."""
    for name, function in by_entry_point(deployment).items():
        if not function["build_config"][0]["automatic_update_policy"]:
            yield f"{name} keeps the base image that it was built on"

"""Pipeline: cloudbuild.yaml as Cloud Build would take it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.check.api import Api

_PINNED = re.compile(r".+(:\d+\.\d+\.\d+(-[\w.]+)?|@sha256:[0-9a-f]{64})")
_OWN = re.compile(r"\$\{?(_[A-Z0-9_]+)")


def mistakes(build: Mapping[str, Any]) -> Iterator[str]:
    """Return what Cloud Build does not know, what is not pinned, and undefined or unused substitutions."""
    yield from Api.of("cloudbuild.v1").mistakes("Build", build)
    for step in build["steps"]:
        if not _PINNED.fullmatch(step["name"]):
            yield f"the image {step['name']} is not pinned"
    defined = build.get("substitutions", {}).keys()
    used = set(_OWN.findall(str(build["steps"])))
    yield from (f"{name} is used and not defined" for name in sorted(used - defined))
    yield from (f"{name} is defined and not used" for name in sorted(defined - used))


def scripts(build: Mapping[str, Any]) -> dict[str, str]:
    """Return the steps' scripts by their ids."""
    return {step["id"]: step["script"] for step in build["steps"] if "script" in step}

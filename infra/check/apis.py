"""APIs: that each is switched on which the deployment's resources or its functions call."""

from collections.abc import Iterator

from infra.check.deployment import Deployment
from infra.check.enums import MESSAGES

CALLED = frozenset({"cloudbuild", "iamcredentials", "people", "sts"})
"""APIs that functions, their callers and builds use, and that no resource stands for."""

BY_HAND = frozenset({"cloudresourcemanager"})
"""Those that are switched on before Terraform runs (infra/gcp/README.md, step 1)."""


def enabled(deployment: Deployment) -> Iterator[str]:
    """Check that every API is switched on that is needed."""
    on = {each["service"].partition(".")[0] for each in deployment.all("google_project_service")}
    kinds = {each.kind for each in deployment.resources}
    needed = {MESSAGES[kind][0].partition(".")[0] for kind in kinds & MESSAGES.keys()} | CALLED
    yield from (f"the API {name} is not switched on" for name in sorted(needed - on - BY_HAND))

"""Pins: the versions of what Terraform works with."""

from collections.abc import Iterator

from infra.check.deployment import Deployment


def provider(deployment: Deployment, checked: str) -> Iterator[str]:
    """Check that the configuration takes the provider that it was checked with, or a later minor version.

    Args:
        deployment: What is deployed.
        checked: That version, e.g. ``8.7.0``.
    """
    expected = f"~> {checked.rpartition('.')[0]}"
    if deployment.provider_version != expected:
        yield f"the provider's version is {deployment.provider_version or 'any'}, and {expected} was checked"

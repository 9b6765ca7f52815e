"""Deployment: what Terraform would bring about, as its plan tells it.

The format is that of ``terraform show -json`` (developer.hashicorp.com/terraform/internals/json-format).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource.

    Attributes:
        address: Where it stands in the configuration, e.g. ``module.queue.google_cloud_tasks_queue.this``.
        kind: Its type, e.g. ``google_cloud_tasks_queue``.
        values: Its values, without those that Google computes.
    """

    address: str
    kind: str
    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)


@dataclass(frozen=True, slots=True)
class Deployment:
    """All resources of a plan, and the version of the provider that the configuration asks for."""

    resources: tuple[Resource, ...]
    provider_version: str

    @classmethod
    def of(cls, plan: Mapping[str, Any]) -> "Deployment":
        """Return the deployment that a plan would make."""
        resources = tuple(_resources(plan["planned_values"]["root_module"]))
        return cls(
            resources, plan["configuration"]["provider_config"]["google"].get("version_constraint", "")
        )

    def all(self, kind: str) -> list[Resource]:
        """Return the resources of a kind."""
        return [each for each in self.resources if each.kind == kind]


def _resources(module: Mapping[str, Any]) -> Iterator[Resource]:
    for each in module.get("resources", []):
        yield Resource(each["address"], each["type"], each["values"])
    for child in module.get("child_modules", []):
        yield from _resources(child)

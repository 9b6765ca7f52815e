"""Schema: a resource of the Google provider, as Terraform wants it told, read out of the bindings.

The shape is that of ``terraform providers schema -json`` (developer.hashicorp.com/terraform/cli/commands/
providers/schema). What the bindings do not keep is missing: which attributes are sensitive or write-only, and
which values the provider itself refuses.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.check import bindings

Type = str | list[Any]
Block = dict[str, Any]

_CLASS = re.compile(r"^class (\w+) extends cdkt[fn]\.\w+ \{\n(.*?)^\}\n", re.DOTALL | re.MULTILINE)
_WRITER = re.compile(r"^function (\w+)ToHclTerraform\(struct\) \{\n(.*?)^\}\n", re.DOTALL | re.MULTILINE)
_ATTRIBUTE = re.compile(
    r"// (\w+) - computed: (true|false), optional: (true|false), required: (true|false)\n"
)
_WRITTEN = re.compile(
    r"^ +(\w+): \{\n +value: .*\n"
    r" +isBlock: (true|false),\n +type: \"(\w+)\",\n +storageClassType: \"(\w+)\",",
    re.MULTILINE,
)
_NESTED = r"new (\w+?)(OutputReference|List|Map)\(this, \"%s\"(?:, (true|false))?"

_GETTERS: tuple[tuple[str, Type], ...] = (
    (r"Fn\.tolist\(this\.getListAttribute", ["set", "string"]),
    (r"Fn\.tolist\(this\.getNumberListAttribute", ["set", "number"]),
    (r"getListAttribute", ["list", "string"]),
    (r"getNumberListAttribute", ["list", "number"]),
    (r"getStringAttribute", "string"),
    (r"getNumberAttribute", "number"),
    (r"getBooleanAttribute", "bool"),
    (r"getStringMapAttribute|\.StringMap\(", ["map", "string"]),
    (r"getNumberMapAttribute|\.NumberMap\(", ["map", "number"]),
    (r"getBooleanMapAttribute|\.BooleanMap\(", ["map", "bool"]),
    (r"\.StringMapList\(", ["list", ["map", "string"]]),
    (r"\.StringListMap\(", ["map", ["list", "string"]]),
)
"""How a generated class reads an attribute, and the type that tells."""

_STORED: dict[str, Type] = {
    "string": "string",
    "number": "number",
    "boolean": "bool",
    "stringList": ["list", "string"],
    "numberList": ["list", "number"],
    "stringMap": ["map", "string"],
    "numberMap": ["map", "number"],
    "booleanMap": ["map", "bool"],
}
"""How the bindings keep the provider's own arguments, which they never read."""


@dataclass(frozen=True, slots=True)
class _File:
    """The JavaScript of one resource: its classes, and the functions that write its blocks as HCL."""

    classes: Mapping[str, str]
    writers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, javascript: str) -> "_File":
        writers = {name.lower(): body for name, body in _WRITER.findall(javascript)}
        return cls(dict(_CLASS.findall(javascript)), writers)

    def resource(self) -> Block:
        """Return the resource itself."""
        attributes, _, writer = self._root().partition("// SYNTHESIS")
        return self._block(attributes, writer.partition("synthesizeHclAttributes()")[2])

    def provider(self) -> Block:
        """Return the provider's own arguments, its blocks left out."""
        given = _WRITTEN.findall(self._root())
        flags = {"computed": False, "optional": True, "required": False}
        plain = {
            name: {"type": _STORED[stored], **flags} for name, block, _, stored in given if block == "false"
        }
        return {"attributes": plain, "block_types": {}}

    def _root(self) -> str:
        [body] = (body for body in self.classes.values() if "static tfResourceType" in body)
        return body

    def _block(self, attributes: str, writer: str) -> Block:
        kinds = {name: kind for name, is_block, kind, _ in _WRITTEN.findall(writer) if is_block == "true"}
        block: Block = {"attributes": {}, "block_types": {}}
        for name, flags, code in _attributes(attributes):
            nested = re.search(_NESTED % name, code)
            child = self._child(nested[1]) if nested else None
            if nested is None or child is None:
                block["attributes"][name] = {"type": _type(name, code), **flags}
            elif name in kinds:
                block["block_types"][name] = _nesting(kinds[name], nested[2], flags) | {"block": child}
            else:
                kind = "set" if nested[3] == "true" else "list"
                block["attributes"][name] = {"type": [kind, _object(child)], **flags}
        return block

    def _child(self, name: str) -> Block | None:
        body = self.classes.get(name + "OutputReference")
        return None if body is None else self._block(body, self.writers.get(name.lower(), ""))


def _attributes(body: str) -> Iterator[tuple[str, dict[str, bool], str]]:
    """Yield each attribute of a class: its name, who gives its value, and the code that reads it."""
    parts = _ATTRIBUTE.split(body)[1:]
    for name, computed, optional, required, code in zip(*[iter(parts)] * 5, strict=True):
        flags = {"computed": computed, "optional": optional, "required": required}
        yield name, {key: value == "true" for key, value in flags.items()}, code


def _type(name: str, code: str) -> Type:
    for pattern, found in _GETTERS:
        if re.search(pattern, code):
            return found
    raise ValueError(f"The bindings do not tell the type of {name}")


def _nesting(kind: str, access: str, flags: Mapping[str, bool]) -> dict[str, Any]:
    """Return how often a block may appear: ``struct`` has no index, OutputReference at most one."""
    mode = {"struct": "single", "set": "set"}.get(kind, "list")
    if mode == "single":
        return {"nesting_mode": mode, "min_items": 0, "max_items": 0}
    return {
        "nesting_mode": mode,
        "min_items": int(flags["required"]),
        "max_items": int(access == "OutputReference"),
    }


def _object(block: Block) -> Type:
    fields = {name: attribute["type"] for name, attribute in block["attributes"].items()}
    for name, nested in block["block_types"].items():
        kind = "set" if nested["nesting_mode"] == "set" else "list"
        fields[name] = [kind, _object(nested["block"])]
    return ["object", fields]


def read(package: Path, kinds: Iterable[str]) -> dict[str, Any]:
    """Return the schemas of those kinds that the provider has, and of its own arguments.

    Args:
        package: The package cdktn-provider-google.
        kinds: Names such as ``google_cloud_scheduler_job``.
    """
    wanted = {bindings.folder(kind): kind for kind in kinds}
    schema: dict[str, Any] = {"provider": {}, "resource_schemas": {}}
    for folder, javascript in bindings.sources(package, {bindings.PROVIDER, *wanted}):
        file = _File.of(javascript)
        if folder == bindings.PROVIDER:
            schema["provider"] = file.provider()
        else:
            schema["resource_schemas"][wanted[folder]] = file.resource()
    return schema

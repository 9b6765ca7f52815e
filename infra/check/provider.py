"""Provider: a stand-in for the Google provider that knows its schema and little else.

Terraform speaks with it as with the real one (plugin protocol 6: developer.hashicorp.com/terraform/plugin/
terraform-plugin-protocol), so ``validate``, ``plan``, ``test`` and ``apply`` run where Google cannot be
reached. It reads nothing, and what it applies is in Terraform's state only. The program needs its own
environment, since the package ``tf`` wants an older protobuf than Google's clients do.
"""

import json
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import msgpack
from tf.gen import tfplugin_pb2 as pb
from tf.gen.tfplugin_pb2_grpc import ProviderServicer, add_ProviderServicer_to_server

UNKNOWN = msgpack.ExtType(0, b"\0")

_NESTED = pb.Schema.NestedBlock
_NESTING = {"single": _NESTED.SINGLE, "list": _NESTED.LIST, "set": _NESTED.SET}


def main() -> None:
    """Serve the schema of a file until standard input ends; the first line of output is the address."""
    server = grpc.server(ThreadPoolExecutor())
    add_ProviderServicer_to_server(Provider(json.loads(Path(sys.argv[1]).read_text())), server)
    with tempfile.TemporaryDirectory() as folder:
        address = f"{folder}/provider"
        server.add_insecure_port(f"unix://{address}")
        server.start()
        print(address, flush=True)  # noqa: T201 - for the one who started it
        sys.stdin.read()
        server.stop(grace=None).wait()


class Provider(ProviderServicer):
    """Answers Terraform; each method is one of the protocol's."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._resources = schema["resource_schemas"]
        self._schema = pb.GetProviderSchema.Response(
            provider=_schema(schema["provider"]),
            resource_schemas={kind: _schema(block) for kind, block in self._resources.items()},
        )
        self._project = ""

    def GetMetadata(self, request: Any, context: Any) -> Any:
        return pb.GetMetadata.Response(
            resources=[pb.GetMetadata.ResourceMetadata(type_name=kind) for kind in self._resources],
        )

    def GetProviderSchema(self, request: Any, context: Any) -> Any:
        return self._schema

    def ConfigureProvider(self, request: Any, context: Any) -> Any:
        self._project = _decoded(request.config)["project"]
        return pb.ConfigureProvider.Response()

    def ValidateProviderConfig(self, request: Any, context: Any) -> Any:
        return pb.ValidateProviderConfig.Response()

    def ValidateResourceConfig(self, request: Any, context: Any) -> Any:
        return pb.ValidateResourceConfig.Response()

    def UpgradeResourceState(self, request: Any, context: Any) -> Any:
        whole = _whole(json.loads(request.raw_state.json), self._resources[request.type_name])
        return pb.UpgradeResourceState.Response(upgraded_state=_encoded(whole))

    def ReadResource(self, request: Any, context: Any) -> Any:
        return pb.ReadResource.Response(new_state=request.current_state)

    def PlanResourceChange(self, request: Any, context: Any) -> Any:
        value = _decoded(request.proposed_new_state)
        if _decoded(request.prior_state) is None:
            value = _planned(value, self._resources[request.type_name])
        if request.type_name == "google_service_account" and value:
            value |= self._addresses(value)
        return pb.PlanResourceChange.Response(planned_state=_encoded(value))

    def ApplyResourceChange(self, request: Any, context: Any) -> Any:
        made = _made(_decoded(request.planned_state), self._resources[request.type_name], request.type_name)
        if made and made.get("project") == f"{request.type_name}.project":
            made["project"] = self._project
        return pb.ApplyResourceChange.Response(new_state=_encoded(made))

    def GetFunctions(self, request: Any, context: Any) -> Any:
        return pb.GetFunctions.Response()

    def StopProvider(self, request: Any, context: Any) -> Any:
        return pb.StopProvider.Response()

    def _addresses(self, account: Mapping[str, Any]) -> dict[str, str]:
        """Return what the real provider, too, knows of a service account before it is made."""
        project = self._project if account["project"] in (None, UNKNOWN) else account["project"]
        email = f"{account['account_id']}@{project}.iam.gserviceaccount.com"
        return {"email": email, "member": f"serviceAccount:{email}"}


def _decoded(value: Any) -> Any:
    return msgpack.unpackb(value.msgpack, ext_hook=msgpack.ExtType, strict_map_key=False)


def _encoded(value: Any) -> Any:
    return pb.DynamicValue(msgpack=msgpack.packb(value))


def _schema(block: Mapping[str, Any]) -> Any:
    return pb.Schema(version=0, block=_block(block))


def _block(block: Mapping[str, Any]) -> Any:
    attributes = [
        pb.Schema.Attribute(name=name, **{**attribute, "type": json.dumps(attribute["type"]).encode()})
        for name, attribute in block["attributes"].items()
    ]
    nested = [
        _NESTED(
            type_name=name,
            block=_block(kind["block"]),
            nesting=_NESTING[kind["nesting_mode"]],
            min_items=kind["min_items"],
            max_items=kind["max_items"],
        )
        for name, kind in block["block_types"].items()
    ]
    return pb.Schema.Block(attributes=attributes, block_types=nested)


def _whole(value: Any, block: Mapping[str, Any]) -> Any:
    """Return a state in which what it does not tell is null: a test writes only what matters to it."""
    if isinstance(value, list):
        return [_whole(each, block) for each in value]
    if not isinstance(value, dict):
        return value
    whole = {name: value.get(name) for name in block["attributes"]}
    for name, nested in block["block_types"].items():
        given = value.get(name, [] if nested["nesting_mode"] in ("list", "set") else None)
        whole[name] = _whole(given, nested["block"])
    return whole


def _planned(value: Any, block: Mapping[str, Any]) -> Any:
    """Return what a plan shows: unknown is what Google computes and nobody has given."""
    if isinstance(value, list):
        return [_planned(each, block) for each in value]
    if not isinstance(value, dict):
        return value
    whole = {}
    for name, attribute in block["attributes"].items():
        given = value.get(name)
        whole[name] = UNKNOWN if given is None and attribute["computed"] else given
    for name, nested in block["block_types"].items():
        whole[name] = _planned(value.get(name), nested["block"])
    return whole


def _made(value: Any, block: Mapping[str, Any], kind: str) -> Any:
    """Return what has been made: texts that Google would compute are made up, other such values are null."""
    if isinstance(value, list):
        return [_made(each, block, kind) for each in value]
    if not isinstance(value, dict):
        return value
    whole = {}
    for name, attribute in block["attributes"].items():
        made_up = f"{kind}.{name}" if attribute["type"] == "string" else None
        whole[name] = made_up if value[name] == UNKNOWN else value[name]
    for name, nested in block["block_types"].items():
        whole[name] = _made(value[name], nested["block"], kind)
    return whole


if __name__ == "__main__":
    main()

"""Egress: the network through which functions go out, where calls come from one address."""

from collections.abc import Iterator
from ipaddress import ip_network

from infra.check.deployment import Deployment
from infra.check.functions import by_entry_point, service

AWAITED = frozenset({"console", "customer_status", "email_vcard", "sync_customer"})
"""The functions at whose answer a person looks."""

_RESERVED = 4
"""Addresses of a subnet that are Google's own (cloud.google.com/vpc/docs/subnets, "Unusable addresses")."""

_BLOCK = 16
_TWICE = 2
"""A function takes twice as many addresses as it has instances, in blocks of 16 ("IP address allocation" at
cloud.google.com/run/docs/configuring/vpc-direct-vpc)."""


def addresses(deployment: Deployment) -> Iterator[str]:
    """Check that each subnet has addresses for all instances of the functions that go out by it."""
    outgoing = [
        service(each)["max_instance_count"]
        for each in by_entry_point(deployment).values()
        if service(each)["direct_vpc_network_interface"]
    ]
    needed = sum(-(-_TWICE * most // _BLOCK) * _BLOCK for most in outgoing)
    for subnet in deployment.all("google_compute_subnetwork"):
        has = ip_network(subnet["ip_cidr_range"]).num_addresses - _RESERVED
        if has < needed:
            yield f"{subnet.address} has {has} addresses, and the functions take up to {needed}"


def awaited(deployment: Deployment) -> Iterator[str]:
    """Check that people do not wait for a new instance's connection where calls go through a network."""
    for name, function in by_entry_point(deployment).items():
        goes_out = service(function)["direct_vpc_network_interface"]
        if name in AWAITED and goes_out and not service(function)["min_instance_count"]:
            yield f"{name} lets people wait for the network of a new instance"


def fixed(deployment: Deployment) -> Iterator[str]:
    """Check that every call goes out by the network, and from it by the address that SIMPLer is told."""
    for name, function in by_entry_point(deployment).items():
        config = service(function)
        if config["direct_vpc_network_interface"] and config["direct_vpc_egress"] != "VPC_EGRESS_ALL_TRAFFIC":
            yield f"{name} calls some addresses by another way"
    for nat in deployment.all("google_compute_router_nat"):
        if nat["nat_ip_allocate_option"] != "MANUAL_ONLY":
            yield f"{nat.address} calls from addresses that nobody has told SIMPLer"

"""A wisp's settings are the same in Terraform, which writes them, and in the service, which reads them."""

import json
import re
from dataclasses import MISSING, fields
from typing import get_args

from shared.domain.model.wisp import Leavers, Wisp
from tests.docs.pages import text

TERRAFORM = text("infra/gcp/wisps.tf")
OBJECT = TERRAFORM.partition("map(object({")[2].partition("}))")[0]
OURS = {"id", "simpler_secret"}
"""What Terraform makes of the wisp's id."""


def test_terraform_asks_for_every_setting() -> None:
    """In the same order, and for no other; those without a default must be given."""
    given = re.findall(r"^ +(\w+) += (.*)$", OBJECT, re.MULTILINE)
    known = [field for field in fields(Wisp) if field.name not in OURS]

    assert [name for name, _ in given] == [field.name for field in known]
    assert [name for name, kind in given if not kind.startswith("optional(")] == [
        field.name for field in known if field.default is MISSING and field.default_factory is MISSING
    ]


def test_every_default_is_the_services() -> None:
    """Who leaves a setting out gets the same, whoever writes the document."""
    told = dict(re.findall(r"^ +(\w+) += optional\([^,]*, (.*)\)$", OBJECT, re.MULTILINE))
    read = {name: json.loads(value) for name, value in told.items()}
    plain = Wisp("id", "name", "IE", "Europe/Dublin", "https://simpler.example/", "operator", "secret")

    assert json.loads(read.pop("simpler_profile")) == plain.simpler_profile
    assert read == {
        name: list(value) if isinstance(value := getattr(plain, name), tuple) else value for name in read
    }


def test_what_may_become_of_leavers_is_the_same() -> None:
    """Terraform takes what the service knows."""
    [choices] = re.findall(r"contains\((\[.*?\]), wisp\.leavers\)", TERRAFORM)

    assert json.loads(choices) == [*get_args(Leavers)]

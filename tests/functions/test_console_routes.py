"""The console's addresses as they are reached in production."""

import functions_framework
import pytest
from flask import Flask

from functions.console.app import application
from infra.sandbox.functions import SOURCE

PATHS = sorted({rule.rule for rule in application().url_map.iter_rules()})


@pytest.mark.parametrize("path", PATHS)
def test_functions_framework_leaves_every_address_to_the_console(path: str) -> None:
    """The framework has its own addresses, such as /static, which never reach a function."""
    app: Flask = functions_framework.create_app("console", str(SOURCE))  # type: ignore[no-untyped-call]  # as it is
    routes = app.url_map.bind("localhost")

    assert routes.match(path.replace("<", "").replace(">", ""))[0] == "run"

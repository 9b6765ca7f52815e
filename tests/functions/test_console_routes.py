"""The console's addresses as they are reached in production."""

import functions_framework
import pytest
from flask import Flask

from functions.console.app import OPEN_ROUTES, ROUTES, application, view_of
from infra.sandbox.functions import SOURCE

PATHS = sorted({rule.rule for rule in application().url_map.iter_rules()})


@pytest.mark.parametrize("path", PATHS)
def test_functions_framework_leaves_every_address_to_the_console(path: str) -> None:
    """The framework has its own addresses, such as /static, which never reach a function."""
    app: Flask = functions_framework.create_app("console", str(SOURCE))  # type: ignore[no-untyped-call]  # as it is
    routes = app.url_map.bind("localhost")

    assert routes.match(path.replace("<", "").replace(">", ""))[0] == "run"


@pytest.mark.parametrize(
    "view", sorted({each.view for each in ROUTES} | {view for _, _, view in OPEN_ROUTES})
)
def test_every_address_has_its_page(view: str) -> None:
    """A page is imported when it is first opened; each that the table names is there."""
    assert callable(view_of(view))

"""The whole product in a browser, on one machine: ``python -m infra.sandbox``."""

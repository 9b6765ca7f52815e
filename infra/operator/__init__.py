"""Operator: the tasks that no console page offers: ``python -m infra.operator --help``."""

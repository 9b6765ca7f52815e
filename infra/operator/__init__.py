"""What an operator does that no console shows: ``python -m infra.operator --help``."""

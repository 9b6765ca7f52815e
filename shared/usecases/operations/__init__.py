"""Use cases of whoever looks after the service."""

"""Shared: what the functions have in common: domain, use cases, ports and adapters."""

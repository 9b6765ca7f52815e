"""Shared: domain, ports, use cases and adapters, which all functions use."""

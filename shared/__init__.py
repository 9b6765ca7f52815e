"""What the functions have in common: domain, use cases, ports and their adapters."""

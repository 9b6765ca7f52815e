"""SQLite: state and leases in one file."""

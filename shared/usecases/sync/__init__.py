"""Sync: the engine: one account is read, planned, guarded, written and remembered."""

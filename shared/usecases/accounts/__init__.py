"""Accounts: Google accounts are connected, disconnected and brought back; a wisp is deleted."""

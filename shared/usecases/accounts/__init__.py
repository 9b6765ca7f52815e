"""Accounts: connect, disconnect and restore a Google account; delete a wisp."""

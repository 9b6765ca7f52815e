"""Sync: desired and actual state of an account, the plan between them, and what guards it. Pure."""

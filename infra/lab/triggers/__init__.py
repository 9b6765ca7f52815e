"""Triggers: how soon what SIMPLer's triggers tell of is in Google, and what they cost."""

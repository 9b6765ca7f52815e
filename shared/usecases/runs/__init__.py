"""Runs: the night, the button, what a run would do and has done, and who is told."""

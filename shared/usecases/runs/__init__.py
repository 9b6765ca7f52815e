"""Runs: the night, the button, previews, the history of runs, and who is told."""

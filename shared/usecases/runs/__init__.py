"""Runs: the night, the button, a run, its status, previews, history, notices, and the watch."""

"""Callers: many at once, of each function that people wait for."""

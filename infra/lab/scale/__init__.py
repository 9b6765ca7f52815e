"""A night of ten thousand wisps in simulated time: what it takes, and what it costs (docs/scale.md)."""

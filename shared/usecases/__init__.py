"""Use cases: each gathers what it needs, decides in the domain, and applies the decision."""

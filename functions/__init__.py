"""HTTP in, one use case, HTTP out: one file for each function."""

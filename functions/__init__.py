"""HTTP in, one use case, HTTP out: a file a function."""

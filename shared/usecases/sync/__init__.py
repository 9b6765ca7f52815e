"""The engine: `run` reads an account, plans, asks the guard, writes, and remembers."""

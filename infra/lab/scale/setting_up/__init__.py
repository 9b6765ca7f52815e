"""Setting up: what it takes to set many WISPs up by the API."""

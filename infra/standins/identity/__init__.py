"""A stand-in for the part of Google that says who calls: it issues ID tokens to anyone on this machine."""

"""Stand-ins: real servers on loopback in the place of SIMPLer, Google and SendGrid."""

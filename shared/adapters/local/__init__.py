"""Local: the same ports on one machine, without any account."""

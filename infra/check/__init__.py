"""Check: checks what is deployed, without reaching Google."""

"""What people type, with the right values: reasoned from what was meant, not from what the code gives."""

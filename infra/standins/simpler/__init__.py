"""A stand-in for SIMPLer on one machine: its REST API over a file of customers, and made-up customers."""

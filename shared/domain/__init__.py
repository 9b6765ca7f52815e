"""The pure core: what a customer, a card, a plan and a lease are, with no I/O at all."""

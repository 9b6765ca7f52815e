"""Reading distance: how far one must read to follow a customer from SIMPLer to the write in Google.

Two parts: a customer's way through a run (`journey`), and what the text of the product says (`source`).
"""

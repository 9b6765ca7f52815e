"""Customers: what concerns one customer: a press of the button, a vCard, the data's quality."""

"""Secret Manager and Cloud Tasks on loopback: stand-ins that Google's own clients cannot tell apart.

They keep what Google documents and nothing more: no IAM, no regions, and everything is gone when they end.
"""

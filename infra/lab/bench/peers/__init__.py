"""Peers: other programs and other ways, at the same work."""

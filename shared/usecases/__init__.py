"""What the service does: each use case gathers, decides (in the domain) and applies."""

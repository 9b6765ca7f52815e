"""Pages: what people open, a file a page."""

"""Pages: what people open, one file for each page."""

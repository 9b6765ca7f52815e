"""Pages: one file for each page that people open."""

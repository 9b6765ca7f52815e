"""Mail: letters and notices, as plain text and as HTML."""

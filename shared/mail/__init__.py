"""Mail: letters and notices, as texts and pages."""

"""Where the service runs: on Google Cloud, and on one machine."""

"""What is deployed, checked where Google cannot be reached."""

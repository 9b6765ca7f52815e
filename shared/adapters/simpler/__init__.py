"""SIMPLer's REST API as a source of customers; what is said of SIMPLer's answers is in the profile."""

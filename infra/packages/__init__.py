"""The packages of others that are deployed: licences, known vulnerabilities, a bill of materials."""

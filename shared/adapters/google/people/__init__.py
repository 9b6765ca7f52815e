"""The People API behind the port `ContactBook`: its wire format, its errors, and what may be sent twice."""

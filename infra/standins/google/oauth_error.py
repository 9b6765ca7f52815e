"""A refusal of the token, revocation or user information endpoint (RFC 6749 section 5.2)."""

from typing import Any

Answer = tuple[int, dict[str, Any]]
"""HTTP status and JSON body."""


class OAuthError(Exception):
    """A refusal in OAuth's shape."""

    def __init__(self, http: int, error: str, description: str) -> None:
        super().__init__(description)
        self.answer: Answer = (http, {"error": error, "error_description": description})

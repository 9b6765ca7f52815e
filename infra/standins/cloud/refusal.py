"""Refusal: what a stand-in answers to a request that Google would refuse."""

from grpc import StatusCode


class Refusal(Exception):
    """A refused request.

    Attributes:
        code: Of google.rpc.Code.
        message: For the person who reads the error.
    """

    def __init__(self, code: StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

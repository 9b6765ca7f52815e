"""Secrets in memory."""


class MemorySecrets:
    """The port `SecretStore`, for tests of what reads secrets."""

    def __init__(self, **values: str) -> None:
        self._values = values

    def get(self, name: str) -> str:
        return self._values[name]

    def put(self, name: str, value: str) -> None:
        self._values[name] = value

    def destroy(self, name: str) -> None:
        self._values.pop(name, None)

"""Settings of the services that are simulated: a database and a vault in a folder."""

from pathlib import Path

from infra.lab.scale.queue import TARGET
from shared.config import Settings


def settings(folder: Path, google: str = "http://127.0.0.1:9") -> Settings:
    """Return the settings.

    Their queue is replaced before anybody asks it. It is not the one within the process, which has threads.

    Args:
        folder: For the database and the vault.
        google: Address of Google's stand-in, where it is asked.
    """
    return Settings(
        state_url=f"sqlite:///{folder}/state.db",
        secrets_url=f"vault:///{folder}/vault",
        tasks_url="cloudtasks://demo/europe-west1/runs",
        cloud_tasks_endpoint="http://127.0.0.1:9/",
        functions_url=TARGET.url,
        tasks_service_account=TARGET.service_account,
        people_api_endpoint=google,
        oauth_token_uri=f"{google}/token",
    )

"""gcloud's runner: gives commands to the Google Cloud CLI, whose settings say whom it asks.

Runs on the CLI's Python with the CLI's packages, all commands in one process, because starting it takes a
second. Standard input has an address and the commands as JSON, each a list of words. Before each command the
address is told its number. What a command makes of the answers does not matter.
"""

import contextlib
import io
import json
import sys
import urllib.request

from googlecloudsdk import gcloud_main


def main() -> None:
    """Give the commands one after the other."""
    address, commands = json.load(sys.stdin)
    cli = gcloud_main.CreateCLI([])
    for number, words in enumerate(commands):
        urllib.request.urlopen(f"{address}command/{number}", data=b"").close()  # noqa: S310 - on loopback
        said = io.StringIO()
        with (
            contextlib.suppress(Exception, SystemExit),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            cli.Execute(words)


if __name__ == "__main__":
    main()

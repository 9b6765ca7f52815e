"""Run the stand-in: ``python -m infra.standins.identity --port 8083``."""

import argparse
import threading

from infra.standins.identity.standin import IdentityStandIn


def main() -> None:
    """Issue ID tokens until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m infra.standins.identity", description=__doc__)
    parser.add_argument("--port", type=int, default=8083, help="0 for a free one (default: %(default)s)")
    with IdentityStandIn(port=parser.parse_args().port) as google:
        print(f"GOOGLE_CERTS_URL={google.certs_url}")
        asked = """'{"email": "simpler@localhost", "audience": "AUDIENCE"}'"""
        print(f"A token: curl --json {asked} {google.address}/token-for", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("The issuer has ended.")


if __name__ == "__main__":
    main()

"""Strangers: call `customer_changed` with wrong keys, in a process of their own, and print what came of it.

``python -m infra.lab.triggers.strangers ENDPOINT CALLS SECONDS``
"""

import argparse
import json
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import requests

from infra.lab.first_calls.stage import WISP

_TIMEOUT = 300
_AT_ONCE = 8


def call(endpoint: str, calls: int, seconds: float) -> tuple[Counter[int], float]:
    """Make so many calls, evenly over these seconds; return the statuses of the answers and the seconds."""
    statuses: list[int] = []
    started = time.monotonic()
    numbers = iter(range(calls))
    lock = threading.Lock()

    def caller() -> None:
        with requests.Session() as session:
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                time.sleep(max(0.0, started + number * seconds / calls - time.monotonic()))
                wrong = {"wisp": WISP, "customer": str(number), "key": f"wrong-{number}"}
                statuses.append(session.post(endpoint, data=wrong, timeout=_TIMEOUT).status_code)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        callers = [pool.submit(caller) for _ in range(_AT_ONCE)]
    for each in callers:
        each.result()
    return Counter(statuses), time.monotonic() - started


def main() -> None:
    """Call, and print the statuses and the seconds as JSON."""
    parser = argparse.ArgumentParser(prog="python -m infra.lab.triggers.strangers", description=__doc__)
    parser.add_argument("endpoint", metavar="ENDPOINT")
    parser.add_argument("calls", type=int, metavar="CALLS")
    parser.add_argument("seconds", type=float, metavar="SECONDS")
    asked = parser.parse_args()
    print(json.dumps(call(asked.endpoint, asked.calls, asked.seconds)))


if __name__ == "__main__":
    main()

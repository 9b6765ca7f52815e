"""Decoding: the least that reading a run's input costs: ``json.loads`` of each text, and nothing else.

``python -m infra.lab.bench.decoding FILE …`` reads files with a JSON text a line and prints seconds.
"""

import json
import sqlite3
import statistics
import sys
import time
from contextlib import closing
from pathlib import Path

ROUNDS = 5


def save_ledger(database: Path, file: Path) -> None:
    """Write the texts of a state's ledgers to a file: each document, and the JSON that is text within it."""
    query = "SELECT document FROM documents WHERE collection LIKE 'ledgers%'"
    with closing(sqlite3.connect(database)) as connection:
        documents = [text for (text,) in connection.execute(query)]
    within = [json.loads(text).get("entries") for text in documents]
    file.write_text("\n".join([*documents, *filter(None, within)]), encoding="utf-8")


def decode(texts: list[bytes]) -> float:
    """Decode all of them; seconds of processor time."""
    began = time.process_time()
    for text in texts:
        json.loads(text)
    return time.process_time() - began


def main() -> None:
    """Decode several times, and tell the median."""
    files = [Path(name).read_bytes() for name in sys.argv[1:]]
    texts = [text for file in files for text in file.split(b"\n") if text]
    print(statistics.median(decode(texts) for _ in range(ROUNDS)))


if __name__ == "__main__":
    main()

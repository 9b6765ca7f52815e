"""Timed: runs a program and notes what it took: ``python -m infra.lab.bench.peers.timed FILE COMMAND …``.

It is small, because Linux counts the memory of whoever starts a program as that program's.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def main() -> None:
    """Write seconds, seconds of processor time and bytes of memory to the file; end as the program did.

    The programs that it starts in turn are counted too; of their memory, that of the largest.
    """
    file, *command = sys.argv[1:]
    began = time.monotonic()
    with subprocess.Popen(command) as child:
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - began
    taken = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss * 1024}
    Path(file).write_text(json.dumps(taken), encoding="utf-8")
    sys.exit(child.returncode)


if __name__ == "__main__":
    main()

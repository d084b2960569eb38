"""`python -I launch.py REPORT COMMAND...`: runs a command and writes {begin, end, peak_kib} into REPORT.

Stands between the benchmark and a program because a process inherits the highest resident set of
the one that it was forked from: this one is small. Exits as the command does.
"""

import json
import os
import sys
import time


def main(report: str, *command: str) -> int:
    begin = time.monotonic()
    child = os.posix_spawnp(command[0], list(command), os.environ)
    _, status, usage = os.wait4(child, 0)
    said = {"begin": begin, "end": time.monotonic(), "peak_kib": usage.ru_maxrss}
    with open(report, "w", encoding="utf-8") as out:  # noqa: PTH123 - pathlib would make this process larger
        json.dump(said, out)
    return os.waitstatus_to_exitcode(status) & 0xFF


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

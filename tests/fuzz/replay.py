"""Repeats cases: ``python -m tests.fuzz.replay target seed [case]``.

One case is shown and tried in this process, so that a debugger can be put into it; without a
number the first 1000 are tried in a worker.
"""

import sys

from tests.fuzz.runner import Worker
from tests.fuzz.targets import TARGETS
from tests.fuzz.worker import Limits, case_of


def main(name: str, seed: str, number: str = "") -> int:
    """Return 0 when the input was read or refused."""
    target = TARGETS[name]
    if not number:
        with Worker() as worker:
            report = worker.run(name, int(seed), range(1000))
        print(report)
        print(*report.failures, sep="\n\n")
        return len(report.failures)
    prepared = target.prepare()
    case = case_of(target, prepared, int(seed), int(number))
    print(repr(case)[:4000])
    limits = Limits()
    limits.set(target.headroom)
    with limits.seconds(target.cpu_seconds):
        try:
            target.check(case)
        except target.refusals as error:
            print("refused:", error)
        else:
            print("read")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""Run make targets one after another, and close with a summary.

usage: run_steps.py MAKE [NAME=value...] NEEDED... -- CHECK...

A needed step that fails ends the run; checks all run, so that one look at the
end tells everything that is wrong. Ends with 1 when anything failed.
"""

import subprocess
import sys
import time


def main(make: str, *words: str) -> int:
    settings = [word for word in words if "=" in word]
    steps = [word for word in words if "=" not in word]
    needed = steps[: steps.index("--")]
    lines = []
    failed = 0
    for step in [word for word in steps if word != "--"]:
        print(f"\n=== {step}", flush=True)
        start = time.monotonic()
        ended_with = subprocess.run([make, step, *settings], check=False).returncode
        failed += ended_with != 0
        verdict = "FAILED" if ended_with else "ok"
        lines.append(f"{step:16} {verdict:6} {time.monotonic() - start:6.1f} s")
        if ended_with and step in needed:
            lines.append("the steps after it need it and were not run")
            break
    print("\n=== summary")
    print("\n".join(lines), flush=True)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

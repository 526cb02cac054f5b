"""Hands cases to a worker, and to a new one behind each case that ended the last."""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
WALL_SECONDS = 60.0
"""Without a word from the worker. Its own limit counts CPU time, which a busy machine stretches."""
MOST_FAILURES = 20
"""Of one target in one run: more tell nothing new."""


@dataclass(slots=True)
class Report:
    """What became of a run of cases."""

    read: int = 0
    refused: int = 0
    slowest_s: float = 0.0
    slowest: int = 0
    failures: list[str] = field(default_factory=list)
    """Each with the command that repeats it."""


class Worker:
    """A process that tries cases; started when it is needed."""

    def __init__(self, source: Path | None = None) -> None:
        given = os.environ.get("PYTHONPATH")
        path = [*([source] if source else []), ROOT, *([given] if given else [])]
        self._path = os.pathsep.join(map(str, path))
        self._process: subprocess.Popen[bytes] | None = None
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        self._buffer = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        self._errors.close()

    def run(self, target: str, seed: int, cases: range, *, most_failures: int = MOST_FAILURES):
        """Try `cases` and return a `Report`."""
        report = Report()
        first = cases.start
        while first < cases.stop and len(report.failures) < most_failures:
            first = self._some(report, target, seed, range(first, cases.stop), most_failures)
        return report

    def _some(
        self, report: Report, target: str, seed: int, cases: range, most_failures: int
    ) -> int:
        """Try cases until the end, or until one ends the worker; return the next one."""
        process = self._start()
        room = most_failures - len(report.failures)
        process.stdin.write(f"{target} {seed} {cases.start} {cases.stop} {room}\n".encode())
        process.stdin.flush()
        at = cases.start
        while (line := self._line()) is not None:
            if line.isdigit():
                at = int(line)
                continue
            answer = json.loads(line)
            if "case" in answer:
                report.failures.append(_described(target, seed, answer["case"], answer["what"]))
                continue
            report.read += answer["read"]
            report.refused += answer["refused"]
            report.slowest_s, report.slowest = answer["slowest_s"], answer["slowest"]
            return cases.stop
        why = self._last_words()
        report.failures.append(_described(target, seed, at, why))
        return at + 1

    def _start(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            # One arena: a thread's own would reserve address space by the 64 MiB.
            own = {
                "PYTHONPATH": self._path,
                "MALLOC_ARENA_MAX": "1",
                "PYTHONDONTWRITEBYTECODE": "1",
            }
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.fuzz.worker"],
                cwd=ROOT,
                env=os.environ | own,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                bufsize=0,
            )
            self._buffer = b""
        return self._process

    def _line(self) -> bytes | None:
        """Return the next line, or None when the worker has ended or keeps silent."""
        stream = self._process.stdout
        while b"\n" not in self._buffer:
            ready, _, _ = select.select([stream], [], [], WALL_SECONDS)
            more = os.read(stream.fileno(), 2**16) if ready else b""
            if not more:
                return None
            self._buffer += more
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _last_words(self) -> str:
        process = self._process
        try:
            code = process.wait(1)
        except subprocess.TimeoutExpired:
            code = None
        self._end()
        self._errors.seek(0)
        words = self._errors.read().decode(errors="replace")[-3000:]
        self._errors.seek(0)
        self._errors.truncate()
        if code is None or code == -signal.SIGPROF:
            return f"hang\n{words}"
        ended = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return f"crash: {ended}\n{words}"

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process.stdin.close()
            self._process.stdout.close()
            self._process = None


def _described(target: str, seed: int, case: int, what: str) -> str:
    return f"python -m tests.fuzz.replay {target} {seed} {case}\n{what}"

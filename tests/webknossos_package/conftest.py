"""WEBKNOSSOS's own package, as a program in an environment of its own: nothing is imported."""

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-webknossos/bin/python"


@pytest.fixture(scope="session")
def package():
    """``package("told.py", *words)`` runs a program of this folder; returns the JSON it prints."""
    if not (ROOT / ".venv-webknossos/.set-up").exists():
        subprocess.run(["make", "webknossos-env"], cwd=ROOT, check=True)

    def run(program, *words):
        done = subprocess.run(
            [PYTHON, "-W", "ignore", Path(__file__).with_name(program), *words],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])  # progress goes before it

    return run

"""Forged inputs: read, or refused with an error of ours; no crash, no hang, no excess.

A failure names the command that repeats it. NB_REMOTE_FUZZ_SEED chooses other inputs than usual.
"""

import os
from pathlib import Path

import pytest

import nb_remote.codecs
from tests.fuzz.runner import Worker
from tests.fuzz.target import cases_of
from tests.fuzz.targets import TARGETS

TOTAL = 100_000
GATE = TOTAL // 100
SEED = int(os.environ.get("NB_REMOTE_FUZZ_SEED", "1"))


@pytest.fixture(scope="module")
def worker():
    with Worker() as one:
        yield one


@pytest.mark.parametrize("name", TARGETS)
def test_some_forged_inputs_are_read_or_refused(worker, name):
    report = worker.run(name, 0, cases_of(TARGETS[name], TARGETS.values(), GATE))
    assert not report.failures, "\n\n".join(report.failures)
    assert report.read + report.refused


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", TARGETS)
def test_many_forged_inputs_are_read_or_refused(worker, name):
    report = worker.run(name, SEED, cases_of(TARGETS[name], TARGETS.values(), TOTAL))
    print(report)
    assert not report.failures, "\n\n".join(report.failures)
    assert report.read >= 5, "nearly nothing is read: the inputs are too broken to tell anything"


def test_every_codec_is_fuzzed():
    folder = Path(nb_remote.codecs.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    covered = {module for target in TARGETS.values() for module in target.covers}
    assert not modules - covered, "give it a target in tests/fuzz/targets, or name it in `covers`"
    assert not covered - modules


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("hang", "hang"),
        ("crash", "crash: SIG"),
        ("exit", "crash: exit code 3"),
        ("wrong-type", "KeyError"),
        ("memory", "MemoryError"),
        ("wrong-result", "one byte too many"),
    ],
)
def test_each_kind_of_fault_is_noticed_and_the_others_are_tried(worker, fault, said):
    report = worker.run(fault, 7, range(10))
    (failure,) = report.failures
    assert failure.startswith(f"python -m tests.fuzz.replay {fault} 7 3\n")
    assert said in failure
    # A worker that ended takes its count along; the next one tries what comes behind.
    assert report.read == (6 if "crash" in said or said == "hang" else 9)


def test_what_is_refused_is_no_fault(worker):
    report = worker.run("refused", 7, range(10))
    assert (report.read, report.refused, report.failures) == (9, 1, [])

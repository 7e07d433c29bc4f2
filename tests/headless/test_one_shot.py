import gc
import os
import subprocess
import sys

import pytest

from console.headless.one_shot import one_shot


def test_the_collector_rests_until_the_answer_is_given() -> None:
    with one_shot():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_made_meanwhile_is_not_walked_when_the_collector_is_back() -> None:
    walks: list[str] = []

    def note(phase: str, _: object) -> None:
        walks.append(phase)

    with one_shot():
        made = [[number] for number in range(10_000)]
        gc.callbacks.append(note)
    try:
        made.append([0])
    finally:
        gc.callbacks.remove(note)
    assert not walks


def fail() -> None:
    with one_shot():
        raise ValueError("no answer")


def test_the_collector_is_back_after_a_failure() -> None:
    with pytest.raises(ValueError, match="no answer"):
        fail()
    assert gc.isenabled()


def test_a_collector_that_somebody_else_turned_off_stays_off() -> None:
    gc.disable()
    try:
        with one_shot():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_is_left_at_the_end_is_not_walked_again() -> None:
    script = """
import atexit, gc
from console.headless.one_shot import one_shot
atexit.register(lambda: print(gc.get_freeze_count() > 1000))  # the last that is registered runs first
with one_shot():
    pass
"""
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert finished.stdout == "True\n"


def test_numpy_starts_no_threads_of_its_own() -> None:
    script = """
import os
from console.headless.one_shot import one_shot
with one_shot():
    import numpy
    print(len(os.listdir("/proc/self/task")))
"""
    without_advice = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    command = [sys.executable, "-c", script]
    finished = subprocess.run(command, capture_output=True, text=True, check=True, env=without_advice)
    assert finished.stdout == "1\n"

"""What the exit code of a command means; scripts rely on these numbers."""

from enum import IntEnum

from console.domain.action import Outcome
from console.domain.anomaly import Status


class ExitCode(IntEnum):
    """Exit codes of every command; 1 to 3 are a status: of the fleet from `summary` and `watch`, of data from `drift`.

    Of `playbook run`, `action run` and `action undo` they say what became of what was sent; 4 and 5 say why it stopped.

    `journal verify` tells a broken chain by 1.

    Those from 64 to 78 have the meaning of their namesakes in sysexits.h.
    """

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3
    PERSON_NEEDED = 4
    REFUSED = 5
    WRONG_USAGE = 64
    SOURCE_UNREACHABLE = 69
    CRASHED = 70
    OUTPUT_FAILED = 74
    BAD_CONFIGURATION = 78
    INTERRUPTED = 130


MEANINGS = {
    ExitCode.OK: "done; the fleet is ok",
    ExitCode.WARNING: "a model has a warning; drift: a column drifts; playbook test: a case failed; playbook "
    "run, action run, action undo: not verified",
    ExitCode.CRITICAL: "a model is critical; drift: a column is broken; playbook run, action run: worse than before",
    ExitCode.UNKNOWN: "something is unknown: a source is down, a model lost its data, no models; drift: too few rows",
    ExitCode.PERSON_NEEDED: "playbook run, action run or undo: a person must decide, or confirm the plan",
    ExitCode.REFUSED: "playbook run, action run or undo: the plan cannot be sent, or is another than was confirmed",
    ExitCode.WRONG_USAGE: "wrong usage",
    ExitCode.SOURCE_UNREACHABLE: "a source is needed and unreachable",
    ExitCode.CRASHED: "crashed; stderr tells where",
    ExitCode.OUTPUT_FAILED: "stdout cannot be written: a full disk, or it is closed",
    ExitCode.BAD_CONFIGURATION: "bad configuration or playbook",
    ExitCode.INTERRUPTED: "interrupted",
}
"""What each code says, in one line."""

_OF_STATUS = {
    Status.OK: ExitCode.OK,
    Status.WARNING: ExitCode.WARNING,
    Status.CRITICAL: ExitCode.CRITICAL,
    Status.UNKNOWN: ExitCode.UNKNOWN,
}


def exit_code_of(status: Status) -> ExitCode:
    """Return the exit code with which `summary` and `watch` tell a status."""
    return _OF_STATUS[status]


def code_of(outcome: Outcome) -> ExitCode:
    """Return the exit code with which a command tells what became of what it sent."""
    match outcome:
        case Outcome.VERIFIED:
            return ExitCode.OK
        case Outcome.WORSE:
            return ExitCode.CRITICAL
        case Outcome.APPLIED | Outcome.NOT_VERIFIED | Outcome.NOT_APPLIED:
            return ExitCode.WARNING
        case Outcome.UNKNOWN:
            return ExitCode.UNKNOWN

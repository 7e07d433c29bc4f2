"""What a run, as it is read now, tells of a request that was sent, and of how far the training is."""

from collections.abc import Sequence

from console.actions.kubeflow.runs import ACTIVE, CANCELED, SUCCEEDED, Run
from console.actions.provider import RolloutProgress
from console.actions.servers.sending import LAST_ARRIVAL_SECONDS
from console.domain.action import Outcome
from console.domain.label import harmless

Told = tuple[Outcome, str]


def started_by_reading(runs: Sequence[Run], seconds_since: float) -> Told:
    """Return whether a run was started, by those that bear its mark.

    That none does means not started only once the request cannot arrive any more, even after an error of the server: it
    makes a workflow first, and tells of the run when it sees that workflow.
    """
    if runs:
        several = f"; {len(runs)} runs bear its mark: something on the way sent it again" if len(runs) > 1 else ""
        return (
            Outcome.APPLIED,
            f"run {harmless(runs[0].run_id)} is there, {runs[0].shown_state}: it was started{several}",
        )
    if seconds_since < LAST_ARRIVAL_SECONDS:
        return Outcome.UNKNOWN, "no run bears its mark: the request may arrive yet"
    return Outcome.NOT_APPLIED, "no run bears its mark: it was not started"


def terminated_by_reading(run: Run, seconds_since: float, *, answered: bool) -> Told:
    """Return whether a run was terminated; `answered` is whether the server said that it would be."""
    told = f"the run is {run.shown_state}"
    if run.was_canceled:
        return Outcome.APPLIED, f"{told}: it was terminated"
    if run.state == SUCCEEDED:
        return Outcome.NOT_APPLIED, f"{told}: it ended before it could be terminated"
    if run.has_ended:
        if answered:  # the engine below tells a run that was ended as one that failed
            return Outcome.APPLIED, f"{told}: it was terminated"
        return Outcome.UNKNOWN, f"{told}: whether this request ended it is unknown"
    if seconds_since < LAST_ARRIVAL_SECONDS:
        return Outcome.UNKNOWN, f"{told} still: the request may arrive yet"
    return Outcome.NOT_APPLIED, f"{told} still: it was not terminated"


def training_progress(run: Run, ui: str) -> RolloutProgress:
    """Return how far a run is, with the address of its page."""
    told = f"the run is {run.shown_state}"
    error = f": {run.told_error}" if run.told_error else ""
    page = run.page(ui)
    if run.state == SUCCEEDED:
        return RolloutProgress(True, None, f"{told} {page}")
    if run.has_ended:
        why = "the run was canceled" if run.state == CANCELED or run.was_canceled else f"{told}{error}"
        return RolloutProgress(False, why, f"{told} {page}{error}")
    if run.state is None or run.state in ACTIVE or run.state == "RUNTIME_STATE_UNSPECIFIED":
        return RolloutProgress(False, None, f"{told} {page}{error}")
    return RolloutProgress(None, None, f"{told} {page}, a state that is not known here{error}")


def termination_progress(run: Run, ui: str) -> RolloutProgress:
    """Return how far the end of a run is, with the address of its page."""
    told = f"the run is {run.shown_state} {run.page(ui)}"
    return RolloutProgress(run.has_ended, None, told)

"""Runs of pipelines as the API tells of them, and the mark by which those of this console are found again.

https://github.com/kubeflow/pipelines/blob/master/backend/api/v2beta1/run.proto
"""

import hashlib
from urllib.parse import quote

import msgspec

from console.domain.action import Plan
from console.domain.label import harmless

ENDED = ("SUCCEEDED", "FAILED", "CANCELED", "SKIPPED")
"""States that a run never leaves by itself."""
ACTIVE = ("PENDING", "RUNNING", "CANCELING", "PAUSED")
CANCELING, CANCELED, SUCCEEDED, FAILED = "CANCELING", "CANCELED", "SUCCEEDED", "FAILED"
_LONGEST_ERROR = 160


class _Status(msgspec.Struct, frozen=True):
    message: str | None = None


class _Past(msgspec.Struct, frozen=True):
    state: str | None = None
    error: _Status | None = None


class _PipelineVersion(msgspec.Struct, frozen=True):
    pipeline_id: str | None = None
    pipeline_version_id: str | None = None


class Run(msgspec.Struct, frozen=True):
    """One run; what a server leaves out, or tells as null, is None."""

    run_id: str
    display_name: str | None = None
    state: str | None = None
    finished_at: str | None = None
    error: _Status | None = None
    state_history: tuple[_Past, ...] | None = None
    pipeline_version_reference: _PipelineVersion | None = None

    @property
    def has_ended(self) -> bool:
        """Return whether it is over."""
        return self.state in ENDED

    @property
    def was_canceled(self) -> bool:
        """Return whether somebody ended it: the engine below tells a run that was ended as one that failed."""
        return self.state in (CANCELING, CANCELED) or (
            self.state == FAILED and any(past.state == CANCELING for past in self.state_history or ())
        )

    @property
    def shown_state(self) -> str:
        """Return its state as the server names it, harmless."""
        return harmless(self.state or "not started", longest=40)

    @property
    def told_error(self) -> str | None:
        """Return what the server says went wrong, harmless; None where it says nothing."""
        told = [self.error, *(past.error for past in reversed(self.state_history or ()))]
        words = next((each.message for each in told if each is not None and each.message), None)
        return harmless(" ".join(words.split()), longest=_LONGEST_ERROR) if words else None

    def page(self, ui: str) -> str:
        """Return the address of its page below that of Kubeflow's pages."""
        return f"{ui.rstrip('/')}/#/runs/details/{quote(self.run_id, safe='')}"


def mark_of_model(model_id: str) -> str:
    """Return what the names of all runs begin with that this console starts for a model, behind the words for people.

    A hash instead of the id, so that no character of it means anything to the server's search.
    """
    return f"[incident-console {hashlib.sha256(model_id.encode()).hexdigest()[:12]}."


def mark(plan: Plan) -> str:
    """Return what is in the name of the run that a plan starts, and of no other."""
    return f"{mark_of_model(plan.model_id)}{plan.hash}-{round(plan.made_at * 1000)}]"

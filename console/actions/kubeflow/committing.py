"""How runs are started and terminated: looked at again, sent once, and settled by reading."""

import asyncio
from typing import Any

from console.actions.kubeflow.outcome import (
    Told,
    started_by_reading,
    terminated_by_reading,
    termination_progress,
    training_progress,
)
from console.actions.kubeflow.runs import Run, mark, mark_of_model
from console.actions.kubeflow.server import KubeflowServer, Servers
from console.actions.provider import ActionRefused, RolloutProgress
from console.actions.servers.sending import Sent
from console.actions.servers.servers import Committing
from console.domain.action import Commitment, Outcome, Plan
from console.domain.label import harmless

TERMINATE = ":terminate"


class RunCommitting(Committing[Servers]):
    """Sends the plans that start a run and those that terminate it."""

    async def commit(self, plan: Plan) -> Commitment:
        """Look again at what the plan expects, send its request once, and tell what came of it."""
        sent_at = self._clock()
        try:
            server = self._servers.at(plan.target.context)
            changed = await _why_not_any_more(plan, server)
            if changed is not None:
                return self._commitment(Outcome.NOT_APPLIED, f"nothing was sent: {changed}")
            sent = await server.send(plan.request.path, as_sent(plan))
        except ActionRefused as refusal:
            return self._commitment(Outcome.NOT_APPLIED, f"nothing was sent: {refusal}")
        if sent.outcome is Outcome.NOT_APPLIED:
            return await self._refused(plan, sent_at, sent)
        is_answered = sent.outcome is Outcome.APPLIED
        if not is_answered:
            await asyncio.sleep(self._settle_seconds)
        outcome, detail = await self._read_outcome(plan, sent_at, answered=is_answered)
        if outcome is not Outcome.APPLIED and is_answered and _tells_of_the_run(sent, plan):
            return self._commitment(Outcome.APPLIED, f"{sent.told}; it is not seen yet: {detail}")
        return self._commitment(outcome, detail if is_answered else f"{detail} ({sent.told})")

    async def settle(self, plan: Plan, sent_at: float) -> Commitment:
        """Tell from the runs as they are now whether the request of a plan was applied; sends nothing."""
        return self._commitment(*await self._read_outcome(plan, sent_at, answered=False))

    async def observe(self, plan: Plan) -> RolloutProgress:
        """Tell how far the training is, or the end of the run, with the address of its page."""
        try:
            server = self._servers.at(plan.target.context)
            if terminates(plan):
                return termination_progress(await server.run(run_id_of(plan)), server.ui)
            run = await run_of(plan, server)
        except ActionRefused as refusal:
            return RolloutProgress(None, None, str(refusal))
        return (
            RolloutProgress(None, None, "no run bears its mark") if run is None else training_progress(run, server.ui)
        )

    async def _refused(self, plan: Plan, sent_at: float, sent: Sent) -> Commitment:
        """Tell of a refusal: it counts, unless what was asked for is there, for something may have sent it twice."""
        if sent.may_be_of_a_second:
            outcome, detail = await self._read_outcome(plan, sent_at, answered=False)
            if outcome is Outcome.APPLIED:
                return self._commitment(outcome, f"{detail} ({sent.told})")
        return self._commitment(Outcome.NOT_APPLIED, f"nothing was changed: {sent.told}")

    async def _read_outcome(self, plan: Plan, sent_at: float, *, answered: bool) -> Told:
        try:
            server = self._servers.at(plan.target.context)
            if terminates(plan):
                run = await server.run(run_id_of(plan))
                return terminated_by_reading(run, self._clock() - sent_at, answered=answered)
            return started_by_reading(await server.marked(mark(plan)), self._clock() - sent_at)
        except ActionRefused as refusal:
            return Outcome.UNKNOWN, f"whether it was applied cannot be read: {refusal}"


def terminates(plan: Plan) -> bool:
    """Return whether a plan terminates a run rather than starting one."""
    return plan.request.path.endswith(TERMINATE)


def run_id_of(plan: Plan) -> str:
    """Return the id of the run that a plan terminates."""
    run_id: str = plan.request.body["run_id"]
    return run_id


def as_sent(plan: Plan) -> Any:
    """Return the document that is sent: the run of a plan with its mark in its name; nothing to terminate one."""
    if terminates(plan):
        return None
    return {**plan.request.body, "display_name": f"{plan.request.body['display_name']} {mark(plan)}"}


async def run_of(plan: Plan, server: KubeflowServer) -> Run | None:
    """Return the run that a plan started, one that has not ended first; None where none bears its mark.

    Raises:
        ActionRefused: the runs cannot be read.
    """
    runs = await server.marked(mark(plan))
    return next((run for run in runs if not run.has_ended), runs[0] if runs else None)


async def running_for(model_id: str, server: KubeflowServer) -> Run | None:
    """Return a run that this console, or another, started for a model and that has not ended.

    Raises:
        ActionRefused: the runs cannot be read.
    """
    return next((run for run in await server.marked(mark_of_model(model_id)) if not run.has_ended), None)


async def _why_not_any_more(plan: Plan, server: KubeflowServer) -> str | None:
    """Return why what a plan expects does not hold any more, None where it does."""
    if terminates(plan):
        run = await server.run(run_id_of(plan))
        return f"the run is {run.shown_state} already" if run.has_ended or run.was_canceled else None
    if run_already := await run_of(plan, server):
        return f"run {harmless(run_already.run_id)} was started by this very plan"
    running = await running_for(plan.model_id, server)
    return None if running is None else f"a retraining of the model runs since: run {harmless(running.run_id)}"


def _tells_of_the_run(sent: Sent, plan: Plan) -> bool:
    """Tell whether a successful answer is that of the API, with the run that was asked for."""
    document = sent.document if isinstance(sent.document, dict) else {}
    name = document.get("display_name")
    return not terminates(plan) and isinstance(name, str) and mark(plan) in name and bool(document.get("run_id"))

"""`kubeflow.retrain`: train a model anew by a run of the pipeline that the configuration names for it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from console.actions.declared.slots import facts_of
from console.actions.kubeflow.arguments import choices_of, declared_arguments, values_of
from console.actions.kubeflow.committing import TERMINATE, RunCommitting, run_of, running_for
from console.actions.kubeflow.parameters import (
    NOTHING,
    Input,
    inputs_of,
    shown,
    shown_default,
    unchecked,
    why_not_taken,
)
from console.actions.kubeflow.runs import FAILED, SUCCEEDED, Run
from console.actions.kubeflow.server import RUNS, KubeflowServer, PipelineVersion, Servers
from console.actions.provider import ActionRefused, Occasion, Prospect
from console.actions.servers.servers import SETTLE_SECONDS
from console.actions.specification import ActionSpecification
from console.domain.action import FieldChange, Plan, Request, RiskTier, Undo
from console.domain.label import harmless
from console.domain.model import Target
from console.domain.quantity import how_many
from console.settings.kubeflow import RetrainingPipeline
from console.settings.settings import KubeflowSettings
from console.settings.slots import filled

JSON = "application/json"
LONGEST_TRAINING = 6 * 3600.0
"""How long (seconds) the end of a training is waited for: most that people wait for end within a night's shift."""
RETRAIN = ActionSpecification(
    name="kubeflow.retrain",
    title="Train the model anew",
    undo="the run is terminated while it runs; what it has written stays",
    tier=RiskTier.WIDE,
    proof="system",
    patience=LONGEST_TRAINING,
    has_configured_arguments=True,
)
_LONGEST_NAME = 80


class Retrain(RunCommitting):
    """Starts a run of the pipeline of a model; its undo terminates that run."""

    def __init__(self, servers: Servers, clock: Callable[[], float], settle_seconds: float = SETTLE_SECONDS) -> None:
        super().__init__(servers, clock, settle_seconds)
        self.specification = with_arguments(RETRAIN, [server.settings for server in servers.all])

    async def prospect(self, occasion: Occasion) -> Prospect:
        """Return what the slots of the model's pipeline take, or that a retraining runs.

        Raises:
            ActionRefused: no pipeline is for the model, or the runs cannot be read.
        """
        server, pipeline = self._meant(occasion)
        running = await running_for(occasion.model_id, server)
        return Prospect(None if running is None else _already(occasion, running), choices=choices_of(pipeline))

    async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
        """Return the plan of a run, its parameters checked against what the pipeline's version asks for.

        Raises:
            ActionRefused: no pipeline is for the model, a slot does not take its value, or something cannot be read.
        """
        made_at = self._clock()
        server, pipeline = self._meant(occasion)
        values = values_of(RETRAIN.name, pipeline, arguments)
        parameters = filled(pipeline.parameters, {**facts_of(occasion), **values})
        version, experiment_id = await _read_version(server, pipeline)
        running = await running_for(occasion.model_id, server)
        others, are_all = await server.active()
        inputs = inputs_of(version.pipeline_spec)
        refusals = [] if inputs is None else list(why_not_taken(inputs, parameters))
        if running is not None:
            refusals.append(_already(occasion, running))
        shown_id, called = occasion.view.model.shown_id, _name_of(version, pipeline)
        return Plan(
            action=RETRAIN.name,
            title=f"Train {shown_id} anew by {called}",
            confirm=f"train {shown_id} anew",
            model_id=occasion.model_id,
            target=self._target(server, occasion.model_id),
            request=_request(occasion, pipeline, version, experiment_id, parameters),
            changes=tuple(_changes(called, _experiment(server, pipeline), inputs or {}, parameters)),
            tier=RiskTier.HARD_TO_UNDO if server.settings.critical else RETRAIN.tier,
            made_at=made_at,
            dry_run="Kubeflow Pipelines has none; the version of the pipeline and the runs are read from it",
            undo=Undo(
                title=f"Terminate the run of {called}",
                changes=(FieldChange("run", "running", "terminated"),),
                request=Request("POST", f"{RUNS}/{{run_id}}{TERMINATE}", "", None),
            ),
            watch=(f"the run ends with {SUCCEEDED}",),
            notes=tuple(_notes(inputs, parameters, version, others, are_all=are_all)),
            refusals=tuple(refusals),
        )

    async def plan_undo(self, plan: Plan, *, may_dry_run: bool) -> Plan:
        """Return the plan to terminate the run that a plan started; refused once it has ended.

        Raises:
            ActionRefused: no such run is there, or it cannot be read.
        """
        made_at = self._clock()
        server = self._servers.at(plan.target.context)
        run = await run_of(plan, server)
        if run is None:
            raise ActionRefused(f"{plan.title}: no run bears its mark, there is nothing to take back")
        return Plan(
            action=plan.action,
            title=f"Terminate run {harmless(run.run_id)}",
            confirm="terminate the run",
            model_id=plan.model_id,
            target=plan.target,
            request=Request("POST", f"{RUNS}/{quote(run.run_id, safe='')}{TERMINATE}", "", {"run_id": run.run_id}),
            changes=(FieldChange("run", run.shown_state, "terminated"),),
            tier=RiskTier.HARD_TO_UNDO if server.settings.critical else RETRAIN.tier,
            made_at=made_at,
            dry_run="Kubeflow Pipelines has none; the run is read from it",
            watch=("the run ends",),
            notes=("a run that was terminated cannot be continued, and what it has written stays",),
            refusals=() if (why := _why_not_terminated(run)) is None else (why,),
            undoes=plan.hash,
        )

    def _meant(self, occasion: Occasion) -> tuple[KubeflowServer, RetrainingPipeline]:
        """Return the pipeline of a model, and where it runs: the first that matches, in the order of the settings."""
        model = occasion.view.model
        for server in self._servers.all:
            for pipeline in server.settings.pipelines:
                if pipeline.trains(model):
                    return server, pipeline
        matches = [harmless(each.match) for server in self._servers.all for each in server.settings.pipelines]
        raise ActionRefused(
            f"no pipeline of kubeflow.pipelines is for {model.shown_id}; they are for {', '.join(matches) or 'none'}"
        )

    def _target(self, server: KubeflowServer, model_id: str) -> Target:
        return Target(
            server.place, server.settings.namespace or "", "Run", model_id, f"retrain/{server.place}/{model_id}"
        )


def with_arguments(specification: ActionSpecification, servers: Sequence[KubeflowSettings]) -> ActionSpecification:
    """Return a specification with the slots of all pipelines as arguments."""
    return msgspec.structs.replace(specification, arguments=declared_arguments(servers), has_configured_arguments=False)


async def _read_version(server: KubeflowServer, pipeline: RetrainingPipeline) -> tuple[PipelineVersion, str | None]:
    """Return the version of the pipeline that would run, and the id of the experiment that the run would be in."""
    pipeline_id = await server.pipeline_id(pipeline.pipeline)
    version = await server.version(pipeline_id, pipeline.version)
    version = msgspec.structs.replace(version, pipeline_id=pipeline_id)
    experiment = _experiment(server, pipeline)
    return version, None if experiment is None else await server.experiment_id(experiment)


def _experiment(server: KubeflowServer, pipeline: RetrainingPipeline) -> str | None:
    return pipeline.experiment or server.settings.experiment


def _request(
    occasion: Occasion,
    pipeline: RetrainingPipeline,
    version: PipelineVersion,
    experiment_id: str | None,
    parameters: Mapping[str, Any],
) -> Request:
    reference = {"pipeline_id": version.pipeline_id, "pipeline_version_id": version.pipeline_version_id}
    document: dict[str, Any] = {
        "display_name": f"retrain {harmless(occasion.model_id, longest=_LONGEST_NAME)}",
        "description": f"started for {harmless(occasion.by) or 'somebody'} by incident-console",
        "pipeline_version_reference": reference,
        "runtime_config": {"parameters": dict(parameters)},
    }
    if experiment_id is not None:
        document["experiment_id"] = experiment_id
    if pipeline.service_account is not None:
        document["service_account"] = pipeline.service_account
    return Request("POST", RUNS, JSON, document)


def _changes(
    called: str, experiment: str | None, inputs: Mapping[str, Input], parameters: Mapping[str, Any]
) -> list[FieldChange]:
    changes = [
        FieldChange("run of", NOTHING, called),
        FieldChange("experiment", NOTHING, harmless(experiment or "the default of the server")),
    ]
    changes += [
        FieldChange(harmless(name), shown_default(inputs, name), shown(value)) for name, value in parameters.items()
    ]
    return changes


def _notes(
    inputs: Mapping[str, Input] | None,
    parameters: Mapping[str, Any],
    version: PipelineVersion,
    others: Sequence[Run],
    *,
    are_all: bool,
) -> list[str]:
    notes = ["what a run has written when it ends, such as a new version of the model, is not taken back by the undo"]
    if inputs is None:
        notes.append("the version does not tell what it asks for: its parameters are not checked")
    elif left := unchecked(inputs, parameters):
        notes.append(f"of what type they must be is not known: {', '.join(left)}")
    same = [run for run in others if _is_of(run, version)]
    if same:
        have = "has" if len(same) == 1 else "have"
        notes.append(f"{how_many(len(same), 'run')} of this pipeline, for whichever model, {have} not ended")
    if not are_all:
        notes.append("more runs are under way than were read")
    return notes


def _is_of(run: Run, version: PipelineVersion) -> bool:
    reference = run.pipeline_version_reference
    return reference is not None and reference.pipeline_id == version.pipeline_id


def _name_of(version: PipelineVersion, pipeline: RetrainingPipeline) -> str:
    name = version.display_name or version.name or version.pipeline_version_id
    return f"{harmless(pipeline.pipeline)}, version {harmless(name)}"


def _already(occasion: Occasion, running: Run) -> str:
    return (
        f"a retraining of {occasion.view.model.shown_id} is {running.shown_state} already:"
        f" run {harmless(running.run_id)} ({harmless(running.display_name or '')})"
    )


def _why_not_terminated(run: Run) -> str | None:
    if run.state == SUCCEEDED:
        return f"the run is {SUCCEEDED}: what a finished training wrote is not taken back by terminating it"
    if run.state == FAILED and not run.was_canceled:
        return f"the run is {FAILED}: there is nothing to terminate"
    return f"the run is {run.shown_state} already" if run.has_ended or run.was_canceled else None

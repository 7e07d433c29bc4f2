"""How far an InferenceService is with a patch that rolled it back, or took that back."""

from collections.abc import Sequence

from console.actions.kserve.earlier_model import shows
from console.actions.kserve.inference_service import CANARIES, CANARY_PERCENT, InferenceService, Mode
from console.actions.kserve.knative_traffic import traffic_progress
from console.actions.kserve.predictor_reading import PredictorDeployment, canary_deployment_name, stable_deployment
from console.actions.kubernetes.guarded_patch import GuardedPatch
from console.actions.kubernetes.rollout import rollout_progress
from console.actions.provider import RolloutProgress
from console.domain.label import harmless


def roll_back_progress(
    patch: GuardedPatch, service: InferenceService, mode: Mode, deployments: Sequence[PredictorDeployment]
) -> RolloutProgress:
    """Return how far it is.

    Args:
        patch: what was sent.
        service: the InferenceService as it is now.
        mode: how it runs.
        deployments: the Deployments of its predictor, those of revisions and canaries included.
    """
    percent = patch.edit_of(CANARY_PERCENT)
    if percent is not None:
        return traffic_progress(service, percent.after)
    if patch.edit_of(CANARIES) is not None:
        return _canaries_progress(service, deployments)
    if mode is Mode.STANDARD:
        return _model_progress(patch, stable_deployment(service, deployments))
    newest = service.rollout.latest_ready_revision
    progress = _model_progress(patch, next((found for found in deployments if found.revision == newest), None))
    return traffic_progress(service, None) if progress.done else progress


def _canaries_progress(service: InferenceService, deployments: Sequence[PredictorDeployment]) -> RolloutProgress:
    stable = stable_deployment(service, deployments)
    wanted = {canary_deployment_name(service, canary.name) for canary in service.canaries}
    found = {deployment.name for deployment in deployments if deployment is not stable}
    if found - wanted:
        return _waiting(f"Deployment {_shown(found - wanted)} is still there")
    if wanted - found:
        return _waiting(f"Deployment {_shown(wanted - found)} is not made yet")
    if stable is None:
        return _waiting("KServe has made no Deployment of the stable predictor")
    progresses = [rollout_progress("Deployment", deployment.workload) for deployment in deployments]
    return next((progress for progress in progresses if not progress.done), progresses[0])


def _model_progress(patch: GuardedPatch, deployment: PredictorDeployment | None) -> RolloutProgress:
    if deployment is None or not all(shows(deployment.template, each.pointer, each.after) for each in patch.edits):
        return _waiting("KServe has not made pods of this model yet")
    return rollout_progress("Deployment", deployment.workload)


def _shown(names: set[str]) -> str:
    return ", ".join(map(harmless, sorted(names)))


def _waiting(text: str) -> RolloutProgress:
    return RolloutProgress(False, None, text)

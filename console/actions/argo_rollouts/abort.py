"""`argo_rollouts.abort`: stop an update that is under way; the stable version serves everything again."""

from console.actions.argo_rollouts.aborting import AbortOrRetry
from console.actions.argo_rollouts.rollout import GROUP, KIND
from console.actions.specification import ActionSpecification, StandsFor
from console.domain.action import RiskTier

ABORT = ActionSpecification(
    name="argo_rollouts.abort",
    title="Abort the update: the stable version serves everything again",
    undo="the update is tried again, from its first step on",
    tier=RiskTier.WIDE,
    stands_for=StandsFor("kubernetes.stop_rollout", GROUP, KIND),
)


class Abort(AbortOrRetry):
    """Sets `status.abort`, as `kubectl argo rollouts abort` does; refused where no update is under way."""

    specification = ABORT
    _aborts = True

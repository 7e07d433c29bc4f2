"""`argo_rollouts.retry`: try an aborted update again, from its first step on."""

from console.actions.argo_rollouts.aborting import AbortOrRetry
from console.actions.specification import ActionSpecification
from console.domain.action import RiskTier

RETRY = ActionSpecification(
    name="argo_rollouts.retry",
    title="Try an aborted update again",
    undo="the update is aborted again",
    tier=RiskTier.WIDE,
)


class Retry(AbortOrRetry):
    """Clears `status.abort`, as `kubectl argo rollouts retry rollout` does."""

    specification = RETRY
    _aborts = False

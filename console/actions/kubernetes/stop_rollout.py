"""`kubernetes.stop_rollout`: end a rollout that is under way, by going back to what still serves."""

from collections.abc import Mapping, Sequence
from typing import Any

from console.actions.kubernetes.revisions import Revision, healthiest_other
from console.actions.kubernetes.roll_back import RollBack
from console.actions.specification import ActionSpecification
from console.domain.action import RiskTier

STOP_ROLLOUT = ActionSpecification(
    name="kubernetes.stop_rollout",
    title="Stop the rollout, back to what still serves",
    undo="the version of before is asked for again",
    tier=RiskTier.WIDE,
)


class StopRollout(RollBack):
    """Goes back to the version with the most ready pods, while a rollout of another one is under way.

    A pause would only freeze the pods that are there, and a paused Deployment cannot be rolled back.
    """

    specification = STOP_ROLLOUT
    _participle = "stopped"
    _kinds = ("Deployment",)

    def _chosen(
        self, revisions: tuple[Revision, ...], now: dict[str, Any], asked: Mapping[str, object], left: Sequence[Any]
    ) -> Revision:
        return healthiest_other(revisions, now)

"""`kubernetes.stop_rollout`: end a rollout that is under way, by going back to what still serves."""

from collections.abc import Mapping

from console.actions.kubernetes.revisions import Revision, healthiest_other, read_revisions
from console.actions.kubernetes.roll_back import TEMPLATE, RollBack
from console.actions.kubernetes.way_back import WayBack
from console.actions.provider import Occasion
from console.actions.specification import ActionSpecification
from console.domain.action import RiskTier
from console.sources.cluster.writers import LiveObject

STOP_ROLLOUT = ActionSpecification(
    name="kubernetes.stop_rollout",
    title="Stop the rollout, back to what still serves",
    undo="the version of before is asked for again",
    tier=RiskTier.WIDE,
)


class StopRollout(RollBack):
    """Goes back to the version with the most ready pods, while a rollout of another one is under way.

    A pause would only freeze the pods that are there.
    """

    specification = STOP_ROLLOUT
    _participle = "stopped"
    _kinds = ("Deployment",)

    async def _way_back(self, occasion: Occasion, live: LiveObject, asked: Mapping[str, object]) -> WayBack[Revision]:
        revisions = await read_revisions(self._transport, occasion.workload.target)
        return WayBack(healthiest_other(revisions, live.at(TEMPLATE)))

"""Admission webhooks: what other software in the cluster refuses before anything is stored, in dry runs too."""

from collections.abc import Callable

import msgspec

from console.simulation.cluster.failures import ApiFailure
from console.simulation.cluster.resources import Object, ResourceType


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """What a webhook is asked: `operation` is CREATE, UPDATE or DELETE; `old` is None of what is created.

    `new` is the object as it would be stored (None of what is deleted); of a `scale` it is the Scale.
    """

    operation: str
    old: Object | None
    new: Object | None
    dry_run: bool


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is asked about writes of one resource; `plural` is `deployments` or `deployments/scale`.

    `refusal` returns why not, or None. `code` and `reason` are what the webhook answers with: 403 and Forbidden from
    those made with controller-runtime (KServe, Argo, Seldon and KEDA).
    """

    name: str
    group: str
    plural: str
    refusal: Callable[[Review], str | None]
    code: int = 403
    reason: str = "Forbidden"


class Admission:
    """Asks every webhook of a cluster."""

    def __init__(self) -> None:
        self.webhooks: list[Webhook] = []

    def check(self, resource: ResourceType, subresource: str, review: Review) -> None:
        """Ask about one write.

        Raises:
            ApiFailure: a webhook refused it.
        """
        plural = f"{resource.plural}/{subresource}" if subresource else resource.plural
        for webhook in self.webhooks:
            if (webhook.group, webhook.plural) != (resource.group, plural):
                continue
            why = webhook.refusal(review)
            if why is not None:
                message = f'admission webhook "{webhook.name}" denied the request: {why}'
                raise ApiFailure(webhook.code, webhook.reason, message)

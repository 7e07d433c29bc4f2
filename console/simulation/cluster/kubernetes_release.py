"""What older API servers do otherwise than the newest, where a client of the cluster can meet it."""

import msgspec


class KubernetesRelease(msgspec.Struct, frozen=True):
    """A release 1.`minor` of Kubernetes."""

    minor: int = 36
    """The newest is newer than the client library knows."""

    @property
    def serves_policy_v1(self) -> bool:
        """Tell whether PodDisruptionBudgets are served as v1; the same fields were v1beta1 before."""
        return self.minor >= 21

    @property
    def records_subresources(self) -> bool:
        """Tell whether `managedFields` name subresources; earlier servers record no writer of a `scale` at all."""
        return self.minor >= 22

    @property
    def serves_autoscaling_v2(self) -> bool:
        """Tell whether HorizontalPodAutoscalers are served as v2; the same fields were v2beta2 before."""
        return self.minor >= 23

    @property
    def dates_every_write(self) -> bool:
        """Tell whether `managedFields` date a write that owns the same fields as before (kubernetes#110058)."""
        return self.minor >= 25

    @property
    def sends_initial_events(self) -> bool:
        """Tell whether a watch may begin with the list (the feature gate WatchList, on since 1.34)."""
        return self.minor >= 34


NEWEST = KubernetesRelease()

"""What a playbook may look at, typed."""

from typing import Literal

import msgspec

from console.domain.signal import SIGNALS
from console.playbooks.head import Title

HEADLINE = "headline"
"""Evidence of this signal is the latency that speaks for the model, whichever of them it exports."""


class SignalEvidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="signal", tag_field="form"):
    """A signal of the model; `NAME.expected`, `NAME.objective` and, after an action, `NAME.before` come with it."""

    signal: str
    title: Title | None = None


class WorkloadEvidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="workload", tag_field="form"):
    """A field of the cluster object that serves the model: replicas asked for, or replicas that are ready."""

    workload: Literal["replicas", "ready"]
    title: Title | None = None


class ComputedEvidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="computed", tag_field="form"):
    """A value that the console computes: `replicas` is how many the present demand needs, within the limits."""

    computed: Literal["replicas"]
    title: Title | None = None


EvidenceSource = SignalEvidence | WorkloadEvidence | ComputedEvidence


def unit_of(source: EvidenceSource) -> str:
    """Return the unit of a piece of evidence, a word of `console.domain.signal`."""
    if isinstance(source, SignalEvidence):
        return "s" if source.signal == HEADLINE else SIGNALS[source.signal].unit
    return "1"

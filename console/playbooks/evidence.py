"""What a playbook may look at, typed."""

from typing import Annotated, Literal

import msgspec

from console.domain.signal import SIGNALS
from console.playbooks.head import Span, Title
from console.playbooks.query import LONGEST_QUERY
from console.settings.written import ONE_OR_SEVERAL

HEADLINE = "headline"
"""Evidence of this signal is the latency that speaks for the model: the worst that has a limit, else the worst."""


ToldChange = Literal["version", "rollout", "replicas", "restart", "autoscaler", "configuration"]
"""Changes that the console can find; the words are those of `console.domain.change.ChangeKind`."""
LONGEST_WITHIN = 3600.0
"""Seconds before an incident within which changes are looked for, at most: they are read around its onset."""


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


class QueryEvidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="query", tag_field="form"):
    """What a PromQL query says, one number; `$model.name` and its like stand in quoted label matchers only.

    No answer, several series and NaN are unknown. `unit` is how the number is told and what it may be compared with.
    """

    query: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_QUERY)]
    unit: Literal["s", "ratio", "1/s", "1"] = "1"
    title: Title | None = None


class ChangeEvidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="change", tag_field="form"):
    """How many changes of some kinds there were since `within` before the incident began, or before now without one."""

    change: Annotated[tuple[ToldChange, ...], ONE_OR_SEVERAL, msgspec.Meta(min_length=1)]
    within: Span = "1h"
    title: Title | None = None


class AnomalyEvidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="anomalies", tag_field="form"):
    """How many anomalies the console finds at the model now: all that stand, or the critical ones alone.

    It is unknown where none stands because too little is known to judge the model.
    """

    anomalies: Literal["standing", "critical"]
    title: Title | None = None


EvidenceSource = SignalEvidence | WorkloadEvidence | ComputedEvidence | QueryEvidence | ChangeEvidence | AnomalyEvidence


def unit_of(source: EvidenceSource) -> str:
    """Return the unit of a piece of evidence, a word of `console.domain.signal`."""
    if isinstance(source, SignalEvidence):
        return "s" if source.signal == HEADLINE else SIGNALS[source.signal].unit
    return source.unit if isinstance(source, QueryEvidence) else "1"

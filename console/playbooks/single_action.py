"""The playbook of a single action: one step, made for it, so that a run of it is a run like any other."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from console.actions.specification import ActionSpecification
from console.domain.label import harmless
from console.playbooks.condition import AnyOf, Comparison
from console.playbooks.document import API_VERSION, Limits, Playbook
from console.playbooks.evidence import AnomalyEvidence, EvidenceSource, SignalEvidence, WorkloadEvidence
from console.playbooks.head import Match, Metadata
from console.playbooks.names import PARAMETERS
from console.playbooks.parameter import LONGEST_TEXT, Parameter, TextParameter
from console.playbooks.steps import END, ActionStep, Verify

STEP = "do"
"""The id of its one step."""
_PREFIX = "action"
_LONGEST_ID = 60
_LONGEST_TITLE = 160
_MOST_REPLICAS = 100_000
"""No playbook limits them: the configuration's own limit holds."""
_MOST_FACTOR = 10.0
"""What the language of playbooks allows at most: more in one go is a slip of a finger."""
_EVIDENCE: dict[str, EvidenceSource] = {
    "anomalies": AnomalyEvidence("standing"),
    "critical": AnomalyEvidence("critical"),
    "latency": SignalEvidence("headline", "latency"),
    "traffic": SignalEvidence("traffic"),
    "errors": SignalEvidence("error_ratio"),
    "ready": WorkloadEvidence("ready"),
}
_WORSE = AnyOf(
    (
        Comparison("anomalies", ">", "$anomalies.before", for_="$confirm"),
        Comparison("critical", ">", "$critical.before", for_="$confirm"),
    )
)


def playbook_id_of(action: str) -> str:
    """Return the id of the playbook of an action; names of webhooks and commands may hold more than ids may."""
    words = re.sub(r"[^a-z0-9]+", "-", action.lower()).strip("-")
    return f"{_PREFIX}-{words}"[:_LONGEST_ID].rstrip("-")


def single_action(specification: ActionSpecification, arguments: Mapping[str, int | str], at: float) -> Playbook:
    """Return the playbook of one action with these arguments, made at an instant (UTC seconds).

    Where the metrics are its proof, it has worked when no anomaly stands at the model any more; where none stood,
    when none came. It made things worse where more stand than before, or more critical ones.
    """
    params: dict[str, Parameter] = {}
    with_: dict[str, int | str] = {}
    told = []
    for name, value in arguments.items():
        shown = str(value)
        if isinstance(value, str):  # as a parameter, since a text in `with` may be a reference
            parameter = f"text-{len(params) + 1}"
            params[parameter] = TextParameter(_title(name), value, LONGEST_TEXT, optional=True)
            with_[name] = f"${PARAMETERS}{parameter}"
            shown = f"{{{{ {PARAMETERS}{parameter} }}}}"
        else:
            with_[name] = value
        told.append(f"{_plain(name)} {shown}")
    what = _title(specification.title)
    whole = f"{what}: {', '.join(told)}" if told else what
    step = ActionStep(
        id=STEP,
        title=whole if len(whole) <= _LONGEST_TITLE else what,
        action=specification.name,
        verify=_verify(specification),
        on_verified=END,
        on_worse=END,
        on_timeout=END,
        on_skipped=END,
        with_=with_,
        say="anomalies before: {{ anomalies.before }}, now: {{ anomalies }}" if _is_measured(specification) else "",
    )
    return Playbook(
        api_version=API_VERSION,
        kind="Playbook",
        metadata=Metadata(
            id=playbook_id_of(specification.name),
            version=1,
            title=what,
            owners=("a single action",),
            reviewed=datetime.fromtimestamp(at, UTC).date(),
        ),
        match=(Match(),),
        steps=(step,),
        params=params,
        evidence=_EVIDENCE,
        limits=Limits(max_replicas=_MOST_REPLICAS, max_factor=_MOST_FACTOR),
    )


def _verify(specification: ActionSpecification) -> Verify:
    patience = f"{specification.patience:.0f}s"
    if not _is_measured(specification):
        return Verify(timeout=patience, rollout="ready")
    better = Comparison("anomalies", "==", 0)
    # So long the judgement itself waits before it calls something over: an effect that is bad shows within it.
    return Verify(timeout=patience, better=better, rollout="ready", settle="$recover", worse=_WORSE)


def _is_measured(specification: ActionSpecification) -> bool:
    return specification.proof == "metrics"


def _title(text: str) -> str:
    return _plain(text)[:_LONGEST_TITLE] or "?"


def _plain(text: str) -> str:
    """Return a text without what would make a placeholder of it."""
    return harmless(text).replace("{", "(").replace("}", ")")

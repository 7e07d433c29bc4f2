"""What commands in the texts of a playbook say of the cluster object that serves the model."""

import shlex

from console.domain.label import harmless
from console.domain.snapshot import ModelView
from console.playbooks.events import ServedBy

KUBECTL = "model.kubectl"
WORKLOAD = "model.workload"


def served_by(view: ModelView) -> ServedBy | None:
    """Return what serves a model, None where it is not known."""
    found = view.workload.workload if view.workload is not None else None
    return None if found is None else ServedBy(found.context, found.namespace, found.kind, found.name)


def command_facts(served_by: ServedBy | None) -> dict[str, str]:
    """Return the beginning of every kubectl command, and what serves the model: `deployment/fraud`.

    A context is always named, so that no command reaches the cluster that happens to be current. What is not known
    stands in capitals, for a person to fill in. Names are quoted for a shell where they need it.
    """
    if served_by is None:
        return {KUBECTL: "kubectl --context CONTEXT -n NAMESPACE", WORKLOAD: "KIND/NAME"}
    context, namespace = (shlex.quote(harmless(text)) for text in (served_by.context, served_by.namespace))
    workload = shlex.quote(harmless(f"{served_by.kind.lower()}/{served_by.name}"))
    return {KUBECTL: f"kubectl --context {context} -n {namespace}", WORKLOAD: workload}

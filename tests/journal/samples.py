"""Events of a small incident, for the tests of the journal and of what is folded from it."""

from console.domain.action import FieldChange, Outcome, Plan, Request, RiskTier, Undo
from console.domain.model import Target
from console.journal.events import Intent, OutcomeRecorded, RunReference
from console.journal.who import Who

ANN = Who(user="ann", host="bastion", tty="/dev/pts/3", ssh_client="192.0.2.7")
REFERENCE = RunReference("7f3", "scale", "scale-out", 3, "fraud@2026-11-22T03:08:15Z")


def scale_plan(before: int = 3, after: int = 6, made_at: float = 100.0) -> Plan:
    target = Target("prod-eu", "ml", "Deployment", "fraud", "uid-1")
    path = "/apis/apps/v1/namespaces/ml/deployments/fraud/scale"

    def request(seen: int, wanted: int) -> Request:
        body = [
            {"op": "test", "path": "/spec/replicas", "value": seen},
            {"op": "replace", "path": "/spec/replicas", "value": wanted},
        ]
        return Request("PATCH", path, "application/json-patch+json", body)

    return Plan(
        action="kubernetes.scale",
        title=f"Scale fraud from {before} to {after}",
        confirm=f"scale to {after}",
        model_id="fraud",
        target=target,
        request=request(before, after),
        changes=(FieldChange("replicas", str(before), str(after)),),
        tier=RiskTier.BOUNDED,
        made_at=made_at,
        dry_run="accepted",
        undo=Undo("back", (FieldChange("replicas", str(after), str(before)),), request(after, before)),
    )


def intent(intent_id: str = "i1", at: float = 101.0, plan: Plan | None = None) -> Intent:
    shown = plan or scale_plan()
    return Intent(at=at, who=ANN, intent_id=intent_id, reference=REFERENCE, plan=shown, plan_hash=shown.hash)


def outcome(intent_id: str = "i1", at: float = 102.0, what: Outcome = Outcome.APPLIED) -> OutcomeRecorded:
    return OutcomeRecorded(at=at, who=ANN, intent_id=intent_id, run_id="7f3", outcome=what, detail="replicas are 6")

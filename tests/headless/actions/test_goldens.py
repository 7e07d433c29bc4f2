"""The list of actions against files that people read before they change them: `UPDATE_GOLDENS=1` writes them."""

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from console.actions.specification import ActionSpecification, Argument
from console.domain.action import RiskTier
from console.domain.anomaly import Status
from console.domain.label import Label
from console.domain.model import Model, Workload, WorkloadFinding
from console.domain.model_actions import ModelActions, OfferedAction, OfferedArgument
from console.domain.snapshot import ModelView
from console.headless.actions.json_document import actions_json, known_json
from console.headless.actions.text import actions_text, known_text

GOLDENS = Path(__file__).parent / "goldens"
AT = 1_795_490_400.0
WORKLOAD = Workload("prod-eu", "ml", "Deployment", "fraud", "u1", 3, 3)
FRAUD = ModelView(Model("fraud", Label("fraud")), Status.OK, {}, workload=WorkloadFinding(WORKLOAD))
LOST = ModelView(
    Model("fraud", Label("fraud")), Status.OK, {}, workload=WorkloadFinding(None, "two Deployments serve it")
)
REPLICAS = OfferedArgument("replicas", "how many replicas to run", "a whole number from 1", present="3")
REVISION = OfferedArgument("revision", "the revision to go back to", "a whole number from 1", required=False)
NO_ROLLOUT = "fraud is a Deployment, not a Rollout of Argo Rollouts"
LISTED = ModelActions.ranked(
    "fraud",
    (
        OfferedAction(
            "kubernetes.roll_back", "Go back to another version", RiskTier.WIDE, "the version of before", (REVISION,)
        ),
        OfferedAction(
            "kubernetes.cordon",
            "Keep new pods off a node",
            RiskTier.WIDE,
            None,
            place="prod-eu",
            why_not="you may not patch nodes in prod-eu (RBAC)",
        ),
        OfferedAction(
            "kubernetes.scale",
            "Set the number of replicas",
            RiskTier.BOUNDED,
            "the number of before is set again",
            (REPLICAS,),
            place="prod-eu",
        ),
        OfferedAction(
            "webhook.drain",
            "Drain the pool",
            RiskTier.HARD_TO_UNDO,
            None,
            place="webhook.drain",
            unknown="no answer within 10 s",
        ),
        OfferedAction(
            "argo_rollouts.abort", "Abort", RiskTier.BOUNDED, None, (), None, why_not=NO_ROLLOUT, is_foreign=True
        ),
        OfferedAction(
            "argo_rollouts.retry", "Retry", RiskTier.BOUNDED, None, (), None, why_not=NO_ROLLOUT, is_foreign=True
        ),
    ),
)
KNOWN = (
    ActionSpecification(
        name="kubernetes.scale",
        title="Set the number of replicas",
        arguments=(Argument(name="replicas", meaning="how many replicas to run", kind="integer", least=1),),
        undo="the number of before is set again",
    ),
    ActionSpecification(name="webhook.drain", title="Drain the pool", tier=RiskTier.HARD_TO_UNDO),
)


def indented(document: str) -> str:
    return msgspec.json.format(document, indent=2)


RENDERED: dict[str, Callable[[], str]] = {
    "text.txt": lambda: actions_text(LISTED, FRAUD, None),
    "text_80_columns.txt": lambda: actions_text(LISTED, FRAUD, 80),
    "text_40_columns.txt": lambda: actions_text(LISTED, FRAUD, 40),
    "text_no_workload.txt": lambda: actions_text(ModelActions("fraud", ()), LOST, None),
    "json.txt": lambda: indented(actions_json(LISTED, FRAUD, AT)),
    "known.txt": lambda: known_text(KNOWN, None),
    "known_40_columns.txt": lambda: known_text(KNOWN, 40),
    "known_json.txt": lambda: indented(known_json(KNOWN)),
}


@pytest.mark.parametrize("name", RENDERED)
def test_a_format_is_as_agreed(name: str) -> None:
    path, rendered = GOLDENS / name, RENDERED[name]()
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(rendered, encoding="utf-8")
    assert rendered == path.read_text(encoding="utf-8")


def test_no_golden_is_left_over() -> None:
    assert {path.name for path in GOLDENS.iterdir()} == set(RENDERED)

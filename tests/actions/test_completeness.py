"""Every action that a registered provider has is tried by the contract: none is added without a stand."""

from itertools import chain

from console.actions.contract import Case
from console.actions.registry import known_actions
from console.settings.channels import PagerDutyChannel, SlackChannel, TeamsChannel, WebhookChannel
from console.settings.commands import CommandSettings
from console.settings.secrets import Secret
from console.settings.settings import Settings
from console.settings.webhooks import WebhookSettings
from tests.actions.alertmanager import stands as alertmanager
from tests.actions.argo_rollouts import test_contract as argo_rollouts
from tests.actions.command import test_contract as command
from tests.actions.kserve import test_contract as kserve
from tests.actions.kubeflow import test_contract as kubeflow
from tests.actions.kubernetes import cases as kubernetes
from tests.actions.mlflow import test_contract as mlflow
from tests.actions.notify import test_contract as notify
from tests.actions.seldon import test_contract as seldon
from tests.actions.webhook import test_contract as webhook

CASES: tuple[Case, ...] = tuple(
    chain(
        kubernetes.CASES,
        argo_rollouts.CASES,
        kserve.CASES,
        seldon.CASES,
        mlflow.CASES,
        kubeflow.CASES,
        webhook.CASES,
        command.CASES,
        notify.CASES,
    )
)
DECLARED = Settings(
    webhooks={"drain": WebhookSettings(title="Drain a pool", url="https://ops.example")},
    commands={"batch": CommandSettings(title="Run the batch", argv=("/bin/true",))},
    channels={
        "slack": SlackChannel(url=Secret(env="ADDRESS")),
        "teams": TeamsChannel(url=Secret(env="ADDRESS")),
        "webhook": WebhookChannel(url="https://chat.example"),
        "pagerduty": PagerDutyChannel(routing_key=Secret(env="KEY")),
    },
)
"""One of each kind of action that only a configuration declares, called as its stand calls it."""


def test_every_action_has_a_stand() -> None:
    known = set(known_actions(DECLARED).by_name)
    tried = {case.action for case in CASES}.union(alertmanager.ACTIONS)
    assert None not in tried, "a case of ours that does not say which action it tries is held to none"
    assert known == tried

"""What shows that a single action worked: the system that did it, where no metric can move."""

import msgspec
import pytest

from console.actions.registry import known_actions
from console.settings.channels import PagerDutyChannel
from console.settings.commands import CommandSettings
from console.settings.secrets import Secret
from console.settings.settings import Settings
from console.settings.webhooks import HookCheck, WebhookSettings

HOOK = WebhookSettings(title="Drain a pool", url="https://ops.example")
COMMAND = CommandSettings(title="Restart", argv=("/bin/true",))
KNOWN = known_actions(
    Settings(
        webhooks={
            "told": HOOK,
            "checked": msgspec.structs.replace(HOOK, check=HookCheck(at="state", applied=("drained",))),
        },
        commands={"told": COMMAND, "checked": msgspec.structs.replace(COMMAND, check_argv=("/bin/true",))},
        channels={"pager": PagerDutyChannel(routing_key=Secret(env="KEY"))},
    )
).by_name


@pytest.mark.parametrize(
    "name",
    [
        *("mlflow.move_alias", "alertmanager.silence", "alertmanager.expire"),
        *("kubernetes.pause", "kubernetes.resume", "kubernetes.cordon"),
        *("notify.pager", "notify.pager.acknowledge", "notify.pager.resolve", "webhook.checked", "command.checked"),
    ],
)
def test_what_no_metric_shows_is_proven_by_the_system(name: str) -> None:
    assert KNOWN[name].proof == "system"


@pytest.mark.parametrize("name", ["kubernetes.scale", "kubernetes.roll_back", "webhook.told", "command.told"])
def test_what_mends_or_cannot_be_read_back_is_proven_by_the_metrics(name: str) -> None:
    assert KNOWN[name].proof == "metrics"

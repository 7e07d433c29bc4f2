"""Playbooks that name what only a configuration declares: webhooks, commands, channels."""

from pathlib import Path

import pytest

from console.actions.registry import KnownActions, known_actions
from console.playbooks.library import LiveLibrary
from console.playbooks.load import load_text
from console.settings.channels import SlackChannel
from console.settings.commands import CommandSettings
from console.settings.kubeflow import RetrainingPipeline
from console.settings.secrets import Secret
from console.settings.settings import KubeflowSettings, Settings
from console.settings.slots import ChoiceSlot, IntegerSlot, TextSlot
from console.settings.webhooks import WebhookSettings
from tests.playbooks.examples import SMALLEST, WHOLE

DECLARED = known_actions(
    Settings(
        webhooks={
            "drain-pool": WebhookSettings(
                title="Drain a pool",
                url="https://ops.example",
                slots={
                    "pool": TextSlot("the pool", "[a-z]+"),
                    "nodes": IntegerSlot("how many", 1, 5),
                    "how": ChoiceSlot("how", ("gently", "at-once")),
                },
            )
        },
        commands={"batch": CommandSettings(title="Restart", argv=("/bin/true",))},
        channels={"ml-oncall": SlackChannel(url=Secret(env="S"))},
    )
)
ACTION = "    action: kubernetes.scale\n    with: {replicas: $params.replicas}\n"


def found(action: str, with_: str, actions: KnownActions | None) -> list[str]:
    assert ACTION in WHOLE
    text = WHOLE.replace(ACTION, f"    action: {action}\n    with: {with_}\n", 1)
    problems = load_text(text, "p.yaml", actions=actions).problems
    beside = ("nothing uses", "is no channel of the configuration")
    return [str(problem) for problem in problems if not any(words in problem.text for words in beside)]


@pytest.mark.parametrize(
    ("action", "with_", "told"),
    [
        ("webhook.drain-pol", "{}", "unknown action 'webhook.drain-pol'"),
        ("webhook.drain-pool", "{pol: a}", "unknown argument 'pol'"),
        ("webhook.drain-pool", "{pool: a, how: gently}", "webhook.drain-pool needs 'nodes' in 'with'"),
        ("webhook.drain-pool", "{pool: A, nodes: 1, how: gently}", "expected a text that matches [a-z]+; found 'A'"),
        ("webhook.drain-pool", "{pool: a, nodes: 6, how: gently}", "expected a whole number up to 5; found 6"),
        ("webhook.drain-pool", "{pool: a, nodes: 0, how: gently}", "expected a whole number from 1; found 0"),
        ("webhook.drain-pool", "{pool: a, nodes: 1, how: gentle}", "unknown how 'gentle'"),
        ("notify.ml-oncal", "{message: hello}", "nearest: notify.ml-oncall"),
        ("command.bach", "{}", "nearest: command.batch"),
    ],
)
def test_what_the_configuration_does_not_declare_is_a_mistake(action: str, with_: str, told: str) -> None:
    problems = found(action, with_, DECLARED)
    assert any(told in problem for problem in problems), problems
    assert all(problem.startswith("p.yaml:") for problem in problems)


@pytest.mark.parametrize(
    ("action", "with_"),
    [
        ("webhook.drain-pool", "{pool: a, nodes: 2, how: gently}"),
        ("command.batch", "{}"),
        ("notify.ml-oncall", "{message: hello}"),
    ],
)
def test_what_it_declares_is_sound_and_without_it_only_said_not_to_be_checked(action: str, with_: str) -> None:
    assert found(action, with_, DECLARED) == []
    (problem,) = found(action, with_, None)
    assert f"warning: {action} is not checked: a configuration declares it" in problem


def test_arguments_that_a_configuration_declares_are_not_checked_without_it() -> None:
    pipeline = RetrainingPipeline(match="*", pipeline="train", slots={"days": IntegerSlot("days", 1, 9)})
    declared = known_actions(Settings(kubeflow=(KubeflowSettings("kubeflow", ("http://k",), pipelines=(pipeline,)),)))
    assert found("kubeflow.retrain", "{days: 3}", declared) == []
    for actions in (None, known_actions(Settings())):
        (problem,) = found("kubeflow.retrain", "{days: 3}", actions)
        assert "warning: 'days' of kubeflow.retrain is not checked" in problem
    (problem,) = found("kubeflow.retrain", "{dais: 3}", declared)
    assert "unknown argument 'dais'" in problem
    assert "warning" not in problem
    (problem,) = found("kubeflow.retrain", "{days: 10}", declared)
    assert "expected a whole number up to 9; found 10" in problem


def test_a_channel_that_the_configuration_has_not_is_a_warning_with_the_nearest() -> None:
    text = SMALLEST.replace(
        "    manual: Observation at it.\n    next: end\n",
        "    notify: {to: [ml-oncal, ml-oncall], message: hello}\n    next: end\n    on_failed: end\n",
    )
    assert load_text(text, "p.yaml").problems == ()
    assert load_text(text, "p.yaml", actions=known_actions(Settings())).problems == ()
    (problem,) = load_text(text, "p.yaml", actions=DECLARED).problems
    told = "'ml-oncal' is no channel of the configuration, expected one of ml-oncall; nearest: ml-oncall"
    assert str(problem) == f"p.yaml:13:19: warning: {told}"


def test_a_name_that_nothing_can_declare_stays_a_mistake() -> None:
    (problem, *_) = found("webhok.drain-pool", "{}", None)
    assert "unknown action 'webhok.drain-pool'" in problem
    assert "warning" not in problem


def test_a_live_library_knows_what_its_settings_declare(tmp_path: Path) -> None:
    text = WHOLE.replace(ACTION, "    action: command.batch\n", 1)
    (tmp_path / "p.yaml").write_text(text, encoding="utf-8")
    assert [str(each) for each in LiveLibrary([tmp_path], DECLARED).now.own_problems if not each.is_warning] == []
    (problem,) = [
        each for each in LiveLibrary([tmp_path], known_actions(Settings())).now.own_problems if not each.is_warning
    ]
    assert "unknown action 'command.batch'" in problem.text

"""The action that trains anew, on a fake Kubeflow Pipelines, for model `eta`."""

from contextlib import AsyncExitStack
from typing import Any

import msgspec

from console.actions.kubeflow.retrain import Retrain
from console.actions.kubeflow.server import KubeflowServer, Servers
from console.domain.action import Plan
from console.settings.kubeflow import RetrainingPipeline
from console.settings.secrets import Secret
from console.settings.settings import KubeflowSettings
from console.settings.slots import IntegerSlot
from tests.actions.kubeflow.fake_kubeflow import TOKEN
from tests.actions.occasions import OCCASION, Clock

PIPELINE = RetrainingPipeline(
    match="et*",
    pipeline="train model",
    parameters={"model": "$model.name", "epochs": "$epochs"},
    slots={"epochs": IntegerSlot("how many epochs", 1, 50)},
    defaults={"epochs": 5},
)


class World(msgspec.Struct):
    """The action, and the clock of the console."""

    clock: Clock
    retrain: Retrain

    async def planned(self, **arguments: object) -> Plan:
        """Return a plan that nothing forbids."""
        plan = await self.retrain.plan(OCCASION, arguments, may_dry_run=True)
        assert plan.refusals == ()
        return plan


def settings_of(url: str, *pipelines: RetrainingPipeline, **fields: Any) -> KubeflowSettings:
    """Return the settings of a server at a URL, which answers within two seconds or is given up."""
    given = {
        "name": "kubeflow",
        "bearer": Secret(env="KUBEFLOW_TOKEN"),
        "write": True,
        "timeout": 2.0,
        "ui": "https://kubeflow.example/pipeline/",
        "namespace": "ml",
        "experiment": "Retraining",
    }
    return KubeflowSettings(**{**given, **fields}, urls=(url,), pipelines=pipelines or (PIPELINE,))


def a_world(closing: AsyncExitStack, *settings: KubeflowSettings) -> World:
    """Return the action on servers; `closing` closes their connections."""
    clock = Clock()
    servers = Servers(tuple(KubeflowServer(each, {"KUBEFLOW_TOKEN": TOKEN}) for each in settings))
    closing.push_async_callback(servers.aclose)
    return World(clock, Retrain(servers, clock, 0.0))

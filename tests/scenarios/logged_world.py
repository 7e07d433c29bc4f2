"""A fleet that is known by its logged predictions alone: its logs are written as Parquet and looked at hour by hour."""

from pathlib import Path

import msgspec

from console.settings.predictions import (
    ColumnSettings,
    LabelSettings,
    PredictedModelRule,
    PredictionStore,
    ReferenceSettings,
    StoreAddress,
)
from console.settings.settings import Settings
from console.simulation.predictions.spec import LogSpec
from console.simulation.predictions.write import write_log
from tests.scenarios.world import Label

HOUR = 3600.0
DAY = 24 * HOUR
LATENESS = 60.0
"""Seconds after which an hour counts as complete."""

_PAST = 8.3 * DAY
_REFERENCE = ReferenceSettings(window=6 * DAY, ends_before=DAY)


class LoggedModel(msgspec.Struct, frozen=True):
    """A model and how it is logged: `rows_per_hour` is the mean of a week."""

    spec: LogSpec
    rows_per_hour: float


class LoggedWorld(msgspec.Struct, frozen=True):
    """Models whose logs end at `ends`, and what is right to say of them; it is looked at after each of `hours`."""

    seed: int
    ends: float
    models: tuple[LoggedModel, ...]
    labels: tuple[Label, ...]
    hours: tuple[float, ...]

    def looks(self) -> list[float]:
        """Return when it is looked at, ascending: when the rows of an hour have come."""
        return [hour + LATENESS + 30.0 for hour in self.hours]


def write_logs(world: LoggedWorld, folder: Path) -> None:
    """Write all logs below a folder, one for each model."""
    for model in world.models:
        write_log(
            folder / model.spec.model,
            model.spec,
            seed=world.seed,
            start=world.ends - _PAST,
            end=world.ends,
            rows_per_hour=model.rows_per_hour,
        )


def settings_of_logs(world: LoggedWorld, folder: Path) -> Settings:
    """Return how the console is told to look at the logs."""
    return Settings(predictions=tuple(_store(model, folder) for model in world.models), cache=False)


def _store(model: LoggedModel, folder: Path) -> PredictionStore:
    name = model.spec.model
    return PredictionStore(
        address=StoreAddress(f"duckdb://{folder}/{name}/predictions/*.parquet"),
        name=f"log of {name}",
        columns=ColumnSettings(latency_unit="s"),
        labels=LabelSettings(address=StoreAddress(f"duckdb://{folder}/{name}/labels/*.parquet")),
        models=(PredictedModelRule(match=name, reference=_REFERENCE),),
        lateness=LATENESS,
        history=9 * DAY,
        timeout=120.0,
    )

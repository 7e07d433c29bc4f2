"""Stories of logged predictions: broken data, other people, another model, answers that are no longer right."""

import math
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from console.domain.anomaly import CauseKind
from console.simulation.predictions.faults import (
    ConceptDrift,
    Constant,
    LogFault,
    MissingRows,
    NewEncoding,
    NewVersion,
    NullSpike,
    PopulationShift,
    UnitChange,
)
from console.simulation.predictions.features import Choice, Feature, Number
from console.simulation.predictions.spec import LogSpec, Task
from tests.scenarios.drawing import Drawer
from tests.scenarios.logged_world import HOUR, LATENESS, LoggedModel, LoggedWorld
from tests.scenarios.world import Label, Theatre

_LOOKS = 2
"""How many hours an incident is looked at, from the end of its second one."""

_BROKEN = ("data_quality",)
_UPSTREAM = ("upstream-data-broken",)
_FAILURES = 0.0002
"""The ratio of requests that fail: well within the objective that holds where none is set, else the budget burns."""
_YEAR_BEGINS = 1_767_225_600.0

LogStory = Callable[[Drawer, float], tuple[LoggedModel, Label]]


def second_hour(onset: float) -> float:
    """Return the seconds from an onset until the second whole hour after it has been logged."""
    return (math.floor(onset / HOUR) + 3.0) * HOUR + LATENESS + 30.0 - onset


def _label(
    model: LoggedModel,
    story: str,
    onset: float,
    kinds: tuple[str, ...],
    cause: CauseKind | None,
    books: tuple[str, ...],
) -> Label:
    within = second_hour(onset)
    looked = tuple(within + turn * HOUR for turn in range(_LOOKS))
    return Label(model.spec.model, story, onset, kinds, cause, books, within, looked)


def drawn_model(draw: Drawer, *, label_delay: float | None = None, tasks: Sequence[Task] = tuple(Task)) -> LoggedModel:
    """Draw a model with some numbers and some categories as its inputs."""
    features: list[Feature] = []
    for number in range(draw.whole(4, 9)):
        is_log = draw.happens(0.5)
        middle = draw.about(0.5, 500.0)
        features.append(
            Number(
                f"number_{number}",
                middle,
                draw.between(0.4, 1.3) if is_log else middle * draw.between(0.1, 0.6),
                log=is_log,
                weight=draw.between(-1.0, 1.0),
                daily=draw.between(0.0, 0.25) if draw.happens(0.4) else 0.0,
                null_share=draw.between(0.0, 0.08) if draw.happens(0.4) else 0.0,
            )
        )
    for number in range(draw.whole(2, 4)):
        options = tuple(f"value-{each}" for each in range(draw.whole(3, 30)))
        features.append(Choice(f"choice_{number}", options, draw.between(0.5, 1.2), weight=draw.between(0.1, 0.6)))
    task = draw.one_of(*tasks)
    spec = LogSpec(
        model=draw.name(),
        version=f"v{draw.whole(2, 140)}",
        task=task,
        features=tuple(features),
        bias=draw.between(-2.0, 0.0),
        middle=draw.about(1.0, 100.0),
        classes=tuple(f"class-{number}" for number in range(draw.whole(3, 5))) if task is Task.MULTICLASS else (),
        label_delay=label_delay or draw.about(600.0, 6 * HOUR),
        label_coverage=draw.between(0.6, 0.98),
        daily=draw.between(0.1, 0.6),
        weekend=draw.between(0.0, 0.4),
        failures=_FAILURES,
    )
    return LoggedModel(spec, draw.about(250.0, 900.0))


def _with(model: LoggedModel, *faults: LogFault) -> LoggedModel:
    return msgspec.structs.replace(model, spec=model.spec.with_faults(*faults))


def _number(draw: Drawer, model: LoggedModel) -> str:
    return draw.one_of(*(each.name for each in model.spec.features if isinstance(each, Number)))


def _choice(draw: Drawer, model: LoggedModel) -> str:
    return draw.one_of(*(each.name for each in model.spec.features if isinstance(each, Choice)))


def nulls(draw: Drawer, onset: float) -> tuple[LoggedModel, Label]:
    """Draw an input that is lost in many rows."""
    model = drawn_model(draw)
    model = _with(model, NullSpike(_number(draw, model), onset, share=draw.between(0.25, 0.95)))
    return model, _label(model, "input is null", onset, _BROKEN, CauseKind.UPSTREAM_DATA, _UPSTREAM)


def unit(draw: Drawer, onset: float) -> tuple[LoggedModel, Label]:
    """Draw a number that arrives in another unit."""
    model = drawn_model(draw)
    factor = draw.one_of(0.001, 0.01, 60.0, 100.0, 1000.0)
    model = _with(model, UnitChange(_number(draw, model), onset, factor=factor))
    kinds = ("data_quality", "feature_drift")
    return model, _label(model, "other unit", onset, kinds, CauseKind.UPSTREAM_DATA, _UPSTREAM)


def encoding(draw: Drawer, onset: float) -> tuple[LoggedModel, Label]:
    """Draw a category that arrives under names that no model knows."""
    model = drawn_model(draw)
    model = _with(model, NewEncoding(_choice(draw, model), onset))
    return model, _label(model, "unknown values", onset, _BROKEN, CauseKind.UPSTREAM_DATA, _UPSTREAM)


def constant(draw: Drawer, onset: float) -> tuple[LoggedModel, Label]:
    """Draw an input that is the same in all rows."""
    model = drawn_model(draw)
    model = _with(model, Constant(_number(draw, model), onset))
    return model, _label(model, "constant input", onset, _BROKEN, CauseKind.UPSTREAM_DATA, _UPSTREAM)


def dropped(draw: Drawer, onset: float) -> tuple[LoggedModel, Label]:
    """Draw rows of which most are logged no more."""
    model = drawn_model(draw)
    model = _with(model, MissingRows(onset, share=draw.between(0.7, 0.95)))
    return model, _label(model, "rows missing", onset, _BROKEN, CauseKind.UPSTREAM_DATA, _UPSTREAM)


def other_people(draw: Drawer, onset: float) -> tuple[LoggedModel, Label]:
    """Draw other people: several inputs move together, and every value is a good one."""
    model = drawn_model(draw)
    names = [each.name for each in model.spec.features if isinstance(each, Number)]
    moved = [PopulationShift(name, onset, by=draw.between(0.6, 1.2)) for name in names[: draw.whole(2, 3)]]
    moved.append(PopulationShift(_choice(draw, model), onset, by=draw.between(0.15, 0.35)))
    model = _with(model, *moved)
    kinds = ("feature_drift", "prediction_drift")
    return model, _label(model, "other people", onset, kinds, CauseKind.POPULATION_SHIFT, ("population-shift",))


def other_answers(draw: Drawer, onset: float) -> tuple[LoggedModel, Label]:
    """Draw a release that answers the same inputs differently."""
    model = drawn_model(draw, tasks=(Task.BINARY, Task.REGRESSION))
    share = draw.one_of(0.5, 1.0)
    model = _with(model, NewVersion(_next(model), onset, share=share, bias=draw.between(1.0, 1.8)))
    books = ("prediction-drift-after-release",)
    return model, _label(model, "other answers", onset, ("prediction_drift",), CauseKind.NEW_VERSION, books)


def worse_answers(draw: Drawer, onset: float) -> tuple[LoggedModel, Label]:
    """Draw a world that changed and a model that does not know it."""
    model = drawn_model(draw, label_delay=draw.about(120.0, 600.0), tasks=(Task.BINARY, Task.MULTICLASS))
    model = _with(model, ConceptDrift(onset, strength=draw.between(0.6, 0.9)))
    label = _label(model, "worse answers", onset, ("model_quality",), None, ("quality-drop",))
    within = label.within + 2.0 * HOUR  # labels come later than rows
    return model, msgspec.structs.replace(
        label, within=within, looked=tuple(each + 2.0 * HOUR for each in label.looked)
    )


def as_good(draw: Drawer, onset: float) -> tuple[LoggedModel, Label]:
    """Draw a release that answers like the one before."""
    model = drawn_model(draw)
    model = _with(model, NewVersion(_next(model), onset, share=draw.one_of(0.3, 1.0), bias=0.0))
    return model, Label(model.spec.model, "benign release (log)", onset)


def nothing(draw: Drawer, onset: float) -> tuple[LoggedModel, Label]:
    """Draw a model to whose log nothing happens."""
    model = drawn_model(draw)
    return model, Label(model.spec.model, "nothing (log)", onset)


def _next(model: LoggedModel) -> str:
    return f"v{int(model.spec.version[1:]) + 1}"


LOG_INCIDENTS: dict[str, LogStory] = {
    "nulls": nulls,
    "other-people": other_people,
    "other-answers": other_answers,
    "worse-answers": worse_answers,
    "unit": unit,
    "encoding": encoding,
    "constant": constant,
    "missing-rows": dropped,
}
LOG_LOOK_ALIKES: dict[str, LogStory] = {"benign-log-release": as_good, "quiet-log": nothing}


def compose_logged(seed: int, incidents: Sequence[LogStory], look_alikes: Sequence[LogStory]) -> LoggedWorld:
    """Draw a fleet whose incidents begin an hour apart; equal arguments give an equal one."""
    generator = np.random.default_rng((seed, 0x10665))
    begins = _YEAR_BEGINS + HOUR * float(generator.integers(24 * 340))
    count = len(incidents)
    draw = Drawer(generator, Theatre(begins, begins + count * HOUR))
    drawn = [
        story(draw, begins + number * HOUR + draw.between(120.0, HOUR - 120.0))
        for number, story in enumerate(incidents)
    ]
    drawn += [story(draw, begins + draw.between(0.0, count * HOUR)) for story in look_alikes]
    last = count + _LOOKS + 3
    return LoggedWorld(
        seed=seed,
        ends=begins + (last + 1) * HOUR,
        models=tuple(model for model, _ in drawn),
        labels=tuple(label for _, label in drawn),
        hours=tuple(begins + number * HOUR for number in range(1, last + 1)),
    )

"""Stories in which nothing is wrong though it may look so: of none of these anything must be said."""

import math

import msgspec
import numpy as np

from tests.scenarios.courses import season
from tests.scenarios.drawing import Drawer, of
from tests.scenarios.stories import Drawn, Story, changed, released
from tests.scenarios.world import Deployment, Effect, Gap, Label, Quantity, Season, Wanted


def season_only(draw: Drawer, onset: float) -> Drawn:
    """Draw a strong wave of the day and the week, steepest about the onset."""
    sketch = draw.sketch(onset, busy=(0.3, 0.5))
    zone = sketch.model.season.zone
    wave = Season(
        zone, daily=draw.between(0.6, 0.9), peak=(onset / 3600.0 + 5.0) % 24.0, weekend=draw.between(0.3, 0.6)
    )
    profile = msgspec.structs.replace(sketch.profile, traffic=sketch.profile.traffic * 0.8)
    return Drawn((changed(sketch, season=wave, profile=profile),), (Label(sketch.name, "season", onset),))


def benign_release(draw: Drawer, onset: float) -> Drawn:
    """Draw a release that changes nothing for the worse."""
    sketch = draw.sketch(onset)
    version, pods = released(draw, sketch, onset)
    as_good = Effect(Quantity.SLOWDOWN, draw.between(0.85, 1.08), onset, version=version)
    return Drawn((changed(sketch, pods=pods, effects=(as_good,)),), (Label(sketch.name, "benign release", onset),))


def one_restart(draw: Drawer, onset: float) -> Drawn:
    """Draw a replica that restarts once."""
    sketch = draw.sketch(onset, busy=(0.2, 0.5), replicas=(3, 5))
    pods = list(sketch.model.pods)
    pods[0] = msgspec.structs.replace(pods[0], restarts=(onset,))
    return Drawn((changed(sketch, pods=tuple(pods)),), (Label(sketch.name, "one restart", onset),))


def slow_scrape(draw: Drawer, onset: float) -> Drawn:
    """Draw one scrape that came too late to count."""
    sketch = draw.sketch(onset)
    gap = Gap(onset, onset + draw.between(10.0, 30.0), down=True)
    return Drawn((changed(sketch, gaps=(gap,)),), (Label(sketch.name, "slow scrape", onset),))


def scrape_gap(draw: Drawer, onset: float) -> Drawn:
    """Draw minutes without any samples: Prometheus itself was restarted."""
    sketch = draw.sketch(onset)
    gap = Gap(onset, onset + draw.between(100.0, 240.0))
    return Drawn((changed(sketch, gaps=(gap,)),), (Label(sketch.name, "scrape gap", onset),))


def hardly_used(draw: Drawer, onset: float) -> Drawn:
    """Draw a model to which ten requests come in an hour."""
    sketch = draw.sketch(onset, servings=of(failures=True), traffic=draw.between(6.0, 15.0) / 3600.0)
    return Drawn((sketch.model,), (Label(sketch.name, "ten requests an hour", onset),))


def scale_down(draw: Drawer, onset: float) -> Drawn:
    """Draw replicas that are taken away on purpose, because fewer are enough."""
    sketch = draw.sketch(onset, busy=(0.1, 0.25), replicas=(4, 6), busiest=0.28)
    pods = list(sketch.model.pods)
    for number in range(len(pods) // 2):
        pods[number] = msgspec.structs.replace(pods[number], ends=onset + 2.0 * number)
    kept = len(pods) - len(pods) // 2
    wanted = (Wanted(-math.inf, len(pods)), Wanted(onset - 5.0, kept))
    deployment = Deployment(wanted, sketch.model.deployment.most) if sketch.model.deployment is not None else None
    model = changed(sketch, pods=tuple(pods), deployment=deployment)
    return Drawn((model,), (Label(sketch.name, "planned scale-down", onset),))


def clocks_change(draw: Drawer, onset: float) -> Drawn:
    """Draw a steep wave that follows the clocks of a zone in which they change."""
    sketch = draw.sketch(onset, busy=(0.3, 0.5))
    zone = draw.one_of("Europe/Berlin", "America/New_York")
    wave = Season(zone, daily=draw.between(0.5, 0.8), peak=draw.between(10.0, 20.0), weekend=draw.between(0.6, 1.0))
    profile = msgspec.structs.replace(sketch.profile, traffic=sketch.profile.traffic * 0.7)
    return Drawn((changed(sketch, season=wave, profile=profile),), (Label(sketch.name, "clocks change", onset),))


def autoscaled(draw: Drawer, onset: float) -> Drawn:
    """Draw replicas that an autoscaler adds in the morning of every day and takes away in the evening."""
    sketch = draw.sketch(onset, busy=(0.3, 0.45), replicas=(3, 4), busiest=0.5)
    always, replica_set = sketch.model.pods[:2], sketch.model.pods[0].replica_set
    more, wanted = [], [Wanted(-math.inf, 2)]
    for day in range(-9, 4):
        begins = onset + 86_400.0 * day + draw.between(-600.0, 600.0)
        ends = begins + 12.0 * 3600.0 + draw.between(-600.0, 600.0)
        count = sketch.profile.replicas - len(always)
        wanted += [Wanted(begins - 30.0, 2 + count), Wanted(ends, 2)]
        for _ in range(count):
            pod = draw.pod(sketch.name, sketch.profile.version, replica_set)
            more.append(msgspec.structs.replace(pod, begins=begins + draw.between(0.0, 20.0), ends=ends))
    wave = Season(daily=0.35, second=0.0, peak=((onset + 6.0 * 3600.0) / 3600.0) % 24.0, weekend=1.0)
    level = float(season(wave, np.asarray([onset - 1.0, onset + 6.0 * 3600.0]))[1])
    traffic = 0.42 * sketch.profile.replicas * sketch.profile.workers / sketch.profile.mean_service_time / level
    profile = msgspec.structs.replace(sketch.profile, traffic=traffic)
    model = changed(
        sketch,
        profile=profile,
        season=wave,
        pods=(*always, *more),
        deployment=Deployment(tuple(wanted), sketch.profile.replicas + 2),
    )
    return Drawn((model,), (Label(sketch.name, "autoscaled", onset),))


def nightly_job(draw: Drawer, onset: float) -> Drawn:
    """Draw a job that sends requests for half an hour at the same time of every day."""
    sketch = draw.sketch(onset, busy=(0.12, 0.25), busiest=0.3)
    factor = draw.between(1.5, 2.2)
    jobs = tuple(
        Effect(Quantity.TRAFFIC, factor, begins, begins + 1800.0, ramp=60.0)
        for begins in (onset + 86_400.0 * day for day in range(-9, 4))
    )
    return Drawn((changed(sketch, effects=jobs),), (Label(sketch.name, "nightly job", onset),))


def quiet(draw: Drawer, onset: float) -> Drawn:
    """Draw a model to which nothing happens."""
    sketch = draw.sketch(onset)
    return Drawn((sketch.model,), (Label(sketch.name, "nothing", onset),))


LOOK_ALIKES: dict[str, Story] = {
    "season": season_only,
    "benign-release": benign_release,
    "one-restart": one_restart,
    "slow-scrape": slow_scrape,
    "scrape-gap": scrape_gap,
    "hardly-used": hardly_used,
    "scale-down": scale_down,
    "clocks-change": clocks_change,
    "autoscaled": autoscaled,
    "nightly-job": nightly_job,
    "quiet": quiet,
}

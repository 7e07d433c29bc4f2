"""Stories in which nothing is wrong though it may look so: of none of these anything must be said."""

import math

import msgspec

from tests.scenarios.drawing import Drawer, of
from tests.scenarios.incidents import Drawn, Story, changed, released
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
    "quiet": quiet,
}

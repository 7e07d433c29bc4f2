"""How the console is told to look at a simulated world: a config.yaml in which every duration is shorter than real."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from console.simulation.cluster import CONTEXT
from console.simulation.fleet.profile import Profile

SCRAPES_PER_WINDOW = 5
"""A rate window of five scrapes follows what happens within half a minute, and still bridges a lost scrape."""

_PAGE_OF_A_MODEL = "graph?g0.expr={{__name__!=%22%22,model=%22{model}%22}}&g0.tab=1&g0.end_input={to}"


def write_configuration(
    path: Path,
    *,
    prometheus_url: str,
    kubeconfig: Path,
    state: Path,
    scrape_interval: float,
    profiles: Iterable[Profile],
) -> None:
    """Write a config.yaml for the world that is reached at `prometheus_url` and through `kubeconfig`."""
    document = {
        "prometheus": {"urls": [prometheus_url]},
        "kubernetes": {"context": CONTEXT, "kubeconfig": str(kubeconfig), "write": True},
        "refresh": "3s",
        "step": _duration(scrape_interval),
        "rate_window": _duration(scrape_interval * SCRAPES_PER_WINDOW),
        "judgement": {"confirm": "10s", "recover": "20s"},
        "models": [{"match": profile.name, "objective": _objective(profile)} for profile in profiles],
        "links": [{"title": "its series in Prometheus", "url": f"{prometheus_url}/{_PAGE_OF_A_MODEL}"}],
        "state_directory": str(state),
        "cache": False,
    }
    path.write_bytes(msgspec.yaml.encode(document))


def _objective(profile: Profile) -> dict[str, object]:
    promised = profile.objective
    return {
        "availability": promised.availability,
        "latency": {signal: _duration(seconds) for signal, seconds in promised.latency.items()},
        "saturation": promised.saturation,
    }


def _duration(seconds: float) -> str:
    return f"{seconds:g}s"

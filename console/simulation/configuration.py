"""How the console is told to look at a simulated world: a config.yaml in which every duration is shorter than real."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from console.simulation.cluster import CONTEXT
from console.simulation.fleet.profile import Profile
from console.simulation.prediction_logs import PredictionLogs

SCRAPES_PER_WINDOW = 5
"""A rate window of five scrapes follows what happens within half a minute, and still bridges a lost scrape."""

_MEASURED: dict[str, dict[str, object]] = {
    "fraud": {"slices": ["region", "country"], "metric": "roc_auc", "training": {"roc_auc": 0.86}, "horizon": "12h"},
    "eta": {"slices": ["region", "vehicle"], "metric": "mae", "training": {"mae": 2.05}, "horizon": "1h"},
    "ranker": {"slices": ["region", "channel"], "metric": "accuracy", "training": {"accuracy": 0.72}, "horizon": "1h"},
}
"""How each model whose predictions are logged is measured; the figures are those of a quiet week."""

_PAGE_OF_A_MODEL = "graph?g0.expr={{__name__!=%22%22,model=%22{model}%22}}&g0.tab=1&g0.end_input={to}"


def write_configuration(
    path: Path,
    *,
    prometheus_url: str | None,
    kubeconfig: Path,
    state: Path,
    scrape_interval: float,
    profiles: Iterable[Profile],
    logs: PredictionLogs,
) -> None:
    """Write a config.yaml for the world that is reached at `prometheus_url`, by its logs and through `kubeconfig`."""
    document: dict[str, Any] = {
        "predictions": [_store(logs, model) for model in logs.models],
        "kubernetes": {"context": CONTEXT, "kubeconfig": str(kubeconfig), "write": True},
        "refresh": "3s",
        "step": _duration(scrape_interval),
        "rate_window": _duration(scrape_interval * SCRAPES_PER_WINDOW),
        "judgement": {"confirm": "10s", "recover": "20s"},
        "models": [{"match": profile.name, "objective": _objective(profile)} for profile in profiles],
        "state_directory": str(state),
        "cache": False,
    }
    if prometheus_url is not None:
        document |= {
            "prometheus": {"urls": [prometheus_url]},
            "links": [{"title": "its series in Prometheus", "url": f"{prometheus_url}/{_PAGE_OF_A_MODEL}"}],
        }
    path.write_bytes(msgspec.yaml.encode(document))


def _store(logs: PredictionLogs, model: str) -> dict[str, object]:
    return {
        "name": f"log of {model}",
        "address": f"duckdb://{logs.folder(model)}/predictions/*.parquet",
        "labels": f"duckdb://{logs.folder(model)}/labels/*.parquet",
        "columns": {"latency_unit": "s"},
        "models": [{"match": model, "reference": {"window": "6d", "ends_before": "1d"}, **_MEASURED[model]}],
        "every": "10s",
        "lateness": "1m",
        "history": "8d",
    }


def _objective(profile: Profile) -> dict[str, object]:
    promised = profile.objective
    return {
        "availability": promised.availability,
        "latency": {signal: _duration(seconds) for signal, seconds in promised.latency.items()},
        "saturation": promised.saturation,
    }


def _duration(seconds: float) -> str:
    return f"{seconds:g}s"

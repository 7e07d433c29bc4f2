"""Drift that something else computed and exports: a gauge per feature, of which the worst speaks for the model."""

from pathlib import Path

from console.sources.prometheus import PrometheusClient
from console.sources.prometheus.discovery import discover
from console.sources.prometheus.preset import load_presets
from console.transport.http import Endpoint
from tests.services import OpenMetricsHistory, Servers
from tests.sources.prometheus.asking import by_model, signal_values
from tests.sources.prometheus.pages import page_of
from tests.sources.scraped_text import add_page

AT = 1_700_000_000.0
PAGE = """
# TYPE feature_psi gauge
feature_psi{model="fraud",feature="age"} 0.31
feature_psi{model="fraud",feature="amount"} 0.02
feature_psi{model="churn",feature="age"} 0.01
# TYPE prediction_psi gauge
prediction_psi{model="fraud"} 0.07
# TYPE null_percent gauge
null_percent{model="fraud",feature="age"} 1
null_percent{model="fraud",feature="country"} 62
# TYPE model_auc gauge
model_auc{model="fraud"} 0.81
"""
PRESET = """
name: our-drift
title: Our nightly drift job
labels:
  model: [model]
gauges:
  feature_drift: {combine: max, series: [{series: feature_psi}]}
  prediction_drift: {combine: max, series: [{series: prediction_psi}]}
  data_quality: {combine: max, unit: percent, series: [{series: null_percent}]}
  model_quality: {combine: max, series: [{series: model_auc}]}
"""


async def test_a_preset_reads_the_worst_feature_of_each_model(servers: Servers, tmp_path: Path) -> None:
    target = {"job": "drift", "instance": "10.0.0.1:8000", "namespace": "ml"}
    history = OpenMetricsHistory()
    add_page(history, PAGE, target, start=AT - 3600, end=AT)
    preset = tmp_path / "our-drift.yaml"
    preset.write_text(PRESET)
    presets = load_presets([preset])
    async with PrometheusClient([Endpoint.parse(servers.prometheus(history=history).url)]) as client:
        discovery = await discover(client, presets, AT)
        (composition,) = (each for each in discovery.compositions(presets, 300) if each.preset == "our-drift")
        read = {
            query.signal: by_model(await signal_values(client, composition, query.signal, AT))
            for query in composition.signals
        }
    assert read == {
        "feature_drift": {"fraud": 0.31, "churn": 0.01},
        "prediction_drift": {"fraud": 0.07},
        "data_quality": {"fraud": 0.62},
        "model_quality": {"fraud": 0.81},
    }


EXPORTED = Path(__file__).parents[2] / "headless/exporter/metrics.txt"


async def test_what_the_exporter_of_another_console_publishes_is_read(servers: Servers) -> None:
    assert page_of("incident-console") == EXPORTED.read_text(), "copy what the exporter publishes now"
    history = OpenMetricsHistory()
    target = {"job": "exporter", "instance": "10.0.0.1:9150", "namespace": "monitoring"}
    add_page(history, page_of("incident-console"), target, start=AT - 3600, end=AT)
    presets = load_presets()
    async with PrometheusClient([Endpoint.parse(servers.prometheus(history=history).url)]) as client:
        compositions = (await discover(client, presets, AT)).compositions(presets, 300)
        (composition,) = (each for each in compositions if each.preset == "incident-console")
        drift = await signal_values(client, composition, "feature_drift", AT)
        broken = await signal_values(client, composition, "data_quality", AT)
    assert (drift["churn",], drift["ads",], broken["churn",]) == (0.31, 0.01, 0.62)

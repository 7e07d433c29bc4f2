"""What a scrape holds: a sample for what is known, none for what is not, and never more than a Prometheus can bear."""

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families

from console import __version__
from console.domain.anomaly import Status
from console.domain.signal import LATENCY_P99, Reading, State
from console.domain.snapshot import Snapshot
from console.headless.exporter.families import MOST_COLUMNS, MOST_COLUMNS_OF_ALL, Found, families
from tests.headless.drifts import drift, income, quality
from tests.headless.fleets import AT, fleet, healthy
from tests.headless.predicted import fleet_with_logs
from tests.headless.test_hostile_text import HOSTILE, hostile_drift, hostile_fleet

GOLDEN = Path(__file__).parent / "metrics.txt"


def found(snapshot: Snapshot | None = None, **changed: object) -> Found:
    given: dict[str, object] = {"drift": {"churn": drift()}, "quality": {"churn": quality()}, **changed}
    return Found(snapshot or fleet_with_logs(), 0.25, 7, **given)  # type: ignore[arg-type]  # fields of a test's own choice


def scraped(what: Found | None, *, is_fresh: bool = True) -> str:
    """The text of a scrape."""

    class Once:
        def collect(self) -> list[Metric]:
            return list(families(what, is_fresh=is_fresh))

        def describe(self) -> list[Metric]:
            return []

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Once())
    return generate_latest(registry).decode("utf-8")


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_scrape_is_as_agreed() -> None:
    rendered = scraped(found()).replace(f'version="{__version__}"', 'version="0"')
    if os.environ.get("UPDATE_GOLDENS"):
        GOLDEN.write_text(rendered, encoding="utf-8")
    assert rendered == GOLDEN.read_text(encoding="utf-8")


def test_before_the_first_refresh_there_is_nothing_but_the_version() -> None:
    assert [name for name, _ in samples(scraped(None))] == ["incident_console_build_info"]


def test_what_was_read_long_ago_is_not_published_as_if_it_were_now() -> None:
    names = {name for name, _ in samples(scraped(found(), is_fresh=False))}
    assert "incident_console_refresh_timestamp_seconds" in names
    assert "incident_console_source_up" in names
    assert not {name for name in names if "signal" in name or "feature" in name or "quality" in name}


@pytest.mark.parametrize("state", [State.NO_DATA, State.STALE, State.SOURCE_DOWN, State.ERROR, State.NO_TRAFFIC])
def test_a_signal_without_data_has_no_sample_though_there_is_an_old_value(state: State) -> None:
    gone = healthy("ads", latency_p99=Reading(LATENCY_P99, state, 2.4, seen=AT - 900))
    published = samples(scraped(found(Snapshot(AT, (), (gone,)))))
    signals = {dict(labels)["signal"] for name, labels in published if name == "incident_console_signal"}
    assert signals == {"traffic", "error_ratio"}
    key = (("model", "ads"), ("signal", "latency_p99"))
    assert published["incident_console_signal_timestamp_seconds", key] == AT - 900


def test_every_model_has_exactly_one_status() -> None:
    statuses = [
        (dict(labels)["model"], value)
        for (name, labels), value in samples(scraped(found(fleet()))).items()
        if name == "incident_console_model_status"
    ]
    for view in fleet().models:
        of_model = [value for model, value in statuses if model == view.model.id]
        assert len(of_model) == len(Status)
        assert sum(of_model) == 1


def test_a_table_of_thousands_of_columns_is_bounded_and_says_how_many_are_left_out() -> None:
    columns = tuple(msgspec.structs.replace(income(), name=f"f{number}") for number in range(5_000))
    published = samples(scraped(found(drift={"churn": drift(columns)})))
    psis = [labels for name, labels in published if name == "incident_console_feature_psi"]
    assert len(psis) == MOST_COLUMNS
    left_out = published["incident_console_features_not_published", (("model", "churn"),)]
    assert left_out == 5_000 - MOST_COLUMNS


def test_many_models_share_the_room() -> None:
    columns = tuple(msgspec.structs.replace(income(), name=f"f{number}") for number in range(30))
    published = samples(scraped(found(drift={f"m{number}": drift(columns) for number in range(500)})))
    psis = [labels for name, labels in published if name == "incident_console_feature_psi"]
    assert len(psis) == MOST_COLUMNS_OF_ALL


@given(HOSTILE)
def test_no_name_breaks_a_scrape_or_doubles_a_sample(text: str) -> None:
    rendered = scraped(found(hostile_fleet(text), drift={text: hostile_drift(text)}))
    parsed = [
        (sample.name, tuple(sorted(sample.labels.items())))
        for family in text_string_to_metric_families(rendered)
        for sample in family.samples
    ]
    assert len(parsed) == len(set(parsed))


def test_a_lone_surrogate_is_published_as_what_utf8_can_hold() -> None:
    view = healthy("a\ud800b")
    assert 'model="a?b"' in scraped(found(Snapshot(AT, (), (view,))))

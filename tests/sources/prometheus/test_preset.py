from pathlib import Path

import pytest

from console.settings.bad_document import BadDocument, BadYaml
from console.sources.prometheus import preset as preset_module
from console.sources.prometheus.preset import (
    COMPILED,
    SHIPPED_FOLDER,
    SHIPPED_IN_ORDER,
    BadPresets,
    compile_shipped,
    load_preset,
    load_presets,
)
from console.sources.prometheus.selection import Selection

GOOD = """\
name: mine
title: Mine
labels: {model: [model]}
requests:
  - series: my_requests_total
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text)
    return path


def test_every_shipped_preset_is_in_the_order_of_ownership() -> None:
    assert sorted(path.stem for path in SHIPPED_FOLDER.glob("*.yaml")) == sorted(SHIPPED_IN_ORDER)
    assert tuple(preset.name for preset in load_presets()) == SHIPPED_IN_ORDER


def test_what_start_up_reads_is_made_from_the_yaml() -> None:
    assert COMPILED.read_bytes() == compile_shipped(), "run make generated"


def test_presets_of_ones_own_come_first_and_replace_by_name(tmp_path: Path) -> None:
    own = [written(tmp_path, GOOD)]
    assert [preset.name for preset in load_presets(own)] == ["mine", *SHIPPED_IN_ORDER]
    other = tmp_path / "other.yaml"
    other.write_text(GOOD.replace("mine", "triton"))
    loaded = load_presets([other])
    assert [preset.name for preset in loaded] == ["triton", *(name for name in SHIPPED_IN_ORDER if name != "triton")]
    assert loaded[0].requests == (Selection("my_requests_total"),)


def test_what_makes_models_is_named_exactly() -> None:
    (istio,) = (preset for preset in load_presets((), ["istio"]) if preset.creates_models)
    assert istio.name == "istio"
    with pytest.raises(BadPresets, match=r"create_models: 'isto' is no preset that adds to .*; nearest: istio"):
        load_presets((), ["isto"])
    with pytest.raises(BadPresets, match="'vllm' is no preset that adds"):
        load_presets((), ["vllm"])


def test_two_presets_of_one_name_are_a_mistake(tmp_path: Path) -> None:
    first = written(tmp_path, GOOD)
    second = tmp_path / "second.yaml"
    second.write_text(GOOD)
    with pytest.raises(BadPresets, match=r"second.yaml: the name 'mine' is taken by .*mine.yaml"):
        load_presets([first, second])


def test_the_format_that_the_module_documents_is_read(tmp_path: Path) -> None:
    assert preset_module.__doc__ is not None
    documented = preset_module.__doc__.split("```")[1].removeprefix("yaml\n")
    loaded = load_preset(written(tmp_path, documented))
    assert loaded.name == "my-server"
    assert loaded.failures[0].where == {"code": "5.."}
    assert "my_first_token_seconds_bucket" in loaded.series_names()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("latencies: {}", "mine.yaml:6:1: unknown key 'latencies'"),
        ("gauges: {queu: {combine: sum, series: [{series: q}]}}", "mine.yaml:6:10: gauges: 'queu' is no signal"),
        (
            "gauges: {queue: {combine: avg, series: [{series: q}]}}",
            "mine.yaml:6:27: gauges.queue.combine: 'avg' is none",
        ),
        ("gauges: {queue: {combine: sum, unit: min, series: [{series: q}]}}", "'min' is none"),
        ("failures: [{series: rate(x)}]", "'rate(x)' is not the name of a series"),
        ("failures: [{series: x, where: {a-b: c}}]", "'a-b' is not the name of a label"),
        ("failures: [{serie: x}]", "unknown key 'serie'"),
        ("latency: {unit: s}", "latency takes either histogram, or summary, or both sum and count"),
        ("latency: {sum: [{series: a}]}", "latency takes either histogram, or summary, or both sum and count"),
        ("successes: [{series: x}]", "requests and successes cannot both be given"),
        ("not_exported: {latency: never}", "mine.yaml:6:16: not_exported: 'latency' is no signal"),
        ("latency: {histogram: [{series: a_bucket}]}", "latency: 'a_bucket' is a part of the histogram 'a'"),
        ("quantiles: {queue: {histogram: [{series: [b, a_count]}]}}", "'a_count' is a part of the histogram 'a'"),
        ("failures: [{series: x, where: {code: '('}}]", "'(' is no regular expression"),
        ("failures: [{series: x, where: {code: '(?!2..).*'}}]", "Prometheus knows no lookaround"),
        ("failures: [{series: x, where: {code: '(.)\\1'}}]", "Prometheus knows no lookaround"),
        ("quantiles: {time_to_first_token: {quantile: 99, histogram: [{series: x}]}}", "found the number 99"),
        ("requests: []", "the key 'requests' stands a second time"),
        ("enriches: {}", "enriches must name a label: workload, revision or pod"),
        ("enriches: {pods: [pod]}", "unknown key 'pods', expected one of pod, revision, workload; nearest: pod"),
        ("creates_models: true", "creates_models goes with enriches"),
        ("failures: [{series: x, among: {a-b: c}}]", "'a-b' is not the name of a label"),
        ("failures: [{series: x, labels_from: target info}]", "'target info' is not the name of a series"),
        ("latency: [{unit: s, summary: [{series: a}], histogram: [{series: b}]}]", "latency takes either histogram"),
        (
            "gauges: {queue: {combine: sum, series: [{series: q}], of: {series: p}}}",
            "of: expected a list, found a mapping",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, line: str, problem: str) -> None:
    with pytest.raises((BadDocument, BadYaml)) as caught:
        load_preset(written(tmp_path, GOOD + line + "\n"), "mine.yaml")
    assert problem in str(caught.value)
    assert str(caught.value).startswith("mine.yaml:")


def test_an_unknown_key_names_the_nearest() -> None:
    with pytest.raises(BadDocument, match="nearest: latency"):
        _decoded(GOOD + "latenci: {}\n")


def test_a_signal_cannot_be_exported_and_not() -> None:
    with pytest.raises(BadDocument, match="cannot both be exported"):
        _decoded(GOOD + "rates: {tokens: [{series: x}]}\nnot_exported: {tokens: never}\n")


def test_a_model_needs_a_label() -> None:
    with pytest.raises(BadDocument, match="at least one label"):
        _decoded(GOOD.replace("[model]", "[]"))


def _decoded(text: str) -> object:
    from console.settings.decode import decode
    from console.settings.yaml_source import parse_yaml

    return decode(parse_yaml(text, "mine.yaml"), preset_module.Preset, "mine.yaml")

"""Presets: which exported series are a serving system's requests, errors, latency and gauges.

A preset is YAML that names series, labels and units, never PromQL: the console composes rates, quantiles and windows.

```yaml
name: my-server                    # unique
title: My server                   # for people
labels:                            # exported label names; of several the first that is exported counts
  model: [model]                   # required: names the model
  namespace: [namespace]           # tells namesakes apart (as `cluster` does)
  apart: {region: [region]}        # further labels that do, by the name that the console gives them
  version: [version]
  replica: [pod, instance]         # names pods
requests:                          # counters of all requests, or `successes:` where failures are counted beside them
  - series: http_requests_total
failures:                          # counters of failed requests
  - series: http_requests_total
    where: {code: "5.."}           # the part that failed: regular expressions that must match a whole label value
    unless: {method: OPTIONS}      # what is no request at all; a series without the label stays
latency:                           # or a list of such, other ways to the same number
  unit: s                          # s, ms or us
  histogram:                       # without _bucket, _sum, _count; or `summary:`; or `sum:` and `count:` (a mean only)
    - series: http_request_duration_seconds
gauges:
  queue: {combine: sum, series: [{series: my_queue_depth}]}   # sum or max over replicas; `of:` divides by another
rates:
  tokens: [{series: my_tokens_total}]
quantiles:
  time_to_first_token: {quantile: 0.99, unit: s, histogram: [{series: my_first_token_seconds}]}
not_exported:                      # signals that people expect and this system does not measure, with the reason
  saturation: my server exports no ratio of its capacity
```

Series that name no model have `enriches: {pod: [pod]}` (or `workload:`, `revision:`): where they were served tells
whose they are, and `labels.model` names models only with `creates_models`.

Two kinds of alternatives: `series: [new_name, old_name]` is one counter under the names of several releases, replicas
of both count. Several list entries are other ways to the same number: per model the first that has it counts.
"""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from console.domain.label import harmless
from console.domain.signal import SIGNALS
from console.settings.bad_document import BadKey
from console.settings.nearest import did_you_mean
from console.sources.prometheus.selection import Labels, Selection, Selections, Where

SHIPPED_FOLDER = Path(__file__).parent.parent / "presets"
COMPILED = SHIPPED_FOLDER / "shipped.json"
"""The shipped presets as they are read at start-up: parsing their YAML would be a good part of a `summary`."""
SHIPPED_IN_ORDER = (
    "vllm",
    "tensorrt-llm",
    "triton",
    "mlserver",
    "torchserve",
    "tf-serving",
    "bentoml",
    "ray-serve",
    "seldon-core-1",
    "seldon-core-2",
    "kserve",
    "otel-genai",
    "model-label",
    "incident-console",
    "knative",
    "knative-opencensus",
    "istio",
    "otel-http",
    "http",
)
"""Whose number counts when two presets measure the same signal of one model: the first, because it knows more."""

TimeUnit = Literal["s", "ms", "us"]
GaugeUnit = Literal["1", "ratio", "percent", "s", "ms", "us"]

DIVISOR = {"s": 1, "ms": 1000, "us": 1_000_000, "percent": 100, "ratio": 1, "1": 1}
"""What a value in a unit is divided by to become seconds, a ratio or a number."""


class Latency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long requests take: a classic histogram, quantiles that replicas state, or a sum and a count for a mean."""

    unit: TimeUnit = "s"
    histogram: Selections = ()
    summary: Selections = ()
    """Gauges with a label `quantile`, such as client libraries call a summary."""
    sum: Selections = ()
    count: Selections = ()

    def __post_init__(self) -> None:
        of_sums = bool(self.sum or self.count)
        if bool(self.histogram) == (of_sums or bool(self.summary)) or bool(self.sum) != bool(self.count):
            raise ValueError("latency takes either histogram, or summary, or both sum and count")
        _check_whole(self.histogram)

    @property
    def sums(self) -> Selections:
        """Return the counters of time spent."""
        return self.sum or tuple(selection.with_suffix("_sum") for selection in self.histogram)

    @property
    def counts(self) -> Selections:
        """Return the counters of requests that the time was spent on."""
        return self.count or tuple(selection.with_suffix("_count") for selection in self.histogram)

    @property
    def selections(self) -> Selections:
        """Return all that is read."""
        return (*self.counts, *self.sums, *_buckets(self.histogram), *self.summary)


class Gauge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value that each replica states; with `of` the share of another one, both combined first."""

    series: Selections
    combine: Literal["sum", "max"]
    unit: GaugeUnit = "1"
    of: Selections = ()


class Quantile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A quantile of a classic histogram other than the latency."""

    histogram: Selections
    quantile: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.99
    unit: TimeUnit = "s"

    def __post_init__(self) -> None:
        _check_whole(self.histogram)


class Preset(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which exported series are a serving system's requests, errors, latency and gauges."""

    name: Annotated[str, msgspec.Meta(min_length=1)]
    title: str
    labels: Labels
    enriches: Where | None = None
    """For series that name no model: where they were served, which tells the model that they belong to."""
    creates_models: bool = False
    """Whether series that name no model make models where none is known (the setting `create_models`)."""
    requests: Selections = ()
    successes: Selections = ()
    failures: Selections = ()
    latency: Latency | tuple[Latency, ...] = ()
    gauges: dict[str, Gauge] = {}
    rates: dict[str, Selections] = {}
    quantiles: dict[str, Quantile] = {}
    not_exported: dict[str, str] = {}

    def __post_init__(self) -> None:
        if self.requests and self.successes:
            raise ValueError("requests and successes cannot both be given: successes and failures add up to requests")
        if self.creates_models and self.enriches is None:
            raise ValueError("creates_models goes with enriches: series that name a model make it anyway")
        for section in ("gauges", "rates", "quantiles", "not_exported"):
            for signal in getattr(self, section):
                if signal not in SIGNALS:
                    told = f"'{harmless(signal)}' is no signal, {did_you_mean(signal, SIGNALS)}"
                    raise BadKey((section, signal), told)
        for signal in self.not_exported:
            if signal in self.gauges or signal in self.rates or signal in self.quantiles:
                raise ValueError(f"'{signal}' cannot both be exported and not_exported")

    def series_names(self) -> tuple[str, ...]:
        """Return the names of all series that the preset reads, in a stable order."""
        names: dict[str, None] = {}
        for selection in self.selections():
            names.update(dict.fromkeys(selection.names))
            if selection.labels_from is not None:
                names[selection.labels_from] = None
        return tuple(names)

    def native_names(self) -> tuple[str, ...]:
        """Return the names under which servers export the same histograms as native ones, in a stable order."""
        histograms = [each for latency in self.latencies for each in latency.histogram]
        histograms += [each for quantile in self.quantiles.values() for each in quantile.histogram]
        return tuple(dict.fromkeys(name for each in histograms for name in each.names))

    def own_series_names(self) -> tuple[str, ...]:
        """Return the names of the series that bear a key label themselves, in a stable order."""
        return tuple(
            dict.fromkeys(name for each in self.selections() if each.labels_from is None for name in each.names)
        )

    @property
    def latencies(self) -> tuple[Latency, ...]:
        """Return the ways to tell how long requests take, the best first."""
        return (self.latency,) if isinstance(self.latency, Latency) else self.latency

    @property
    def key_labels(self) -> tuple[str, ...]:
        """Return the labels of which a series must bear one to be read: those of the model, or of where it runs."""
        if self.enriches is None:
            return self.labels.model
        return (*self.enriches.candidates, *(self.labels.model if self.creates_models else ()))

    def selections(self) -> Iterator[Selection]:
        """Yield all that is read, alternatives included."""
        yield from self.requests
        yield from self.successes
        yield from self.failures
        for latency in self.latencies:
            yield from latency.selections
        for gauge in self.gauges.values():
            yield from gauge.series
            yield from gauge.of
        for counters in self.rates.values():
            yield from counters
        for quantile in self.quantiles.values():
            yield from (selection.with_suffix("_count") for selection in quantile.histogram)
            yield from _buckets(quantile.histogram)


def _buckets(histogram: Selections) -> Iterator[Selection]:
    return (selection.with_suffix("_bucket") for selection in histogram)


def _check_whole(histogram: Selections) -> None:
    for name in (name for selection in histogram for name in selection.names):
        whole = name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count")
        if name != whole:
            raise ValueError(f"'{name}' is a part of the histogram '{whole}', which is what to write")


def load_preset(path: Path, name: str | None = None) -> Preset:
    """Return the preset of a file; `name` (the path if None) is what messages call the file.

    Raises:
        BadYaml: the file is not YAML.
        BadDocument: something in it is not what a preset may say; each problem with file and line.
        OSError: the file cannot be read.
    """
    from console.settings.decode import decode  # and the YAML parser: a summary without presets of one's own needs none
    from console.settings.yaml_source import read_yaml

    called = name if name is not None else str(path)
    return decode(read_yaml(path, called), Preset, called)


class BadPresets(ValueError):
    """Presets that do not go together, or that are not there; one line."""


def load_presets(own: Iterable[Path] = (), create_models: Collection[str] = ()) -> tuple[Preset, ...]:
    """Return the presets in the order in which they own signals: a person's own files first, then the shipped ones.

    A file of one's own that bears the name of a shipped preset replaces it. `create_models` names those that make
    models although their series name none.

    Raises:
        BadYaml: a file is not YAML.
        BadDocument: a file holds mistakes; each problem with file and line.
        BadPresets: two files bear one name, or `create_models` names what makes no models.
        OSError: a file cannot be read.
    """
    files: dict[str, Path] = {}
    loaded = []
    for path in own:
        preset = load_preset(path)
        if preset.name in files:
            raise BadPresets(f"{path}: the name '{harmless(preset.name)}' is taken by {files[preset.name]}")
        files[preset.name] = path
        loaded.append(preset)
    shipped = msgspec.json.decode(COMPILED.read_bytes(), type=tuple[Preset, ...])
    loaded += [preset for preset in shipped if preset.name not in files]
    enriching = [preset.name for preset in loaded if preset.enriches is not None]
    for name in create_models:
        if name not in enriching:
            told = f"create_models: '{harmless(name)}' is no preset that adds to models of others"
            raise BadPresets(f"{told}, {did_you_mean(name, enriching)}")
    return tuple(
        msgspec.structs.replace(preset, creates_models=True) if preset.name in create_models else preset
        for preset in loaded
    )


def compile_shipped() -> bytes:
    """Return what `COMPILED` must hold: the shipped presets, in the order in which they own signals.

    Raises:
        BadDocument: a shipped preset holds a mistake.
    """
    presets = [load_preset(SHIPPED_FOLDER / f"{name}.yaml", f"presets/{name}.yaml") for name in SHIPPED_IN_ORDER]
    return msgspec.json.format(msgspec.json.encode(presets)) + b"\n"

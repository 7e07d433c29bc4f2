"""A playbook to begin from, with cases that hold: YAML that a person goes on writing, comments and all."""

import json
import re
from datetime import date

import msgspec

from console.domain.anomaly import AnomalyKind
from console.domain.signal import SIGNALS, Direction
from console.playbooks.schema import FILE_NAME, TEST_FILE_NAME

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*([ ._-][A-Za-z0-9]+)*")
_NOT_PLAIN = frozenset({"true", "false", "null", "yes", "no", "on", "off"})
_SIGNAL_OF_KIND = {
    AnomalyKind.LATENCY: ("latency", "headline"),
    AnomalyKind.ERRORS: ("errors", "error_ratio"),
    AnomalyKind.TRAFFIC: ("traffic", "traffic"),
    AnomalyKind.SATURATION: ("saturation", "saturation"),
    AnomalyKind.FEATURE_DRIFT: ("drift", "feature_drift"),
    AnomalyKind.PREDICTION_DRIFT: ("drift", "prediction_drift"),
    AnomalyKind.DATA_QUALITY: ("broken", "data_quality"),
    AnomalyKind.MODEL_QUALITY: ("quality", "model_quality"),
    AnomalyKind.MISSING_DATA: ("traffic", "traffic"),
    AnomalyKind.ALERT: ("latency", "headline"),
}
"""The name and the signal of the evidence that tells most of a kind of anomaly."""


class Wanted(msgspec.Struct, frozen=True):
    """What a person says of a new playbook; `serving` is empty where it is for every serving system."""

    id: str
    title: str
    owners: tuple[str, ...]
    kind: AnomalyKind
    serving: str
    today: date


def skeleton(wanted: Wanted) -> str:
    """Return a playbook that is sound as it stands, and says where to go on."""
    name, signal = _SIGNAL_OF_KIND[wanted.kind]
    broken, well = _conditions(name, signal)
    serving = f"  serving: [{_yaml(wanted.serving)}]\n" if wanted.serving else ""
    alerts = (
        '  alerts: ["*"]                      # names of alerts, with globs\n'
        if wanted.kind is AnomalyKind.ALERT
        else ""
    )
    return f"""\
# yaml-language-server: $schema={FILE_NAME}
apiVersion: incident-console/v1
kind: Playbook
metadata:
  id: {wanted.id}
  version: 1                         # grows with every change; runs and the journal name it
  title: {_yaml(wanted.title)}
  owners: [{", ".join(map(_yaml, wanted.owners))}]
  reviewed: {wanted.today.isoformat()}               # the day on which somebody read it through
  # links: [{{title: Dashboard, url: "https://grafana.example.com/d/serving"}}]

match:                               # every key that is given must match
  anomaly: {{kind: [{wanted.kind.value}]}}
{serving}{alerts}  # causes: [new_version]            # only where the console found this explanation

evidence:                            # what is shown beside the steps, and what conditions may name
  {name}: {{signal: {signal}}}
  # store: {{query: 'max(feature_store_seconds{{model="$model.name"}})', unit: s}}
  # releases: {{change: [version, rollout], within: 30m}}

steps:                               # the first one is where a run begins
  - id: look
    title: {_yaml(f"Is {name} still not as it should be?")}
    check: {broken}
    say: {_yaml(f"{name} {{{{ {name} }}}}")}
    on_true: decide
    on_false: back
    on_unknown: decide               # no data is no recovery

  - id: decide
    decide: What explains it?
    say: Write here what tells the cases apart, for somebody who is tired.
    suggest:
      - option: m
        when: {{step: look, is: true}}
        because: {_yaml(f"{name} is {{{{ {name} }}}}")}
    options:
      - {{key: m, label: what this playbook mends, goto: mend}}
      - {{key: e, label: something else, goto: tell}}

  - id: mend
    manual: Say what to do, where, and what it does not do.
    next: back

  - id: back
    title: Is it over?
    wait:
      until: {well}
      timeout: 30m
    say: {_yaml(f"{name} {{{{ {name} }}}}")}
    on_true: close
    on_timeout: tell

  - id: tell
    notify:
      to: [on-call]                  # channels, as your team calls them
      message: {_yaml(f"{{{{ model.name }}}}: {wanted.title}; {name} {{{{ {name} }}}}")}
    next: close
    on_failed: close

  - id: close
    manual: Write down what helped, and what must be put back later.
    next: end
"""


def skeleton_cases(wanted: Wanted) -> str:
    """Return cases of that playbook, all of which hold."""
    name, signal = _SIGNAL_OF_KIND[wanted.kind]
    bad, good, beside = _values(name, signal)
    return f"""\
# yaml-language-server: $schema={TEST_FILE_NAME}
apiVersion: incident-console/v1
kind: PlaybookTest
playbook: {wanted.id}
cases:
  - name: it is mended
    evidence:
      {name}: [{{value: {bad}, for: 5m}}, {good}]      # five minutes long, then over
      {beside}
    answers: {{decide: m}}
    expect:
      checks: {{look: true}}
      suggested: {{decide: m}}
      path: [look, decide, mend, back, close, end]

  - name: it stays
    evidence: {{{name}: {bad}, {beside}}}
    answers: {{decide: m}}
    expect: {{path: [look, decide, mend, back, tell, close, end]}}

  - name: without data nothing is suggested, and it is not called over
    answers: {{decide: m}}
    expect:
      checks: {{look: unknown}}
      suggested: {{decide: null}}
      path: [look, decide, mend, back, tell, close, end]
"""


def _conditions(name: str, signal: str) -> tuple[str, str]:
    """Return when the evidence is broken, and when it is well for long enough."""
    if _is_traffic(signal):
        beside = f"ratio_to: {name}.expected"
        return (
            f'{{var: {name}, op: "<", {beside}, value: 0.5}}',
            f'{{var: {name}, op: ">=", {beside}, value: 0.5, for: $recover}}',
        )
    worse, better = ("<", ">=") if _is_low(signal) else (">", "<=")
    return (
        f'{{var: {name}, op: "{worse}", value: ${name}.objective}}',
        f'{{var: {name}, op: "{better}", value: ${name}.objective, for: $recover}}',
    )


def _values(name: str, signal: str) -> tuple[float, float, str]:
    """Return a value that is broken, one that is well, and what both are compared with."""
    if _is_traffic(signal):
        return 10, 100, f"{name}.expected: 100"
    return (0.2, 0.9, f"{name}.objective: 0.8") if _is_low(signal) else (2.0, 0.1, f"{name}.objective: 0.5")


def _is_traffic(signal: str) -> bool:
    return signal in SIGNALS and SIGNALS[signal].bad is Direction.NEITHER


def _is_low(signal: str) -> bool:
    return signal in SIGNALS and SIGNALS[signal].bad is Direction.LOW


def _yaml(text: str) -> str:
    """Return a text as YAML reads it: as it stands where it is plain, else in quotes."""
    is_plain = _PLAIN.fullmatch(text) is not None and text.lower() not in _NOT_PLAIN
    return text if is_plain else json.dumps(text, ensure_ascii=False)

"""Playbooks that the tests begin from."""

from console.playbooks.document import Playbook
from console.playbooks.load import load_text

SMALLEST = """\
apiVersion: incident-console/v1
kind: Playbook
metadata:
  id: smallest
  version: 1
  title: The smallest playbook
  owners: [ml-serving]
  reviewed: 2026-11-01
match:
  anomaly: {kind: [latency]}
steps:
  - id: look
    manual: Observation at it.
    next: end
"""

WHOLE = """\
apiVersion: incident-console/v1
kind: Playbook
metadata:
  id: whole
  version: 3
  title: Everything that the language has
  owners: [ml-serving]
  reviewed: 2026-11-01
match:
  anomaly: {kind: [latency]}
evidence:
  p99: {signal: latency_p99}
  errors: {signal: error_ratio}
  replicas: {workload: replicas}
  wanted: {computed: replicas}
params:
  replicas: {type: integer, title: replicas to run, default: $wanted, min: 1, max: 40}
guards:
  - require: {var: replicas, op: ">=", value: 1}
    otherwise: it has {{ replicas }} replicas
steps:
  - id: slow
    title: Is it slow?
    check: {var: p99, op: ">", value: $p99.objective}
    say: p99 {{ p99 }}
    on_true: pick
    on_false: note
    on_unknown: pick
  - id: pick
    decide: What now?
    suggest:
      - option: s
        when: {step: slow, is: true}
        because: p99 is {{ p99 }}
    options:
      - {key: s, label: scale out, goto: scale}
      - {key: e, label: look elsewhere, goto: note}
  - id: scale
    title: scale to {{ params.replicas }}
    action: kubernetes.scale
    with: {replicas: $params.replicas}
    verify:
      rollout: ready
      settle: 10s
      better: {var: p99, op: "<", value: $p99.objective, for: 30s}
      worse: {var: errors, op: ">", ratio_to: errors.before, value: 2, for: 10s}
      timeout: 5m
    on_verified: hold
    on_worse: note
    on_timeout: note
    on_skipped: note
  - id: hold
    title: Does it stay?
    wait:
      until: {var: p99, op: "<", value: $p99.objective, for: $recover}
      timeout: 10m
    on_true: note
    on_timeout: tell
  - id: tell
    notify:
      to: [ml-serving]
      message: "{{ model.name }} stays slow: p99 {{ p99 }}"
    next: note
    on_failed: note
  - id: note
    manual: Write down what {{ model.name }} did.
    next: end
limits: {cooldown: 5m}
"""


def whole() -> Playbook:
    """Return the playbook that uses every kind of step."""
    loaded = load_text(WHOLE, "whole.yaml")
    assert loaded.playbook is not None, loaded.problems
    return loaded.playbook

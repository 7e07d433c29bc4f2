"""Tests of playbooks: cases written in YAML and followed by the step machine, without a cluster or a Prometheus."""

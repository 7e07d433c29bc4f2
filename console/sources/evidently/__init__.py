"""Drift that Evidently computed: its reports and snapshots, read from files."""
